"""The orphans of the legacy StudioOps database, with what goes with them."""

from __future__ import annotations

from collections import Counter

import psycopg
from psycopg.rows import dict_row

from studioops.migrations.operations import (
    Going,
    NullifyOrphans,
    QuarantineOrphans,
    Reference,
    TableName,
    Touched,
)
from studioops.migrations.plan import Plan
from studioops.migrations.quarantine import GoingCount, what_would_go
from studioops.migrations.runner import apply
from tests.integration.migrations.driving import QUICK, drive


def refers(child: str, column: str, parent: str) -> Reference:
    ends = (TableName("public", child), (column,), TableName("public", parent), ("id",))
    return Reference(*ends, types=("uuid",))


MESSAGES = refers("chat_messages", "session_id", "chat_sessions")
PLAN = (
    QuarantineOrphans(MESSAGES),
    QuarantineOrphans(
        refers("chat_sessions", "project_id", "projects"), (Touched(MESSAGES, Going.REMOVE),)
    ),
    NullifyOrphans(refers("extracted_items", "project_id", "projects")),
)


def test_there_and_back(legacy_dsn: str) -> None:
    with psycopg.connect(legacy_dsn, row_factory=dict_row) as session:
        session.execute("SET search_path = pg_catalog")
        sessions = what_would_go(session, PLAN[1])
        assert what_would_go(session, PLAN[0]) == GoingCount(42)
    assert sessions == GoingCount(3, {"public.chat_messages": 6})
    # The journal is there before: its owner is a role that the database did not know.
    apply(legacy_dsn, Plan(()), run_by="test", tries=QUICK)
    drive(legacy_dsn, *PLAN, stay=True)
    with psycopg.connect(legacy_dsn) as connection:
        rows = connection.execute(
            "SELECT table_name, why, level FROM studioops.quarantine WHERE returned_at IS NULL"
        ).fetchall()
        spelt = connection.execute(
            "SELECT count(*) FROM studioops.quarantine WHERE returned_at IS NULL "
            "AND table_name = 'chat_messages' AND \"values\"[2] ~ '^[0-9a-f-]{36}$'"
        ).fetchone()
    assert Counter((table, level) for table, _, level in rows) == {
        ("chat_messages", 0): 42,
        ("chat_sessions", 0): 3,
        ("chat_messages", 1): 6,
        ("extracted_items", 0): 3,
    }
    assert spelt == (6,)
