"""The command line as a stranger runs it: a process, an empty directory, an empty environment."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest

ROOT = Path(__file__).parents[3]
SCHEMAS = ROOT / "docs" / "schemas"
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")
BACKUP_KEYS = {
    "STUDIOOPS_BACKUP_KEY_ID": "k",
    "STUDIOOPS_BACKUP_KEYS__K": base64.b64encode(b"k" * 32).decode(),
}


@dataclass
class Answer:
    code: int
    out: str
    err: str

    def json(self, schema: str) -> dict[str, Any]:
        """The document on stdout, held against its published schema."""
        document = json.loads(self.out)
        published = json.loads((SCHEMAS / f"{schema}.json").read_text(encoding="utf-8"))
        jsonschema.validate(document, published)
        return document

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture
def studioops(tmp_path, warm):
    def run(*words: str, **environment: str) -> Answer:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        done = warm.run(words, cwd=tmp_path, env=kept | environment)
        assert "Traceback" not in done.stderr, done.stderr
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def sql(database_dsn):
    def run(*statements: str) -> str:
        with psycopg.connect(database_dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
        return database_dsn

    return run
