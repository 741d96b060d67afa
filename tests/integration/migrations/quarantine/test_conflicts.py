"""What somebody else wrote meanwhile stays; what it meets is kept and told."""

from __future__ import annotations

from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from studioops.migrations.operations import (
    Going,
    NullifyOrphans,
    Operation,
    QuarantineOrphans,
    Reference,
    TableName,
    Touched,
)
from studioops.migrations.plan import Plan
from studioops.migrations.quarantine import Held, held_back
from studioops.migrations.runner import apply, revert
from tests.integration.migrations.driving import QUICK, run, state_of


def refers(child: str, column: str, parent: str) -> Reference:
    return Reference(TableName("public", child), (column,), TableName("public", parent), ("id",))


STALL, WARE = refers("stall", "shop", "shop"), refers("ware", "stall", "stall")
TABLES = (
    "CREATE TABLE shop (id int PRIMARY KEY)",
    "CREATE TABLE stall (id int PRIMARY KEY, shop int, name text)",
    "CREATE TABLE ware (id int PRIMARY KEY, stall int)",
    "ALTER TABLE ware ADD FOREIGN KEY (stall) REFERENCES stall ON DELETE CASCADE",
    "INSERT INTO stall SELECT n, 100 + n, 'stall ' || n FROM generate_series(1, 9) AS n",
    "INSERT INTO ware SELECT n, 1 + n % 9 FROM generate_series(1, 18) AS n",
)


def do(dsn: str, operation: Operation) -> None:
    apply(dsn, Plan((operation,)), run_by="test", tries=QUICK)


def held(dsn: str, batch: UUID | None = None) -> tuple[Held, ...]:
    with psycopg.connect(dsn, row_factory=dict_row) as session:
        return held_back(session, batch)


def rows(dsn: str, question: str) -> list[tuple]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(question).fetchall()


def test_a_key_that_is_taken_and_what_would_hang_on_the_row(database_dsn: str) -> None:
    run(database_dsn, *TABLES)
    do(database_dsn, QuarantineOrphans(STALL, (Touched(WARE, Going.REMOVE),)))
    assert rows(database_dsn, "SELECT count(*) FROM ware") == [(0,)]
    run(
        database_dsn,
        "INSERT INTO stall VALUES (4, NULL, 'another one')",
        "INSERT INTO ware VALUES (7, 4)",
        "ALTER TABLE stall ADD added text DEFAULT 'x'",
        "ALTER TABLE stall ADD CHECK (name <> 'stall 6')",
    )
    assert revert(database_dsn, tries=QUICK) is not None
    stalls = rows(database_dsn, "SELECT id, name, added FROM stall WHERE id IN (4, 5, 6)")
    assert sorted(stalls) == [(4, "another one", "x"), (5, "stall 5", "x")]
    kept = {(one.table, one.values["id"]): one for one in held(database_dsn)}
    # What hangs on 4 finds the other 4, but for 7, which is there; what hangs on 6 finds nothing.
    assert set(kept) == {
        ("public.stall", "4"),
        ("public.stall", "6"),
        ("public.ware", "5"),
        ("public.ware", "7"),
        ("public.ware", "14"),
    }
    taken = kept["public.stall", "4"]
    assert (taken.kind, taken.values["name"], taken.key) == ("removed", "stall 4", {})
    assert "stall_pkey" in taken.conflict
    assert "(4)" in taken.conflict
    assert "stall_name_check" in kept["public.stall", "6"].conflict
    assert "there is no such parent" in kept["public.ware", "5"].conflict
    assert held(database_dsn, taken.batch) == held(database_dsn)
    assert held(database_dsn, UUID(int=0)) == ()
    (count,) = rows(database_dsn, "SELECT count(*) FROM ware")[0]
    assert count == 18 - 3 + 1


def test_a_table_or_column_that_is_gone(database_dsn: str) -> None:
    run(database_dsn, *TABLES)
    do(database_dsn, QuarantineOrphans(STALL, (Touched(WARE, Going.REMOVE),)))
    run(
        database_dsn,
        "ALTER TABLE stall ALTER name TYPE varchar(40)",
        "DROP TABLE ware",
    )
    before = state_of(database_dsn)
    assert revert(database_dsn, tries=QUICK) is not None
    assert state_of(database_dsn).differences(before) == []
    reasons = {(one.table, one.conflict) for one in held(database_dsn)}
    assert reasons == {
        ("public.stall", "public.stall has no such column any more, or of another type: name"),
        ("public.ware", "there is no table public.ware any more"),
    }
    assert len(held(database_dsn)) == 27


def test_references_that_somebody_has_set_meanwhile(database_dsn: str) -> None:
    run(database_dsn, *TABLES, "INSERT INTO stall VALUES (20, NULL, 'well')")
    do(database_dsn, QuarantineOrphans(STALL, (Touched(WARE, Going.CLEAR),)))
    run(
        database_dsn,
        "UPDATE ware SET stall = 20 WHERE id = 3",
        "DELETE FROM ware WHERE id = 4",
        "INSERT INTO stall VALUES (6, NULL, 'another one')",
    )
    assert revert(database_dsn, tries=QUICK) is not None
    assert rows(database_dsn, "SELECT stall FROM ware WHERE id IN (3, 5) ORDER BY id") == [
        (20,),
        (6,),
    ]
    kept = [(one.kind, one.key, one.values) for one in held(database_dsn)]
    assert kept[1:] == [
        ("cleared", {"id": "3"}, {"stall": "4"}),
        ("cleared", {"id": "4"}, {"stall": "5"}),
    ]


def test_a_reference_whose_row_is_held_back_stays_cleared(database_dsn: str) -> None:
    run(database_dsn, *TABLES)
    do(database_dsn, QuarantineOrphans(STALL, (Touched(WARE, Going.CLEAR),)))
    run(database_dsn, "ALTER TABLE stall ADD CHECK (id <> 6)")
    assert revert(database_dsn, tries=QUICK) is not None
    assert rows(database_dsn, "SELECT id FROM ware WHERE stall IS NULL ORDER BY id") == [
        (5,),
        (14,),
    ]
    assert [one.kind for one in held(database_dsn)] == ["removed", "cleared", "cleared"]


def test_a_value_that_was_cleared_for_a_key_that_stands_by_now(database_dsn: str) -> None:
    run(database_dsn, *TABLES)
    do(database_dsn, NullifyOrphans(STALL))
    run(
        database_dsn,
        "INSERT INTO shop VALUES (103)",
        "ALTER TABLE stall ADD FOREIGN KEY (shop) REFERENCES shop",
    )
    assert revert(database_dsn, tries=QUICK) is not None
    assert rows(database_dsn, "SELECT id FROM stall WHERE shop IS NOT NULL") == [(3,)]
    assert len(held(database_dsn)) == 8
