"""One harness for every check: plant the fault, find exactly it, run its repair, find nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import psycopg
import pytest

from studioops.checks import choose_checks, run_checks
from studioops.integrity import load_contract
from studioops.model import Finding, Report, Status
from studioops.postgres import open_database

TRIGGERS_OFF = "SET session_replication_role = replica;"


class Checked:
    """A database of the test's own, and what the catalogue says of it."""

    def __init__(self, dsn: str, directory: Path) -> None:
        self.dsn = dsn
        self._contract = directory / "contract.yaml"

    def sql(self, *statements: str) -> Checked:
        """Each by itself, outside a transaction, as psql would run a script."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
        return self

    def orphaned(self, *statements: str) -> Checked:
        """Statements with every trigger off, as a restore or a careless script has it."""
        return self.sql(*(TRIGGERS_OFF + statement for statement in statements))

    def contract(self, text: str) -> Checked:
        """What the database is held against from now on."""
        self._contract.write_text(text, encoding="utf-8")
        return self

    def report(self, *names: str, dsn: str | None = None) -> Report:
        contract = load_contract(self._contract) if self._contract.exists() else None
        with open_database(dsn or self.dsn) as database:
            return run_checks(database, contract, target="test", names=names)

    def find(self, name: str) -> list[Finding]:
        """The findings of one check that could be put."""
        report = self.report(name)
        assert all(one.status is not Status.NOT_CHECKED for one in report.subjects), report.subjects
        assert {finding.check for finding in report.findings} <= {name}
        return list(report.findings)

    def repair(self, findings: Iterable[Finding]) -> None:
        """Run what the findings tell to type, as psql would."""
        for finding in findings:
            lines = finding.repair.splitlines()
            statements = [line for line in lines if line and not line.startswith("--")]
            assert statements, f"nothing to run: {finding.repair}"
            self.sql(*statements)
        self.counted()

    def counted(self) -> None:
        """Servers before 15 may tell of half a second ago how much was written and analysed."""
        with psycopg.connect(self.dsn) as connection:
            if connection.info.server_version < 150000:
                connection.execute("SELECT pg_sleep(1)")

    def prove(
        self,
        name: str,
        found: Iterable[str] | Mapping[str, str],
        mend: Callable[[list[Finding]], None] | None = None,
    ) -> list[Finding]:
        """What was planted is found, nothing else; after its repair nothing is.

        Args:
            name: the check.
            found: the objects, or the objects with a part of each one's message.
            mend: in place of the findings' own statements, where those are not for psql.
        """
        findings = self.find(name)
        assert sorted(one.object for one in findings) == sorted(found)
        (check,) = choose_checks([name])
        for one in findings:
            # The scan words its findings itself: the catalogue must not say something else.
            assert one.why == check.why
            assert one.repair
            assert one.message
            if isinstance(found, Mapping):
                assert found[one.object] in one.message
        (mend or self.repair)(findings)
        assert self.find(name) == []
        return findings


@pytest.fixture
def checked(database_dsn: str, tmp_path: Path) -> Checked:
    return Checked(database_dsn, tmp_path)
