"""Alembic histories as users have them: what `alembic init` writes, and revisions beside it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import psycopg
from alembic import command
from alembic.config import Config
from psycopg.rows import dict_row

from studioops.migrations.journal.journal import make_journal
from studioops.migrations.operations import RunRevision
from studioops.migrations.revisions.pending import pending


def history_in(home: Path, template: str = "generic") -> Path:
    """A fresh history; its ini, with the URL that nobody has filled in."""
    ini = home / "alembic.ini"
    toml = str(home / "pyproject.toml") if template == "pyproject" else None
    with (home / "said").open("w") as said:
        config = Config(str(ini), toml_file=toml, stdout=said)
        command.init(config, str(home / "migrations"), template=template)
    return ini


def add(
    ini: Path,
    name: str,
    down: str | tuple[str, ...] | None,
    upgrade: str = "pass",
    downgrade: str = "pass",
    *,
    top: str = "",
) -> Path:
    """A revision's file, as `alembic revision` would write it; its path."""
    text = (
        f'"""{name}: a change."""\n'
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = {name!r}\ndown_revision = {down!r}\nbranch_labels = None\ndepends_on = None\n"
        f"{dedent(top)}\n"
        f"def upgrade():\n{_body(upgrade)}\n\ndef downgrade():\n{_body(downgrade)}\n"
    )
    path = ini.parent / "migrations" / "versions" / f"{name}_.py"
    path.write_text(text)
    return path


def planned(dsn: str, ini: Path, head: str = "") -> tuple[RunRevision, ...]:
    with psycopg.connect(dsn, row_factory=dict_row) as session:
        session.execute("SET search_path = pg_catalog")
        # Whoever owns nothing but the journal is a role of the database from then on.
        make_journal(session)
        return pending(session, str(ini), head=head)


def _body(text: str) -> str:
    return indent(dedent(text).strip(), "    ")
