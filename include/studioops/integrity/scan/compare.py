"""How one pair of columns is compared, and what makes a value malformed."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg.sql import SQL, Composable, Identifier, Literal

from studioops.errors import CouldNotCheck
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.postgres.catalog import Column, ColumnType, Operator, cast_name

HAS_INPUT_IS_VALID = 160000
TEXT_TYPES = {"text", "character varying", "character"}
INTEGER_RANGES = {
    "smallint": (-(2**15), 2**15 - 1),
    "integer": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
}
# Each takes every value of those before it.
WIDTHS = [*INTEGER_RANGES, "numeric"]
# What uuid_in takes: braces or none, and a hyphen or none after every group of four digits.
UUID_PATTERN = r"^(([0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}|\{([0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}\})$"
INTEGER_PATTERN = r"^[ \t\n\v\f\r]*[+-]?[0-9]+[ \t\n\v\f\r]*$"


class CannotCompare(CouldNotCheck):
    """The two columns can't be compared, so nobody knows whether their values match."""

    code = "cannot_compare"


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair of columns in SQL, the child's row called ``c`` and the parent's ``p``.

    Args:
        test: true where the two match.
        malformed: true where the child's value can't be what it must; None where none can't.
        malformed_matches: whether a malformed value could still find a parent by ``test``.
        plain: whether ``test`` compares the columns as they are, so that indexes serve it.
    """

    test: Composable
    malformed: Composable | None
    malformed_matches: bool
    plain: bool


def compare_pairs(planned: PresentRelationship, server_version: int) -> list[Pair]:
    """How each pair of a relationship's columns is compared.

    Args:
        planned: the relationship.
        server_version: as in ``server_version_num``.

    Raises:
        CannotCompare: a type has no equality, or this server can't test a text for the type.
    """
    key, wanted = planned.constraint, planned.wanted_types
    operators = key.operators if key is not None else (None,) * len(wanted)
    return [
        _pair(child, parent, kind, operator, server_version)
        for (child, parent), kind, operator in zip(planned.pairs, wanted, operators, strict=True)
    ]


def _pair(
    child: Column,
    parent: Column,
    wanted: ColumnType | None,
    operator: Operator | None,
    version: int,
) -> Pair:
    kind = wanted or parent.type
    equal = child.type.oid == parent.type.oid
    if operator is not None and (equal or wanted is None):
        malformed = _malformed(child, kind, version) if equal or _can_be_none(child, kind) else None
        plain = equal and malformed is None and operator.collation is None
        return Pair(_by_operator(child, parent, operator), malformed, equal, plain)
    if kind.equality is None:
        raise CannotCompare(
            f"type {kind.name} has no equality operator", "give another `type:` in the contract"
        )
    collate = _collate(child, parent, kind)
    test = SQL("{} OPERATOR({}.{}) {}{}").format(
        _converted("p", parent, kind, version),
        Identifier(kind.equality[0]),
        SQL(kind.equality[1]),
        _converted("c", child, kind, version),
        SQL(collate),
    )
    plain = equal and parent.type.oid == kind.oid and not collate
    malformed = _malformed(child, kind, version)
    return Pair(test, malformed, malformed_matches=False, plain=plain)


def _can_be_none(child: Column, kind: ColumnType) -> bool:
    """Whether a value that a constraint compares as it is can fail to be one of the type at all."""
    return child.type.name in TEXT_TYPES or kind.name in INTEGER_RANGES


def _by_operator(child: Column, parent: Column, operator: Operator) -> Composable:
    """The constraint's own comparison, as PostgreSQL's triggers make it."""
    left, right = _column("p", parent), _column("c", child)
    if operator.cast_parent:
        left = SQL("{}::{}").format(left, SQL(cast_name(operator.cast_parent)))
    if operator.cast_child:
        right = SQL("{}::{}").format(right, SQL(cast_name(operator.cast_child)))
    collate = SQL(f" COLLATE {operator.collation}" if operator.collation else "")
    sign = SQL(operator.name)
    return SQL("{} OPERATOR({}.{}) {}{}").format(
        left, Identifier(operator.schema), sign, right, collate
    )


def _collate(child: Column, parent: Column, kind: ColumnType) -> str:
    """The parent's collation where the two differ, as a constraint takes it."""
    takes = kind.name in TEXT_TYPES or kind.oid == parent.type.oid
    differ = parent.collation is not None and child.collation != parent.collation
    return f" COLLATE {parent.collation}" if takes and differ else ""


def _column(alias: str, column: Column) -> Composable:
    return Identifier(alias, column.name)


def _never_malformed(column: Column, kind: ColumnType) -> bool:
    if column.type.oid == kind.oid or kind.name in TEXT_TYPES:
        return True
    names = (column.type.name, kind.name)
    return all(name in WIDTHS for name in names) and WIDTHS.index(names[0]) < WIDTHS.index(names[1])


def _converted(alias: str, column: Column, kind: ColumnType, version: int) -> Composable:
    """The column as the type; NULL where the value can't be one."""
    plain = _column(alias, column)
    target = SQL(kind.cast)
    if column.type.oid == kind.oid:
        return plain
    if _never_malformed(column, kind):
        return SQL("{}::{}").format(plain, target)
    return SQL("CASE WHEN {} THEN {}::text::{} END").format(
        _valid(plain, kind, version), plain, target
    )


def _malformed(column: Column, kind: ColumnType, version: int) -> Composable | None:
    if _never_malformed(column, kind):
        return None
    plain = _column("c", column)
    return SQL("({} IS NOT NULL AND NOT {})").format(plain, _valid(plain, kind, version))


def _valid(value: Composable, kind: ColumnType, version: int) -> Composable:
    """Whether PostgreSQL's own input rules take the value's text as the type."""
    if version >= HAS_INPUT_IS_VALID:
        return SQL("pg_catalog.pg_input_is_valid({}::text, {})").format(value, Literal(kind.cast))
    if kind.name == "uuid":
        return SQL("({}::text ~ {})").format(value, Literal(UUID_PATTERN))
    if kind.name in INTEGER_RANGES:
        low, high = INTEGER_RANGES[kind.name]
        return SQL(
            "(CASE WHEN {v}::text ~ {p} THEN trim({v}::text, E' \\t\\n\\v\\f\\r')::numeric"
            " BETWEEN {low} AND {high} ELSE false END)"
        ).format(v=value, p=Literal(INTEGER_PATTERN), low=Literal(low), high=Literal(high))
    raise CannotCompare(
        f"PostgreSQL before 16 can't say whether a text is a valid {kind.name}",
        "give both columns one type, or scan a copy on PostgreSQL 16 or newer",
    )
