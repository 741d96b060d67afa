"""Every look of the preflight, each a subject of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from studioops.backups.seen import Seen, fault
from studioops.migrations.journal import Run
from studioops.migrations.journal.journal import unfinished
from studioops.migrations.operations import RunRevision, Session, Stage, TableName
from studioops.migrations.plan import Plan
from studioops.migrations.preflight.linting import lint_revisions
from studioops.migrations.preflight.room import look_at_room
from studioops.migrations.preflight.tables import changed_by, referred_tables, tables_of
from studioops.migrations.reading import reading
from studioops.model import Finding, Severity
from studioops.postgres import Database, load_sql

Row = dict[str, Any]
LONG_S = 30.0
BEHIND_BYTES = 64 << 20
STOPS = "without it the migration, or its way back, would stop half-way"
WAITS = "a step that takes a lock waits for it, and gives way after a moment"
UNSEEN = "nobody looked, so nobody knows"


def look(database: Database, plan: Plan) -> Seen:
    """Look at all that a plan needs, there and back. Nothing is changed.

    Args:
        database: the target, which may be read-only to us.
        plan: what is to be applied.

    Returns:
        a subject a look. What is an error keeps the plan from being applied; what could not be
        seen, or may slow it down, is a warning.

    Raises:
        DatabaseError: the target can't be reached.
    """
    with reading(database) as connection:
        server, left = _asked(connection, "server")[0], unfinished(connection)
        changed = _tables(connection, changed_by(plan))
        return Seen.together(
            [
                Seen.of("server", _server(server, left)),
                Seen.of("rights", _rights(connection, server, plan, changed)),
                *_plan(connection, plan, left),
                Seen.of("room on disk", _room(connection, server, changed)),
                Seen.of("replicas", _replicas(connection, server)),
                Seen.of("long transactions", _old(connection, server)),
            ]
        )


def _server(server: dict[str, Any], left: Run | None) -> Iterator[Finding]:
    name = server["database"]
    if server["standby"]:
        message = f"{name} is on a standby, which takes no change"
        yield fault("standby", name, message, STOPS, "give the address of its primary")
    if server["read_only"]:
        repair = f"ALTER DATABASE {name} RESET default_transaction_read_only, or ask who set it"
        message = f"{name} is read-only by its settings (default_transaction_read_only)"
        yield fault("read_only", name, message, STOPS, repair)
    if left is not None:
        yield Finding(
            "unfinished_migration",
            str(left.id),
            Severity.INFO,
            f"the migration of {left.started_at:%Y-%m-%d %H:%M} is not finished ({left.state})",
            "no other plan can be applied before it is",
            "studioops migrate apply goes on with the same plan, studioops migrate rollback goes "
            "back",
        )


def _rights(session: Session, server: Row, plan: Plan, changed: Sequence[Row]) -> Iterator[Finding]:
    role = server["role"]
    if not (server["may_use_journal"] if server["has_journal"] else server["may_make_journal"]):
        repair = (
            f'GRANT CREATE, USAGE ON SCHEMA studioops TO "{role}"'
            if server["has_journal"]
            else f'GRANT CREATE ON DATABASE "{server["database"]}" TO "{role}"'
        )
        message = f"{role} can't keep the journal, which lies in the schema studioops"
        yield fault("no_right_for_journal", server["database"], message, STOPS, repair)
    for row in changed:
        if row["there"] and not row["owns"]:
            yield fault(
                "not_owner",
                row["name"],
                f"{role} does not own {row['name']}, and only {row['owner']} may change it",
                STOPS,
                f'connect as {row["owner"]}, or type: GRANT "{row["owner"]}" TO "{role}"',
            )
        elif row["there"] and not row["creates"]:
            repair = f'GRANT CREATE ON SCHEMA "{row["schema"]}" TO "{role}"'
            message = f"{role} can't make an index in the schema {row['schema']}"
            yield fault("no_right_on_schema", row["name"], message, STOPS, repair)
    for row in _tables(session, referred_tables(plan)):
        if row["there"] and not row["refers"]:
            repair = f'GRANT REFERENCES ON {row["name"]} TO "{role}"'
            message = f"{role} can't let a key refer to {row['name']}"
            yield fault("no_right_to_refer", row["name"], message, STOPS, repair)


def _plan(session: Session, plan: Plan, left: Run | None) -> Iterator[Seen]:
    """The operations themselves; when a run goes on they have been looked at."""
    if left is None:
        yield Seen.of("operations", _operations(session, plan))
        yield Seen.of("revisions", lint_revisions(session, plan))
        return
    reason = "a part of them is applied already, or is being taken back"
    yield from (Seen.not_applicable(one, reason) for one in ("operations", "revisions"))


def _operations(session: Session, plan: Plan) -> Iterator[Finding]:
    """Those that can be asked now: what an earlier one changes is not there yet.

    What a revision changes nobody knows before it has run.
    """
    touched: set[TableName] = set()
    revised = any(isinstance(one, RunRevision) for one in plan.operations)
    for one in plan.operations:
        before = revised and one.stage > Stage.EXPAND
        if one.stage is Stage.CLEAN or not (before or touched & tables_of(one)):
            for refusal in one.validate(session):
                message = f"{one.words()}: {refusal}"
                yield fault("operation_refuses", one.kind, message, STOPS, _next(refusal))
        touched |= tables_of(one)


def _next(refusal: str) -> str:
    return refusal.partition("; next: ")[2] or "plan again: studioops migrate plan"


def _replicas(session: Session, server: dict[str, Any]) -> Iterator[Finding]:
    if not server["sees_all"]:
        yield _unseen("replicas", "standbys", f'GRANT pg_monitor TO "{server["role"]}"')
        return
    # An index or a backfill writes much at once, which every standby has to replay.
    for row in _asked(session, "replicas"):
        if row["bytes"] is None or row["bytes"] > BEHIND_BYTES:
            behind = "nobody knows how far" if row["bytes"] is None else f"{row['bytes']} bytes"
            yield Finding(
                "replica_behind",
                row["name"],
                Severity.WARNING,
                f"the standby {row['name']} is behind: {behind}",
                "what the migration writes puts it further behind",
                "wait until it has replayed what there is: SELECT * FROM pg_stat_replication",
            )


def _old(session: Session, server: dict[str, Any]) -> Iterator[Finding]:
    if not server["sees_all"]:
        yield _unseen("long transactions", "other roles' sessions",
                      f'GRANT pg_monitor TO "{server["role"]}"')  # fmt: skip
    for row in _asked(session, "old_transactions", {"seconds": LONG_S}):
        yield Finding(
            "long_transaction",
            f"process {row['pid']}",
            Severity.WARNING,
            f"a transaction of {row['application'] or row['role']} is open for "
            f"{row['seconds']:.0f} s ({row['state']})",
            WAITS,
            f"let it end, or end it: SELECT pg_terminate_backend({row['pid']})",
        )


def _unseen(look_name: str, what: str, repair: str) -> Finding:
    check = f"{look_name.replace(' ', '_')}_not_seen"
    return Finding(check, look_name, Severity.WARNING, f"{what} could not be seen", UNSEEN, repair)


def _room(session: Session, server: Row, changed: Sequence[Row]) -> Iterator[Finding]:
    return look_at_room(session, server, sum(row["bytes"] for row in changed))


def _tables(session: Session, names: set[TableName]) -> Sequence[dict[str, Any]]:
    return _asked(session, "tables", {"tables": sorted(map(str, names))})


def _asked(session: Session, question: str, values: Any = None) -> Sequence[dict[str, Any]]:
    return session.execute(load_sql(__package__, question), values or {}).fetchall()
