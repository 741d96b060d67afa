"""Which rights a role lacks to apply a plan. Whoever may only read can plan all the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from studioops.migrations import preflight
from studioops.migrations.operations import Operation, Session, TableName
from studioops.migrations.plan import Plan
from studioops.migrations.preflight.tables import changed_by, referred_tables
from studioops.postgres import load_sql

# What operations say of a right that they lack, but for the right to read: nobody plans blindly.
LACKING = re.compile(
    r"this role has no right to (?!SELECT|use the schema|USAGE on)"
    r"|session_replication_role|do this as a superuser"
)


def is_right(line: str) -> bool:
    """Whether what an operation refuses is for a right that its reader may lack.

    Args:
        line: its reason.
    """
    return LACKING.search(line) is not None


def missing_rights(
    session: Session, operations: Sequence[Operation], said: Iterable[str]
) -> tuple[str, ...]:
    """What `migrate apply` would refuse, as this role.

    Args:
        session: in a transaction.
        operations: of the plan.
        said: by the operations themselves.

    Returns:
        a line a right.
    """
    if not operations:
        return ()
    plan = Plan(tuple(operations))
    changed = _asked(session, changed_by(plan))
    referred = _asked(session, referred_tables(plan))
    owned = [line for row in changed for line in _changing(row)]
    return tuple(dict.fromkeys([*_journal(session), *owned, *_referring(referred), *said]))


def _journal(session: Session) -> Iterator[str]:
    row = session.execute(load_sql(preflight.__name__, "server")).fetchone() or {}
    if row["has_journal"] and not row["may_use_journal"]:
        yield "this role has no right to USAGE and CREATE in schema studioops"
    elif not row["has_journal"] and not row["may_make_journal"]:
        yield "this role has no right to CREATE in this database"


def _changing(row: Mapping[str, Any]) -> Iterator[str]:
    if row["there"] and not row["owns"]:
        yield f"this role does not own {row['name']}, and only {row['owner']} may change it"
    elif row["there"] and not row["creates"]:
        yield f"this role has no right to CREATE in schema {row['schema']}"


def _referring(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        if row["there"] and not row["refers"]:
            yield f"this role has no right to let a key refer to {row['name']}"


def _asked(session: Session, names: set[TableName]) -> list[dict[str, Any]]:
    values = {"tables": sorted(map(str, names))}
    return session.execute(load_sql(preflight.__name__, "tables"), values).fetchall()
