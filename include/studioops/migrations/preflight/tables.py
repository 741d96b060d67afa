"""Which tables a plan changes, and which it only refers to: read off its operations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from studioops.migrations.operations import Operation, TableName
from studioops.migrations.plan import Plan

REFERRED = "parent"


def changed_tables(operation: Operation) -> set[TableName]:
    """The tables that an operation changes: it takes their owner's right."""
    return {name for name, referred in _names(operation) if not referred}


def changed_by(plan: Plan) -> set[TableName]:
    """The tables that a plan changes."""
    return {name for one in plan.operations for name in changed_tables(one)}


def tables_of(operation: Operation) -> set[TableName]:
    """Every table that an operation names."""
    return {name for name, _ in _names(operation)}


def referred_tables(plan: Plan) -> set[TableName]:
    """The tables that a plan refers to and does not change: a key takes the right to refer."""
    whole = {name for one in plan.operations for name in tables_of(one)}
    return whole - changed_by(plan)


def _names(value: object, *, referred: bool = False) -> Iterator[tuple[TableName, bool]]:
    if isinstance(value, TableName):
        yield value, referred
    elif is_dataclass(value):
        for one in fields(value):
            yield from _names(getattr(value, one.name), referred=one.name == REFERRED)
    elif isinstance(value, tuple):
        for part in value:
            yield from _names(part, referred=referred)
