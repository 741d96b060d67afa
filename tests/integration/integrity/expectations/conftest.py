"""A small shop, and what Great Expectations says of it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from studioops.integrity import load_contract
from studioops.integrity.expectations import check_expectations
from studioops.model import Report
from studioops.postgres import Limits, open_database

SHOP = (
    "CREATE TABLE vendors (id int PRIMARY KEY)",
    "INSERT INTO vendors VALUES (1), (2)",
    "CREATE TABLE items (id int PRIMARY KEY, status text, code text, price numeric, sold date, vendor int)",
    "INSERT INTO items SELECT n, 'open', 'c' || n, n, '2026-01-01'::date + n, 1 FROM generate_series(1, 9) AS n",
)


class Shop:
    def __init__(self, dsn: str, directory: Path) -> None:
        self.dsn = dsn
        self.directory = directory
        self.sql(*SHOP)

    def sql(self, *statements: str) -> Shop:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
        return self

    def rows(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.dsn) as connection:
            return connection.execute(statement).fetchall()

    def expect(self, *entries: str, dsn: str | None = None, limits=None, docs=None) -> Report:
        path = self.directory / "contract.yaml"
        path.write_text(
            "expectations:\n" + "".join(f"- {one}\n" for one in entries), encoding="utf-8"
        )
        with open_database(dsn or self.dsn, limits=limits or Limits()) as database:
            return check_expectations(database, load_contract(path), target="shop", docs=docs)


def only(report: Report) -> dict:
    (entry,) = report.evidence["expectations"]
    return entry


@pytest.fixture
def shop(database_dsn, tmp_path):
    return Shop(database_dsn, tmp_path)
