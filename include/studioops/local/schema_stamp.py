"""Whether Airflow's database fits the installed Airflow, known without asking Airflow.

Asking costs four seconds at every start, for an answer that changes with a release.
"""

from __future__ import annotations

from importlib.metadata import version

import psycopg

from studioops.local.parts import Parts


def is_migrated(parts: Parts, port: int) -> bool:
    """Whether the database is at the revision that this Airflow left it at."""
    revision = _revision(parts, port)
    return revision is not None and parts.state.get("airflow_schema") == _note(revision)


def stamp(parts: Parts, port: int) -> None:
    """Remember the revision that this Airflow brought the database to."""
    revision = _revision(parts, port)
    if revision is not None:
        parts.state.put(airflow_schema=_note(revision))


def _note(revision: str) -> dict[str, str]:
    return {"airflow": version("apache-airflow"), "revision": revision}


def _revision(parts: Parts, port: int) -> str | None:
    with psycopg.connect(parts.url("airflow", port)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return str(row[0]) if row else None
