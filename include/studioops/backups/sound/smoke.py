"""The contract's smoke queries: what the application asks first must get its answer."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, cast

import psycopg
from psycopg.sql import SQL

from studioops.backups.seen import Seen, fault
from studioops.backups.sound.copied import Copy
from studioops.errors import DatabaseUnreachable
from studioops.integrity.contract import DeclaredSmoke
from studioops.model import Finding, Stopwatch
from studioops.postgres.failure import translate

# With a bound value the server takes one statement alone, and as a subquery only one that reads.
ASK = "SELECT * FROM (\n{query}\n) AS smoke LIMIT %(most)s"
WHY = "the contract says that the application cannot work without this answer"
# What the server says of these is about the query and never about the rows.
ABOUT_THE_QUERY = ("42", "3F", "0A", "25")
NOT_LOOKED = ("53", "55P03", "57")


def smoke(copy: Copy) -> Seen:
    """Whether every smoke query of the contract gets the answer that it wants."""
    asked = copy.contract.smoke if copy.contract else ()
    if not asked:
        return Seen.not_applicable("smoke", "no contract has smoke queries")
    return Seen.together(_one(copy, one) for one in asked)


def _one(copy: Copy, one: DeclaredSmoke) -> Seen:
    name, watch = f"smoke {one.name}", Stopwatch()
    answer = _ask(copy, one)
    if isinstance(answer, psycopg.Error):
        failure = translate(answer, copy.database.dsn)
        if isinstance(failure, DatabaseUnreachable):
            raise failure
        if str(answer.sqlstate or "").startswith(NOT_LOOKED):
            return Seen.unseen(name, failure.reason)
        said = f"the query raises {_error_name(answer)}"
    else:
        said = _wrong(one, answer)
    return Seen.of(name, [_finding(one, said)] if said else [], seconds=watch.seconds)


def _ask(copy: Copy, one: DeclaredSmoke) -> list[tuple[Any, ...]] | psycopg.Error:
    """The rows, no more than tell; or the server's own error, by which whose fault it is shows."""
    with copy.database.transaction() as connection:
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        # Names without a schema are of public, as everywhere in a contract.
        driver.execute("SELECT set_config('search_path', 'public', true)")
        text = ASK.format(query=one.query.replace("%", "%%"))
        values = {"most": max(one.min_rows, 2)}
        try:
            return driver.execute(SQL(text), values).fetchall()
        except psycopg.Error as error:
            return error


def _wrong(one: DeclaredSmoke, rows: list[tuple[Any, ...]]) -> str:
    """What is wrong with an answer, without a value of it."""
    if one.equals is None:
        few = len(rows) < one.min_rows
        return f"it gives {len(rows)} of at least {one.min_rows} rows" if few else ""
    if not rows:
        return "it gives no row"
    if len(rows) > 1 or len(rows[0]) > 1:
        return "it gives more than one value, and one is to be compared"
    return "" if _same(rows[0][0], one.equals) else "it gives another value than the contract's"


def _same(actual: Any, wanted: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(actual, bool):
        return actual is wanted
    if isinstance(wanted, int | float):
        try:
            return Decimal(str(actual)) == Decimal(str(wanted))
        except InvalidOperation:
            return False
    return str(actual) == str(wanted)


def _error_name(error: psycopg.Error) -> str:
    name = f"{type(error).__name__} ({error.sqlstate})"
    if str(error.sqlstate).startswith(ABOUT_THE_QUERY):
        name += f": {error.diag.message_primary}"
    return name


def _finding(one: DeclaredSmoke, said: str) -> Finding:
    return fault(
        "smoke_failed",
        one.name,
        said,
        WHY,
        "run the query in the copy and in the original: " + one.query,
    )
