"""The contract's expectations, asked and reported."""

from __future__ import annotations

from pathlib import Path

from studioops.errors import CouldNotCheck
from studioops.integrity.contract import Contract
from studioops.integrity.expectations.answer import Answer, build_report, not_checked
from studioops.integrity.expectations.bind import Bound, Unbound, bind
from studioops.integrity.expectations.docs import make_whole
from studioops.model import Report, Stopwatch
from studioops.postgres import Database
from studioops.postgres.catalog import read_catalog

CREATE = "next: create it with a migration, or take the expectation out of the contract"


def check_expectations(
    database: Database, contract: Contract, *, target: str, docs: Path | None = None
) -> Report:
    """Hold a target against its contract's expectations.

    Args:
        database: the target; whatever its limits say, nothing is ever written.
        contract: with expectations.
        target: its name.
        docs: a directory for Great Expectations' Data Docs, which show values of rows; None for
            none.

    Returns:
        a report of kind ``expectations``, a subject an expectation. What could not be asked (an
        absent column, a missing right, a lost connection, a query that took too long) is
        ``not_checked`` with its reason, never a fault of the data.
    """
    watch = Stopwatch()
    try:
        with database.transaction() as connection:
            found = list(bind(read_catalog(connection, contract.type_names), contract))
    except CouldNotCheck as error:
        return expectations_not_checked(contract, error.reason, target)
    bound = [one for one in found if isinstance(one, Bound)]
    answers = {one.number: _absent(one) for one in found if isinstance(one, Unbound)}
    answers |= _asked(database, bound, target, docs) if bound else {}
    return build_report(target, [answers[n] for n in sorted(answers)], watch)


def expectations_not_checked(contract: Contract, reason: str, target: str) -> Report:
    """The report where nobody could ask.

    Args:
        contract: with expectations.
        reason: why nobody could, with the next step.
        target: its name.
    """
    answers = [not_checked(one, reason) for one in contract.expectations]
    return build_report(target, answers, Stopwatch())


def _asked(
    database: Database, bound: list[Bound], target: str, docs: Path | None
) -> dict[int, Answer]:
    from studioops.integrity.expectations.ask import ask_gx
    from studioops.integrity.expectations.result import read_result

    results = ask_gx(database, bound, target, docs)
    if docs is not None:
        make_whole(docs)
    return {one.number: read_result(one, results.get(one.number), database.dsn) for one in bound}


def _absent(one: Unbound) -> Answer:
    return not_checked(one.declared, f"{one.reason}; {CREATE}")
