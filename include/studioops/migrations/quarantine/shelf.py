"""The quarantine's table: made where it is missing, and what is still held in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from studioops.migrations.storable import storable
from studioops.postgres import load_sql

if TYPE_CHECKING:
    from studioops.migrations.operations.step import Session

TABLE = "studioops.quarantine"
THERE = "SELECT to_regclass('studioops.quarantine') IS NOT NULL AS there"


@dataclass(frozen=True, slots=True)
class Held:
    """A row, or a reference of one, that could not be put back.

    Args:
        batch: what it was taken out with.
        ordinal: which of the batch.
        kind: ``removed`` or ``cleared``.
        table: where it was, in full.
        values: what it was, by column, as texts.
        key: of a cleared reference, which row it belongs to.
        conflict: why it is still here.
    """

    batch: UUID
    ordinal: int
    kind: str
    table: str
    values: Mapping[str, str | None]
    key: Mapping[str, str | None]
    conflict: str


def make_shelf(session: Session) -> None:
    """Make the quarantine's table where it is not there.

    Args:
        session: in a transaction; the schema is there.
    """
    if not is_shelf_there(session):
        session.execute(load_sql(__package__, "tables"))


def is_shelf_there(session: Session) -> bool:
    """Whether anything was ever put into the quarantine.

    Args:
        session: in a transaction.
    """
    row = session.execute(THERE).fetchone()
    return bool(row and row["there"])


def summed(session: Session, run: UUID) -> dict[str, int]:
    """How much a run has taken out and cleared; what went along is counted apart.

    Args:
        session: in a transaction.
        run: its id.

    Returns:
        ``quarantined`` and ``nullified`` orphans, ``rows_with_them`` and ``references_with_them``;
        nothing where there is no quarantine.
    """
    if not is_shelf_there(session):
        return {}
    rows = session.execute(load_sql(__package__, "summed"), {"run": run}).fetchall()
    return {str(word): int(count) for word, count in rows[0].items()}


def no_shelf(session: Session) -> Iterator[str]:
    """Why nothing can be put into the quarantine; nothing where it can.

    Args:
        session: in a transaction.
    """
    row = session.execute(load_sql(__package__, "shelf")).fetchone()
    if row is not None and not row["may"]:
        yield f"this role has no right to {row['right']}"


def held_back(session: Session, batch: UUID | str | None = None) -> tuple[Held, ...]:
    """What could not be put back, and why.

    Args:
        session: in a transaction.
        batch: of one operation, as its memo names it; None for all.
    """
    if not is_shelf_there(session):
        return ()
    rows = session.execute(load_sql(__package__, "held"), {"batch": batch}).fetchall()
    return tuple(
        Held(
            row["batch"],
            row["ordinal"],
            row["kind"],
            row["table"],
            _named(row["columns"], row["values"]),
            _named(row["key_columns"], row["key_values"]),
            row["conflict"],
        )
        for row in rows
    )


def hold(session: Session, batch: UUID, ordinals: Sequence[int], conflict: str) -> None:
    """Keep rows in the quarantine that can't go back.

    Args:
        session: in a transaction.
        batch: theirs.
        ordinals: which.
        conflict: why.
    """
    values = {"batch": batch, "ordinals": list(ordinals), "conflict": storable(session, conflict)}
    session.execute(
        "UPDATE studioops.quarantine SET conflict = %(conflict)s "
        "WHERE batch = %(batch)s AND ordinal = ANY (%(ordinals)s)",
        values,
    )


def _named(names: Sequence[str], values: Sequence[str | None]) -> dict[str, str | None]:
    return dict(zip(names, values, strict=True))
