"""dbt's relationships tests, as a project generated from the catalog: ``dbt test``, two threads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from bench.scan.references import Reference, read_references
from bench.scan.ways.process import run_measured
from bench.scan.ways.way import Run

PROGRAM = Path(__file__).parents[3] / ".venv-bench" / "bin" / "dbt"
QUIET = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_VERSION_CHECK": "false"}
PROJECT = {"name": "bench", "version": "1.0.0", "profile": "bench", "model-paths": ["models"]}


def test(dsn: str, directory: Path) -> Callable[[], Run]:
    """A project with a test a reference; parsed once before the clock runs, as on any second day.

    Args:
        dsn: of the database.
        directory: the project's.
    """
    references = read_references(dsn)
    (directory / "models").mkdir(parents=True)
    # YAML takes JSON as it is.
    files = {
        "dbt_project.yml": PROJECT,
        "profiles.yml": _profile(dsn),
        "models/sources.yml": _sources(references),
    }
    for name, document in files.items():
        (directory / name).write_text(json.dumps(document), encoding="utf-8")
    _dbt(["parse"], directory)

    def run() -> Run:
        done = _dbt(["test"], directory, codes=(0, 1))
        return Run(done.seconds, _found(directory, references), done.peak_mb)

    return run


def _dbt(words: list[str], directory: Path, codes: tuple[int, ...] = (0,)) -> Any:
    command = [str(PROGRAM), "--quiet", *words, "--profiles-dir", str(directory)]
    return run_measured(command, directory, codes=codes, environment=QUIET)


def _profile(dsn: str) -> dict[str, Any]:
    words = conninfo_to_dict(dsn)
    output = {
        "type": "postgres",
        "host": words["host"],
        "port": int(str(words["port"])),
        "user": words["user"],
        "password": words["password"],
        "dbname": words["dbname"],
        "schema": "public",
        "threads": 2,
    }
    return {"bench": {"target": "bench", "outputs": {"bench": output}}}


def _sources(references: list[Reference]) -> dict[str, Any]:
    tables: dict[str, list[dict[str, Any]]] = {}
    for one in references:
        tables.setdefault(one.parent, [])
        arguments = {"to": f"source('bench', '{one.parent}')", "field": one.key}
        test = {"relationships": {"name": _name(one), "arguments": arguments}}
        tables.setdefault(one.child, []).append({"name": one.column, "data_tests": [test]})
    listed = [{"name": name, "columns": columns} for name, columns in tables.items()]
    return {"version": 2, "sources": [{"name": "bench", "schema": "public", "tables": listed}]}


def _name(one: Reference) -> str:
    return f"{one.child}__{one.column}"


def _found(directory: Path, references: list[Reference]) -> dict[str, int]:
    text = (directory / "target" / "run_results.json").read_text(encoding="utf-8")
    failures = {
        one["unique_id"].split(".")[2]: one["failures"] for one in json.loads(text)["results"]
    }
    return {one.place: failures[_name(one)] for one in references if _name(one) in failures}
