"""A database made by a few lines of SQL, and what a scan says of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from studioops.integrity import load_contract, scan
from studioops.model import Report
from studioops.postgres import open_database

PLANT = "SET session_replication_role = replica;"


class Planted:
    """One database under test."""

    def __init__(self, dsn: str, directory: Path) -> None:
        self.dsn = dsn
        self._directory = directory

    def sql(self, *statements: str) -> Planted:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
        return self

    def orphaned(self, *statements: str) -> Planted:
        """Statements with every trigger off, as a restore or a careless script has it."""
        return self.sql(*(PLANT + statement for statement in statements))

    def scan(self, contract: str | None = None, dsn: str | None = None) -> Scanned:
        loaded = None
        if contract is not None:
            path = self._directory / "contract.yaml"
            path.write_text(contract, encoding="utf-8")
            loaded = load_contract(path)
        with open_database(dsn or self.dsn) as database:
            return Scanned(scan(database, loaded, target="test"))


class Scanned:
    """A report, easier to ask."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.entries = report.evidence["relationships"]
        self.summary = report.evidence["summary"]

    def one(self, child: str | None = None) -> dict:
        found = [one for one in self.entries if child is None or one["child"] == child]
        assert len(found) == 1, [one["child"] for one in self.entries]
        return found[0]

    def checks(self, *, severe: bool = False) -> set[str]:
        return {f.check for f in self.report.findings if f.severity.fails or not severe}


@pytest.fixture
def planted(database_dsn: str, tmp_path: Path) -> Planted:
    return Planted(database_dsn, tmp_path)


@pytest.fixture
def make_planted(cluster, tmp_path: Path) -> Callable[[str], Planted]:
    return lambda dsn: Planted(dsn, tmp_path)
