"""Putting the questions: one after the other, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import LiteralString

from studioops.checks.answer import Answer, answered, build_report
from studioops.checks.check import ScanCheck, SqlCheck
from studioops.checks.registry import choose_checks
from studioops.checks.scanned import answer_by_scan
from studioops.errors import CouldNotCheck, DatabaseUnreachable
from studioops.integrity import Contract
from studioops.model import Report, Status, Stopwatch
from studioops.postgres import Database, fetch

Progress = Callable[[str, int, int], None]
# The planner expects far more of a catalog than there is: compiling would take ten times the rest.
NO_JIT: LiteralString = "SELECT set_config('jit', 'off', true)"


def run_checks(
    database: Database,
    contract: Contract | None,
    *,
    target: str,
    names: Iterable[str] = (),
    progress: Progress | None = None,
) -> Report:
    """Put the catalogue's questions to a target.

    Args:
        database: read-only, with its limits.
        contract: whose relationships are looked at beside the catalog's; or None.
        target: the database's name, for the report.
        names: of checks or of rooms; none means the whole catalogue.
        progress: told the check, how many are done, and of how many.

    Returns:
        a report of kind ``check``, one subject a check; its ``evidence`` is the document of
        ``check --json``. A check that could not be put is in it as ``not_checked``.

    Raises:
        UsageError: there is no such check.
        DatabaseError: the database does not answer at all.
        BrokenContract: the contract names a type that the target does not know.
    """
    watch, chosen = Stopwatch(), choose_checks(names)
    with database.transaction() as connection:
        version = fetch(connection, "SELECT current_setting('server_version_num')::int AS number")
    by_scan = [one for one in chosen if isinstance(one, ScanCheck)]
    by_sql = [one for one in chosen if isinstance(one, SqlCheck)]
    answers: dict[str, Answer] = {}
    for answer in chain(
        _answers_by_sql(database, by_sql, version[0]["number"]),
        answer_by_scan(database, contract, target, by_scan) if by_scan else (),
    ):
        answers[answer.check.name] = answer
        if progress is not None:
            progress(answer.check.name, len(answers), len(chosen))
    return build_report(target, [answers[check.name] for check in chosen], watch)


def _answers_by_sql(
    database: Database, checks: Sequence[SqlCheck], server_version: int
) -> Iterator[Answer]:
    lost = ""
    for check in checks:
        # Knocking again for each of forty checks would take long to say the same.
        if lost:
            yield Answer(check, Status.NOT_CHECKED, reason=lost)
        elif server_version < check.since:
            yield Answer(check, Status.NOT_APPLICABLE, reason=_too_old(check))
        else:
            try:
                yield _ask(database, check)
            except CouldNotCheck as error:
                reason = error.reason
                lost = reason if isinstance(error, DatabaseUnreachable) else ""
                yield Answer(check, Status.NOT_CHECKED, reason=reason)


def _ask(database: Database, check: SqlCheck) -> Answer:
    watch = Stopwatch()
    with database.transaction() as connection:
        fetch(connection, NO_JIT)
        rows = fetch(connection, check.statement, check.parameters)
    seen = [row for row in rows if row.get("unseen") is None]
    findings = [check.finding(row) for row in check.gather(seen)]
    unseen = [str(row["unseen"]) for row in rows if row.get("unseen") is not None]
    return answered(check, findings, unseen, watch.seconds)


def _too_old(check: SqlCheck) -> str:
    return f"applies to PostgreSQL {check.since // 10000} and newer"
