"""A small library: rows that name documents, and a bucket that has them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg
import pytest

from studioops.integrity import load_contract
from studioops.integrity.objects import compare_objects
from studioops.model import Report
from studioops.postgres import open_database


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Library:
    """A table ``books(path, sha)`` and a bucket."""

    def __init__(self, dsn: str, store, bucket: str, directory: Path) -> None:
        self.dsn, self.store, self.bucket = dsn, store, bucket
        self._contract = directory / "contract.yaml"
        self.sql(
            "CREATE TABLE books (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, path text, sha text)"
        )
        self.contract("sha256: books.sha")

    def sql(self, *statements: str) -> Library:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
        return self

    def contract(self, more: str = "", column: str = "books.path", text: str = "") -> Library:
        entry = f"objects:\n- column: {column}\n  bucket: {self.bucket}\n  {more}\n"
        self._contract.write_text(text or entry, encoding="utf-8")
        return self

    def put(self, *keys: str, text: str = "a book") -> Library:
        for key in keys:
            self.store.put(self.bucket, key, text.encode())
        return self

    def rows(self, *keys: str | None, sha: str | None = None) -> Library:
        claimed = digest("a book") if sha is None else sha
        with (
            psycopg.connect(self.dsn, autocommit=True) as connection,
            connection.cursor() as cursor,
        ):
            statement = "INSERT INTO books (path, sha) VALUES (%s, %s)"
            cursor.executemany(statement, [(key, claimed or None) for key in keys])
        return self

    def compare(self, dsn: str | None = None, **options) -> Report:
        asked = {"pause": 0, "settling": -60, **options}
        store = asked.pop("store", self.store)
        with open_database(dsn or self.dsn) as database:
            contract = load_contract(self._contract)
            return compare_objects(database, store, contract, target="library", **asked)


def only(report: Report) -> dict:
    (entry,) = report.evidence["objects"]
    return entry


@pytest.fixture
def library(database_dsn, store, bucket, tmp_path):
    return Library(database_dsn, store, bucket, tmp_path)
