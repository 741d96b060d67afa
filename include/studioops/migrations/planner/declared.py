"""Columns that a history says the types of: converted where nothing is lost, else left and told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from psycopg.sql import SQL

from studioops.errors import Refused
from studioops.integrity.contract.names import quoted
from studioops.migrations.operations import ConvertColumns, Session, TableName, convert_columns
from studioops.migrations.operations.converting.casting import respelled
from studioops.migrations.operations.converting.model import Converted, is_string
from studioops.migrations.operations.converting.values import refused_values
from studioops.migrations.planner.seen import Seen, Wanted
from studioops.postgres import load_sql

# Of these the way back knows how each value was spelled; of a number, digits would be gone.
SPELLED = ("json", "xml")
RELATED = "it is an end of a relationship, of which the contract says no other type"
Place = tuple[TableName, str]
Declared = Mapping[Place, str]


@dataclass(frozen=True, slots=True)
class DeclaredTypes:
    """What is to be converted, and what stays.

    Args:
        columns: each with the type that it gets.
        remarks: why others stay as they are, a line each.
    """

    columns: Declared
    remarks: tuple[str, ...]


def decide_declared(seen: Seen, declared: Declared, otherwise: Declared) -> DeclaredTypes:
    """The columns that are to be converted because a history says so.

    Those of relationships are left to the contract: all that they are tied to has to follow.

    Args:
        seen: of the database.
        declared: types, by column; what is not there is left out.
        otherwise: what is converted for the sake of a relationship, which comes first.
    """
    columns: dict[Place, str] = {}
    ends = {end for one in seen.wanted for end in _ends(one)}
    remarks: list[str] = []
    for place, kind in sorted(declared.items()):
        now = _type_now(seen.session, place)
        if place in otherwise or now in (None, kind):
            continue
        reason = (
            RELATED if place in ends else next(_reasons(seen.session, place, kind, declared), "")
        )
        if reason:
            remarks.append(f"{place[0]}.{quoted(place[1])} is {now}, not {kind}: {reason}")
        else:
            columns[place] = kind
    return DeclaredTypes(columns, tuple(remarks))


def _ends(wanted: Wanted) -> Iterator[Place]:
    yield from ((wanted.child, name) for name in wanted.columns)
    yield from ((wanted.parent, name) for name in wanted.parent_columns)


def _type_now(session: Session, place: Place) -> str | None:
    values = {"table": str(place[0]), "column": place[1]}
    row = session.execute(load_sql(__package__, "type"), values).fetchone()
    return row["type"] if row else None


def _reasons(session: Session, place: Place, kind: str, declared: Declared) -> Iterator[str]:
    """Why it is not converted."""
    try:
        operation = convert_columns(session, {place: kind})
    except Refused as error:
        yield f"{error.message}; {error.next_step}"
        return
    yield from _tied(operation, declared)
    yield from refused_values(session, operation.columns, operation.keyed)
    yield from (f"values of {one} would lose digits" for one in operation.columns
                if _loses(session, one))  # fmt: skip


def _tied(operation: ConvertColumns, declared: Declared) -> Iterator[str]:
    for one in operation.columns:
        if declared.get((one.table, one.column)) != one.type:
            yield f"a key ties it to {one}, of which nobody says so"


def _loses(session: Session, one: Converted) -> bool:
    if is_string(one.was) or one.was in SPELLED:
        return False
    question = SQL("SELECT EXISTS (SELECT FROM ONLY {} WHERE {}) AS there")
    row = session.execute(question.format(one.table.sql, respelled(one))).fetchone()
    return bool(row and row["there"])
