"""How many rows operations on rows would move: by the quarantine, which is what moves them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from studioops.migrations.operations import (
    NullifyOrphans,
    Operation,
    QuarantineOrphans,
    TableName,
)
from studioops.migrations.planner.rights import is_right
from studioops.migrations.planner.seen import Seen, table_name
from studioops.migrations.quarantine.counting import GoingCount, counted, what_would_go

# What the quarantine says, and what can be done about it.
NEXT = {
    re.compile(r"refers? to what would go$"): "decide: write `on_delete: CASCADE` or "
    "`on_delete: SET NULL` for that relationship into the contract, or take those rows out first",
    re.compile(r" is NOT NULL$"): "decide: drop the NOT NULL, or take those rows out first",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What an operation on rows would do.

    Args:
        rows: that it takes out or changes.
        tables: that these are of.
        words: how many of which table.
        refusals: why it can't be done.
        rights: that this role lacks to do it.
    """

    rows: int
    tables: tuple[TableName, ...]
    words: str
    refusals: tuple[str, ...]
    rights: tuple[str, ...] = ()


def count(seen: Seen, one: Operation) -> Counted | None:
    """What an operation would do; None where it is none on rows.

    Args:
        seen: of the database.
        one: the operation.
    """
    if isinstance(one, QuarantineOrphans):
        going = what_would_go(seen.session, one)
    elif isinstance(one, NullifyOrphans):
        going = counted(*one.work.would(seen.session))
    else:
        return None
    tables = {one.display: table_name(one) for one in seen.catalog.relations.values()}
    named = dict.fromkeys([*going.with_them, *going.cleared])
    return Counted(
        rows=going.orphans + sum((*going.with_them.values(), *going.cleared.values())),
        tables=tuple(dict.fromkeys([one.reference.child, *(tables[name] for name in named)])),
        words=_words(going),
        refusals=tuple(
            f"{one.words()}: {_with_next(line)}" for line in going.refusals if not is_right(line)
        ),
        rights=tuple(line for line in going.refusals if is_right(line)),
    )


def _words(going: GoingCount) -> str:
    parts = [f"{_rows(going.orphans)} taken out"] if going.orphans else []
    parts += [f"{_rows(n)} of {table} with them" for table, n in going.with_them.items()]
    parts += [f"{_rows(n)} of {table} cleared" for table, n in going.cleared.items()]
    return ", ".join(parts)


def _rows(number: int) -> str:
    return f"{number} row" if number == 1 else f"{number} rows"


def _with_next(line: str) -> str:
    return "; ".join([line, *(step for what, step in NEXT.items() if what.search(line))])
