"""How confidence comes about."""

from __future__ import annotations

import pytest

from studioops.integrity.infer.candidates import Candidate, KeyKind, comparable
from studioops.integrity.infer.evidence import Evidence, confidence, least_matched
from studioops.integrity.infer.names import Rule
from studioops.postgres.catalog import Column, ColumnType, Relation

EQUAL = ("pg_catalog", "=")
OIDS = ["uuid", "integer", "bigint", "text", "boolean", "jsonb", "date", "numeric", "json"]


def kind(name: str) -> ColumnType:
    return ColumnType(OIDS.index(name), name, "", None if name == "json" else EQUAL)


def candidate(child="uuid", parent="uuid", rule=Rule.NAMED, key=KeyKind.PRIMARY, schema="public"):
    tables = [
        Relation(
            n,
            where,
            name,
            name,
            "r",
            0,
            0.0,
            None,
            {"c": Column(1, "c", "c", not_null=False, declared_type=one, type=kind(one))},
        )
        for n, where, name, one in ((1, schema, "orders", child), (2, "public", "parents", parent))
    ]
    return Candidate(tables[0], ("c",), tables[1], ("c",), rule, key)


def seen(matched: int, filled: int, distinct: int) -> Evidence:
    return Evidence(filled, filled, distinct, matched, filled - matched, 0)


@pytest.mark.parametrize(
    ("one", "evidence", "expected"),
    [
        (candidate(), seen(999, 999, 999), 1.0),
        (candidate(), seen(9, 9, 9), 0.9),
        (candidate(), seen(9, 9, 1), 0.5),
        (candidate(), seen(50, 100, 99), 0.49),
        (candidate(), seen(0, 100, 99), 0.0),
        (candidate(rule=Rule.SHORT), seen(99, 99, 99), 0.69),
        (candidate(key=KeyKind.UNIQUE), seen(99, 99, 99), 0.94),
        (candidate(key=KeyKind.NONE), seen(99, 99, 99), 0.79),
        (candidate(schema="other"), seen(99, 99, 99), 0.89),
        (candidate(), seen(0, 0, 0), 0.2),
        (candidate(rule=Rule.BARE), Evidence(), 0.12),
    ],
)
def test_confidence(one, evidence, expected):
    assert confidence(one, evidence) == expected


@pytest.mark.parametrize(
    ("child", "parent", "share", "types"),
    [
        ("uuid", "uuid", 0.5, None),
        ("text", "uuid", 0.5, None),
        ("uuid", "text", 0.5, ("uuid",)),
        ("text", "text", 0.9, None),
        ("integer", "bigint", 0.9, None),
    ],
)
def test_what_cannot_match_by_chance_needs_less(child, parent, share, types):
    one = candidate(child, parent)
    assert least_matched(one) == share
    assert one.types == types


@pytest.mark.parametrize(
    ("child", "parent", "well"),
    [
        ("uuid", "uuid", True),
        ("date", "date", True),
        ("text", "uuid", True),
        ("text", "integer", True),
        ("integer", "text", True),
        ("uuid", "text", True),
        ("numeric", "bigint", True),
        ("bigint", "integer", True),
        ("boolean", "boolean", False),
        ("json", "json", False),
        ("boolean", "integer", False),
        ("jsonb", "uuid", False),
        ("integer", "uuid", False),
        ("uuid", "integer", False),
        ("date", "text", False),
        ("text", "date", False),
    ],
)
def test_types_that_could_be_meant_for_each_other(child, parent, well):
    assert comparable(kind(child), kind(parent)) is well


def test_the_comment_says_what_was_seen():
    assert str(seen(7, 9, 4)) == "7 of 9 values have a parent, 2 have none; 4 different, 9 rows"
    assert str(Evidence(3, 3, 3, 1, 2, 2)).count("(2 malformed)") == 1
    assert str(Evidence(3)) == "nobody looked at its rows"
