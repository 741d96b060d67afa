"""Dumps as operators have them, and the proof of each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest

from studioops.backups.foreign import VerifyHow, verify_dump
from studioops.model import Report, Status
from studioops.postgres.client_tools import ClientTools, connection_of, tools_for
from studioops.postgres.dsn import parse_dsn
from tests.warm import PROGRAM

SCHEMA = Path(__file__).parents[4] / "docs" / "schemas" / "verify.json"
MADE = (
    "CREATE TABLE p (id int PRIMARY KEY, t text)",
    "INSERT INTO p SELECT i, md5(i::text) || E'\\t\\\\ ; '' $$ -- ' || i FROM generate_series(1, 2000) AS i",
    "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p)",
    "CREATE INDEX ON c (p)",
    "INSERT INTO c SELECT i, i FROM generate_series(1, 2000) AS i",
    'CREATE TABLE "T t" ("a;b" text DEFAULT $$it\'s; $$)',
    "CREATE SEQUENCE s",
    "SELECT lo_from_bytea(0, 'abc')",
    "COMMENT ON TABLE p IS 'a; ''b'' -- c /* d'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN 1; -- ' \n END; $f$",
    "CREATE VIEW v AS SELECT id, 'a;b'::text AS x FROM p",
)
SCRATCH = "SELECT datname FROM pg_database WHERE datname LIKE 'studioops_%'"

Dumped = Callable[..., Path]


@dataclass(frozen=True)
class Proof:
    """A report, and what a test asks of it."""

    report: Report

    @property
    def status(self) -> str:
        return str(self.report.status)

    @property
    def checks(self) -> list[str]:
        return sorted(one.check for one in self.report.findings if one.severity.fails)

    @property
    def warnings(self) -> list[str]:
        return sorted(one.check for one in self.report.findings if not one.severity.fails)

    @property
    def statuses(self) -> dict[str, str]:
        return {one.name: str(one.status) for one in self.report.subjects}

    def message(self, check: str) -> str:
        (found,) = (one for one in self.report.findings if one.check == check)
        return f"{found.object}: {found.message}"


Verified = Callable[..., Proof]


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    def json(self) -> dict[str, Any]:
        document = json.loads(self.out)
        jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
        return document


def asked(dsn: str, *statements: str) -> list[tuple]:
    """Statements outside a transaction; the last one's rows."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def pg_dump(dsn: str, path: Path, *words: str, tools: ClientTools) -> Path:
    where, environment = connection_of(parse_dsn(dsn))
    command = [tools.path("pg_dump"), f"--file={path}", *words, f"--dbname={where}"]
    subprocess.run(command, env=environment, check=True, timeout=60)
    return path


@pytest.fixture
def ask():
    return asked


@pytest.fixture(scope="session")
def dump_tools(cluster) -> ClientTools:
    return tools_for(cluster.server.programs.major)


@pytest.fixture(scope="session")
def sample_dsn(cluster):
    name = cluster.clone("template0")
    asked(cluster.dsn(name), *MADE)
    yield cluster.dsn(name)
    cluster.drop(name)


@pytest.fixture(scope="session")
def _dumps(tmp_path_factory) -> dict[tuple[str, ...], Path]:
    return {}


@pytest.fixture
def dumped(sample_dsn, dump_tools, _dumps, tmp_path_factory, tmp_path) -> Dumped:
    """A dump of the sample, taken once a way; each test gets a copy to spoil."""

    def take(*words: str, dsn: str = "") -> Path:
        if dsn:
            return pg_dump(dsn, tmp_path / "own", *words, tools=dump_tools)
        if words not in _dumps:
            place = tmp_path_factory.mktemp("dumps") / "dump"
            _dumps[words] = pg_dump(sample_dsn, place, *words, tools=dump_tools)
        kept, own = _dumps[words], tmp_path / "dump"
        if kept.is_dir():
            shutil.copytree(kept, own)
        else:
            shutil.copy(kept, own)
        return own

    return take


@pytest.fixture
def verified(cluster) -> Verified:
    """The proof of a dump; whatever it says, the scratch database is gone and others are kept."""

    def run(path: Path, server: str = "", **words: Any) -> Report:
        before = asked(cluster.dsn(), "SELECT oid, datname FROM pg_database ORDER BY 1")
        report = verify_dump(path, path.name, VerifyHow(server or cluster.dsn(), **words))
        assert asked(cluster.dsn(), "SELECT oid, datname FROM pg_database ORDER BY 1") == before
        document = json.loads(json.dumps(report.evidence))
        jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
        for one in report.subjects:
            assert one.status is not Status.NOT_CHECKED or "; next: " in one.reason
        return Proof(report)

    return run


@pytest.fixture
def command(tmp_path, cluster, warm):
    """``studioops backup verify`` as a stranger runs it."""

    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}

    def start(*words: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PROGRAM, "backup", "verify", *words],
            cwd=tmp_path,
            env=kept | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(*words: str, **environment: str) -> Answer:
        done = warm.run(["backup", "verify", *words], cwd=tmp_path, env=kept | environment)
        assert "Traceback" not in done.stderr, done.stderr
        assert cluster.server.password not in done.stdout + done.stderr
        return Answer(done.returncode, done.stdout, done.stderr)

    run.start = start
    return run
