"""From what Great Expectations answers to what is known: a broken query is no fault of the data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from psycopg.sql import SQL, Composable, Identifier, Literal

from studioops.integrity.expectations.answer import Answer, not_checked
from studioops.integrity.expectations.bind import Bound
from studioops.integrity.expectations.reference import SAMPLE
from studioops.model import Status
from studioops.postgres import Dsn

NEXT = "next: see that table, column and rights are as the contract has them, then run this again"

DRIVER_SAID = re.compile(r"\(psycopg\.[\w.]+\) (.+)")


def read_result(bound: Bound, result: Any, dsn: Dsn) -> Answer:
    """The answer to one expectation.

    Args:
        bound: the expectation.
        result: of Great Expectations; None where it gave none.
        dsn: of the target, whose secrets are blotted out of every text.
    """
    declared = bound.declared
    if result is None:
        return not_checked(declared, f"Great Expectations gave no answer; {NEXT}")
    raised = next(_raised(result.exception_info or {}), None)
    if raised is not None:
        return not_checked(declared, f"{dsn.where}: {dsn.redact(_said(raised))}; {NEXT}")
    told = result.result or {}
    unexpected, rows = _counts(bound, told)
    if unexpected is None:
        return not_checked(declared, f"Great Expectations counted nothing; {NEXT}")
    return Answer(
        declared,
        Status.PASSED if result.success else Status.FAILED,
        rows,
        unexpected,
        tuple(_sample(bound, told)),
        _listing(bound),
    )


def _counts(bound: Bound, told: Mapping[str, Any]) -> tuple[int | None, int | None]:
    if bound.declared.kind == "reference":
        return told.get("observed_value"), None
    rows = told.get("element_count")
    # Of an empty table it says nothing of unexpected rows.
    return (0 if rows == 0 else told.get("unexpected_count")), rows


def _raised(information: Mapping[str, Any]) -> Iterator[str]:
    """The messages of exceptions, wherever it put them."""
    if information.get("raised_exception"):
        yield str(information.get("exception_message") or "")
        return
    for value in information.values():
        if isinstance(value, Mapping):
            yield from _raised(value)


def _said(message: str) -> str:
    """The database's own sentence out of SQLAlchemy's."""
    found = DRIVER_SAID.search(message)
    lines = [found[1]] if found else message.strip().splitlines()
    return lines[0].strip() if lines else "the query failed"


def _sample(bound: Bound, told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    rows = (told.get("details") or {}).get("unexpected_rows")
    if rows is not None:
        shown = (*bound.row_key, *bound.declared.columns.columns)
        for row in rows[:SAMPLE]:
            yield {name: _text(row.get(name)) for name in dict.fromkeys(shown)}
        return
    names = bound.declared.columns.columns
    for value in told.get("partial_unexpected_list", ())[:SAMPLE]:
        if isinstance(value, Mapping):
            yield {name: _text(value.get(name)) for name in names}
        else:
            yield {names[0]: _text(value)}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _listing(bound: Bound) -> str:
    """SQL that lists the rows that answer wrongly."""
    table = Identifier(bound.relation.schema, bound.relation.name)
    names = [Identifier(name) for name in bound.declared.columns.columns]
    if bound.declared.kind == "reference":
        return bound.offending.replace("{{", "{").replace("}}", "}").replace("\\:", ":") + ";"
    if bound.declared.kind == "unique":
        listed = SQL(", ").join(names)
        text = SQL("SELECT {0}, count(*) FROM {1} GROUP BY {0} HAVING count(*) > 1;")
        return text.format(listed, table).as_string()
    condition = _wrong(bound, names[0])
    return SQL("SELECT * FROM {} WHERE {};").format(table, condition).as_string()


def _wrong(bound: Bound, column: Identifier) -> Composable:
    options = bound.declared.options
    if bound.declared.kind == "not_null":
        return SQL("{} IS NULL").format(column)
    if bound.declared.kind == "accepted_values":
        values = SQL(", ").join(Literal(value) for value in options["values"])
        return SQL("{} NOT IN ({})").format(column, values)
    if bound.declared.kind == "pattern":
        return SQL("{} !~ {}").format(column, Literal(options["matches"]))
    ends = [(SQL("<"), options["min"]), (SQL(">"), options["max"])]
    tests = [
        SQL("{} {} {}").format(column, sign, Literal(end)) for sign, end in ends if end is not None
    ]
    return SQL(" OR ").join(tests)
