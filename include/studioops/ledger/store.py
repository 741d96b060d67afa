"""The ledger as other rooms use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection

from studioops.errors import LedgerUnavailable, UsageError
from studioops.ledger import breakers, credential_ages, read, standings
from studioops.ledger.failure import as_ledger, require_current
from studioops.ledger.migrate import upgrade
from studioops.ledger.model import RunRecord, RunRef, StoredReport, SubjectEvidence
from studioops.ledger.service_model import Document, Judge, Recoveries, ServiceEvent, Turn
from studioops.ledger.write import write
from studioops.model import Report
from studioops.postgres import Database, Limits, Pool, open_database

READING = Limits(statement_timeout=10, lock_timeout=5)
WRITING = Limits(statement_timeout=10, lock_timeout=5, read_only=False)
MIGRATING = Limits(statement_timeout=60, lock_timeout=60, read_only=False)
POOL = Pool(size=1, overflow=2, timeout=10)


@dataclass(frozen=True)
class Ledger:
    """The database of evidence. Every method raises LedgerUnavailable when it can't be used."""

    database: Database

    def migrate(self) -> None:
        """Bring its tables up to date. Idempotent, also under two at once."""
        with self._transaction(MIGRATING) as connection:
            upgrade(connection, self.database.dsn.where)

    def record(self, report: Report, run: RunRef) -> int:
        """Write a report, its run, subjects and findings: all of it or nothing.

        Args:
            report: what was seen.
            run: who saw it. The same run, step, kind and target again is no second report: see
                :func:`studioops.ledger.write.write`.

        Returns:
            the report's number.
        """
        with self._current(WRITING) as connection:
            return write(connection, report, run)

    def report(self, report_id: int) -> StoredReport:
        """One report in full.

        Raises:
            UsageError: there is none of that number.
        """
        with self._current(READING) as connection:
            return read.report(connection, report_id)

    def proofs(self, kind: str, origin: Mapping[str, Any], limit: int = 20) -> list[StoredReport]:
        """The newest reports of one kind on one database, whatever it is called; newest first.

        Args:
            kind: of the reports.
            origin: what the database is, as their evidence has it under ``origin``.
            limit: how many at most.
        """
        with self._current(READING) as connection:
            return read.proofs(connection, kind, origin, limit)

    def runs(self, target: str | None = None, limit: int = 20) -> list[RunRecord]:
        """The last runs, newest first, with their current reports.

        Args:
            target: only runs that reported on it; None for all.
            limit: how many runs at most.
        """
        with self._current(READING) as connection:
            return read.runs(connection, target, limit)

    def latest(self, target: str | None = None) -> list[SubjectEvidence]:
        """Of each subject the last look, and the last one that passed.

        Args:
            target: only this one's subjects; None for all.
        """
        with self._current(READING) as connection:
            return read.latest(connection, target)

    def judge_standings(self, services: Iterable[str], judge: Judge, run: RunRef) -> None:
        """Judge services by what is known of them, and keep what comes of it: all or nothing.

        Args:
            services: whose standings may change.
            judge: see :func:`studioops.ledger.standings.judge_standings`.
            run: who looked.
        """
        with self._current(WRITING) as connection:
            standings.judge_standings(connection, services, judge, run)

    def standings(self) -> dict[str, Document]:
        """What is known of every service, by name."""
        with self._current(READING) as connection:
            return standings.standings(connection)

    def service_events(
        self, since: datetime, service: str | None = None, limit: int = 100
    ) -> list[ServiceEvent]:
        """Changes of level, newest first.

        Args:
            since: none from before.
            service: only this one's; None for all.
            limit: how many at most.
        """
        with self._current(READING) as connection:
            return standings.events(connection, since, service, limit)

    def recoveries(self, since: datetime) -> list[Recoveries]:
        """How long each service was away that has come back since then, by name."""
        with self._current(READING) as connection:
            return standings.recoveries(connection, since)

    def breaker(self, service: str) -> Document | None:
        """A service's breaker; None where it never had one."""
        with self._current(READING) as connection:
            return breakers.breaker(connection, service)

    def turn_breaker(self, service: str, turn: Turn) -> Document:
        """Change a service's breaker, one worker at a time.

        Args:
            service: its name.
            turn: from what the breaker is to what it shall be.

        Returns:
            what it is now.
        """
        with self._current(WRITING) as connection:
            return breakers.turn_breaker(connection, service, turn)

    def breakers(self) -> dict[str, Document]:
        """Every service's breaker, by name."""
        with self._current(READING) as connection:
            return breakers.breakers(connection)

    def see_credentials(self, fingerprints: Mapping[str, str], at: datetime) -> dict[str, datetime]:
        """Note which credentials are in use.

        Args:
            fingerprints: by the credentials' names; never the secrets.
            at: when.

        Returns:
            by name since when that very one is known.
        """
        with self._current(WRITING) as connection:
            return credential_ages.see_credentials(connection, fingerprints, at)

    def close(self) -> None:
        """Give every pooled connection back."""
        self.database.close()

    def __enter__(self) -> Self:
        """Use as a context: closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    @contextmanager
    def _current(self, limits: Limits) -> Iterator[Connection]:
        with self._transaction(limits) as connection:
            require_current(connection, self.database.dsn.where)
            yield connection

    @contextmanager
    def _transaction(self, limits: Limits) -> Iterator[Connection]:
        database = replace(self.database, limits=limits)
        with as_ledger(), database.transaction(isolation="READ COMMITTED") as connection:
            yield connection


def open_ledger(url: str) -> Ledger:
    """The ledger at that address. Connects at the first use, not here.

    Args:
        url: connection URL or libpq's words.

    Raises:
        LedgerUnavailable: the URL can't be read.
    """
    try:
        return Ledger(open_database(url, limits=READING, pool=POOL, application="ledger"))
    except UsageError as error:
        raise LedgerUnavailable(f"LEDGER_URL: {error.message}", error.next_step) from None
