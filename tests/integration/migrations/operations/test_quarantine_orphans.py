"""Orphans taken out with everything that their going touches, and put back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from psycopg.rows import dict_row

from studioops.errors import Refused, StudioOpsError
from studioops.migrations.operations import (
    Change,
    Going,
    QuarantineOrphans,
    Reference,
    Session,
    TableName,
    Touched,
)
from studioops.migrations.plan import Plan
from studioops.migrations.quarantine import GoingCount, what_would_go
from studioops.migrations.runner import apply
from tests.integration.migrations.driving import QUICK, drive, refusals, run, state_of


def table(name: str, schema: str = "public") -> TableName:
    return TableName(schema, name)


def refers(child: str, column: str, parent: str, **more: object) -> Reference:
    return Reference(table(child), (column,), table(parent), ("id",), **more)  # type: ignore[arg-type]


STALL = refers("stall", "shop", "shop")
TABLES = (
    "CREATE TABLE shop (id int PRIMARY KEY)",
    "CREATE TABLE stall (id int PRIMARY KEY, shop int, name text)",
    "CREATE TABLE ware (id int PRIMARY KEY, stall int, name text)",
    "CREATE TABLE tag (id int PRIMARY KEY, ware int)",
    "INSERT INTO shop SELECT n FROM generate_series(1, 5) AS n",
    "INSERT INTO stall SELECT n, n, 'stall ' || n FROM generate_series(1, 8) AS n",
    "INSERT INTO ware SELECT n, 1 + n % 8, 'ware ' || n FROM generate_series(1, 16) AS n",
    "INSERT INTO tag SELECT n, 1 + n % 16 FROM generate_series(1, 32) AS n",
)
WARES = Touched(refers("ware", "stall", "stall"), Going.REMOVE)
TAGS = Touched(refers("tag", "ware", "ware"), Going.REMOVE)


@contextmanager
def looking(dsn: str) -> Iterator[Session]:
    """A session that can change nothing."""
    with psycopg.connect(dsn, row_factory=dict_row) as session:
        session.execute("SET default_transaction_read_only = on")
        session.execute("SET search_path = pg_catalog")
        session.commit()
        yield session


def would_go(dsn: str, operation: QuarantineOrphans) -> GoingCount:
    with looking(dsn) as session:
        return what_would_go(session, operation)


def ids(dsn: str, name: str) -> list[int]:
    with psycopg.connect(dsn) as connection:
        return [row[0] for row in connection.execute(f"SELECT id FROM {name} ORDER BY id")]


@dataclass(frozen=True)
class Case:
    """Tables in a schema of their own, what is done to them, and what is left.

    ``touched`` is by child, column and parent; ``left`` are the ids of each table.
    """

    name: str
    tables: tuple[str, ...]
    going: GoingCount
    left: dict[str, list[int]]
    touched: tuple[tuple[str, str, str, Going], ...] = ()
    child: str = "stall"
    columns: tuple[str, ...] = ("shop",)
    parent: str = "shop"
    parent_columns: tuple[str, ...] = ("id",)
    types: tuple[str, ...] = ()
    match: str = "simple"

    @property
    def operation(self) -> QuarantineOrphans:
        child, parent = table(self.child, self.name), table(self.parent, self.name)
        return QuarantineOrphans(
            Reference(child, self.columns, parent, self.parent_columns, self.types, self.match),
            tuple(
                Touched(
                    Reference(table(one, self.name), (by,), table(other, self.name), ("id",)), going
                )
                for one, by, other, going in self.touched
            ),
        )


REMOVE, CLEAR = Going.REMOVE, Going.CLEAR
CASES = (
    Case("simple", TABLES, GoingCount(3), {"stall": [1, 2, 3, 4, 5]}),
    Case(
        "three_levels",
        TABLES,
        GoingCount(3, {"three_levels.ware": 6, "three_levels.tag": 12}),
        {
            "stall": [1, 2, 3, 4, 5],
            "ware": [1, 2, 3, 4, 8, 9, 10, 11, 12, 16],
            "tag": [1, 2, 3, 7, 8, 9, 10, 11, 15, 16, 17, 18, 19, 23, 24, 25, 26, 27, 31, 32],
        },
        (("ware", "stall", "stall", REMOVE), ("tag", "ware", "ware", REMOVE)),
    ),
    Case(
        "partly_null",
        (
            "CREATE TABLE shop (a int, b text, PRIMARY KEY (a, b))",
            "CREATE TABLE stall (id int PRIMARY KEY, a int, b text)",
            "INSERT INTO shop VALUES (1, 'x')",
            "INSERT INTO stall VALUES (1, 1, 'x'), (2, 1, NULL), (3, NULL, NULL), (4, 2, 'x')",
        ),
        GoingCount(2),
        {"stall": [1, 3]},
        columns=("a", "b"),
        parent_columns=("a", "b"),
        match="full",
    ),
    Case(
        "malformed",
        (
            "CREATE TABLE shop (id uuid PRIMARY KEY)",
            "CREATE TABLE stall (id int PRIMARY KEY, shop varchar(50))",
            "INSERT INTO shop VALUES ('0b51ee22-7de7-4d2b-a98a-7b34a2b41a4a')",
            "INSERT INTO stall VALUES (1, '0B51EE22-7DE7-4D2B-A98A-7B34A2B41A4A'), (2, 'x%s'), "
            "(3, NULL), (4, ''), (5, 'ffffffff-7de7-4d2b-a98a-7b34a2b41a4a')",
        ),
        GoingCount(3),
        {"stall": [1, 3]},
        types=("uuid",),
    ),
    Case(
        "cycle",
        (
            "CREATE TABLE shop (id int PRIMARY KEY)",
            "CREATE TABLE a (id int PRIMARY KEY, shop int, b int, above int)",
            "CREATE TABLE b (id int PRIMARY KEY, a int)",
            "INSERT INTO shop VALUES (1)",
            "INSERT INTO a VALUES (1, 9, 1, NULL), (2, 1, 1, NULL), (3, 1, 3, 2), "
            "(4, 1, NULL, NULL), (5, NULL, NULL, 5)",
            "INSERT INTO b VALUES (1, 1), (3, 3), (4, 4)",
            # A long tail: a level each.
            "INSERT INTO a SELECT n, 1, NULL, n - 1 FROM generate_series(101, 140) AS n",
            "UPDATE a SET above = 3 WHERE id = 101",
            "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b ON DELETE CASCADE, "
            "ADD FOREIGN KEY (above) REFERENCES a ON DELETE CASCADE",
            "ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a ON DELETE RESTRICT",
        ),
        GoingCount(1, {"cycle.b": 2, "cycle.a": 42}),
        {"a": [4, 5], "b": [4]},
        (("a", "b", "b", REMOVE), ("a", "above", "a", REMOVE), ("b", "a", "a", REMOVE)),
        child="a",
    ),
    Case(
        "parents_that_are_there_twice",
        (
            "CREATE TABLE shop (id int PRIMARY KEY)",
            "CREATE TABLE stall (id int, shop int)",
            "CREATE TABLE ware (id int PRIMARY KEY, stall int)",
            "INSERT INTO shop VALUES (1)",
            "INSERT INTO stall VALUES (1, 1), (1, 7), (2, 7), (2, 7), (3, 1)",
            "INSERT INTO ware VALUES (1, 1), (2, 2), (3, 3), (4, 9)",
        ),
        GoingCount(3, {"parents_that_are_there_twice.ware": 1}),
        {"stall": [1, 3], "ware": [1, 3, 4]},
        (("ware", "stall", "stall", REMOVE),),
    ),
    Case(
        "cleared",
        (
            *TABLES,
            "ALTER TABLE ware ADD FOREIGN KEY (stall) REFERENCES stall ON DELETE SET NULL",
            "CREATE TABLE note (id int, stall int, text text)",
            "INSERT INTO note VALUES (1, 8, 'same'), (1, 8, 'same'), (1, 7, 'same'), "
            "(1, 1, 'same'), (NULL, NULL, NULL), (2, NULL, 'same'), (2, 6, NULL)",
        ),
        GoingCount(3, {}, {"cleared.ware": 6, "cleared.note": 4}),
        {
            "ware WHERE stall IS NULL": [5, 6, 7, 13, 14, 15],
            "note WHERE stall IS NULL AND id > 0": [1, 1, 1, 2, 2],
        },
        (("ware", "stall", "stall", CLEAR), ("note", "stall", "stall", CLEAR)),
    ),
    Case(
        "two_references_of_a_row",
        (
            *TABLES,
            "ALTER TABLE ware ADD other int",
            "UPDATE ware SET other = 1 + (id + 1) % 8",
            "UPDATE ware SET other = NULL WHERE id > 12",
        ),
        GoingCount(3, {}, {"two_references_of_a_row.ware": 10}),
        {
            "ware WHERE stall IS NULL": [5, 6, 7, 13, 14, 15],
            "ware WHERE other IS NULL": [4, 5, 6, 12, 13, 14, 15, 16],
        },
        (("ware", "stall", "stall", CLEAR), ("ware", "other", "stall", CLEAR)),
    ),
    Case(
        "equal_rows",
        (
            "CREATE TABLE shop (id int PRIMARY KEY)",
            "CREATE TABLE stall (id int, shop int, extra json)",
            "INSERT INTO stall SELECT 1, 9, '{\"a\" : 1}' FROM generate_series(1, 3)",
        ),
        GoingCount(3),
        {"stall": []},
    ),
    Case(
        "identity_and_generated",
        (
            "CREATE TABLE shop (id int PRIMARY KEY)",
            "CREATE TABLE stall (id int GENERATED ALWAYS AS IDENTITY, "
            "twice int GENERATED ALWAYS AS (shop * 2) STORED, shop int, "
            "other int GENERATED BY DEFAULT AS IDENTITY, key serial PRIMARY KEY)",
            "INSERT INTO stall (shop) SELECT n FROM generate_series(1, 4) AS n",
        ),
        GoingCount(4),
        {"stall": []},
    ),
    Case(
        "partitioned_and_inherited",
        (
            "CREATE TABLE shop (id int PRIMARY KEY)",
            "INSERT INTO shop VALUES (1)",
            "CREATE TABLE stall (id int, shop int, PRIMARY KEY (id)) PARTITION BY RANGE (id)",
            "CREATE TABLE stall_a PARTITION OF stall FOR VALUES FROM (0) TO (5)",
            "CREATE TABLE stall_b (shop int, gone int, id int NOT NULL)",
            "ALTER TABLE stall_b DROP COLUMN gone",
            "ALTER TABLE stall ATTACH PARTITION stall_b FOR VALUES FROM (5) TO (10)",
            "INSERT INTO stall SELECT n, n FROM generate_series(1, 9) AS n",
            "CREATE TABLE ware (id int, stall int)",
            "CREATE TABLE ware_too () INHERITS (ware)",
            "INSERT INTO ware VALUES (1, 1), (2, 9)",
            "INSERT INTO ware_too VALUES (3, 9)",
            "CREATE TABLE note (id int, stall int) PARTITION BY LIST (id)",
            "CREATE TABLE note_1 PARTITION OF note FOR VALUES IN (1, 2)",
            "INSERT INTO note VALUES (1, 1), (2, 8), (2, 8)",
            # What is cleared is what says where a row lies.
            "CREATE TABLE mover (id int, stall int) PARTITION BY LIST (stall)",
            "CREATE TABLE mover_8 PARTITION OF mover FOR VALUES IN (7, 8)",
            "CREATE TABLE mover_any PARTITION OF mover DEFAULT",
            "INSERT INTO mover VALUES (1, 1), (2, 8), (3, 7), (4, NULL)",
        ),
        GoingCount(
            8,
            {"partitioned_and_inherited.ware": 1},
            {"partitioned_and_inherited.note": 2, "partitioned_and_inherited.mover": 2},
        ),
        # A key does not look at what inherits from its table.
        {
            "stall": [1],
            "ware": [1, 3],
            "note WHERE stall IS NULL": [2, 2],
            "mover_any": [1, 2, 3, 4],
        },
        (
            ("ware", "stall", "stall", REMOVE),
            ("note", "stall", "stall", CLEAR),
            ("mover", "stall", "stall", CLEAR),
        ),
    ),
    Case(
        "behind_a_valid_key",
        (
            *TABLES[:5],
            "ALTER TABLE stall ADD CONSTRAINT stall_shop FOREIGN KEY (shop) REFERENCES shop",
            f"SET session_replication_role = replica; {TABLES[5]}",
        ),
        GoingCount(3),
        {"stall": [1, 2, 3, 4, 5]},
    ),
    Case(
        'Quoted % "names"',
        (
            "CREATE TYPE \"Mood %s\" AS ENUM ('so % so', '\"well\"')",
            'CREATE TABLE "Order" ("Id" int, "50%%" text, PRIMARY KEY ("Id", "50%%"))',
            'CREATE TABLE "Line""s" (id int, "Order" int, "50%%" text, "Mood" "Mood %s")',
            "INSERT INTO \"Order\" VALUES (1, '%s')",
            "INSERT INTO \"Line\"\"s\" VALUES (1, 1, '%s', 'so % so'), "
            "(2, 1, '%', '\"well\"'), (3, NULL, 'x', NULL)",
        ),
        GoingCount(1),
        {'"Line""s"': [1, 3]},
        child='Line"s',
        columns=("Order", "50%%"),
        parent="Order",
        parent_columns=("Id", "50%%"),
    ),
)


def test_every_case_there_and_back(database_dsn: str) -> None:
    for case in CASES:
        name = '"' + case.name.replace('"', '""') + '"'
        run(database_dsn, f"CREATE SCHEMA {name}", f"SET search_path = {name}", *case.tables)
        assert (case.name, would_go(database_dsn, case.operation)) == (case.name, case.going)
    drive(database_dsn, *(case.operation for case in CASES), stay=True)
    for case in CASES:
        name = '"' + case.name.replace('"', '""') + '"'
        left = {one: ids(database_dsn, f"{name}.{one}") for one in case.left}
        assert (case.name, left) == (case.name, case.left)


def test_words() -> None:
    words = "quarantine orphans of public.stall(shop) → public.shop(id)"
    assert QuarantineOrphans(STALL).words() == words
    assert QuarantineOrphans(STALL, (WARES,)).words() == f"{words}, with what goes with them"


def test_rows_that_must_not_go_keep_the_whole_from_being_done(database_dsn: str) -> None:
    run(
        database_dsn,
        *TABLES,
        "ALTER TABLE tag ADD CONSTRAINT tag_ware FOREIGN KEY (ware) REFERENCES ware",
        "ALTER TABLE ware ALTER stall SET NOT NULL",
    )
    before = state_of(database_dsn)
    forbidden = QuarantineOrphans(STALL, (Touched(WARES.reference, Going.REFUSE),))
    assert refusals(database_dsn, forbidden) == (
        "public.ware(stall) → public.stall(id): 6 rows refer to what would go",
    )
    unnamed = QuarantineOrphans(STALL, (WARES,))
    assert refusals(database_dsn, unnamed) == (
        "public.tag(ware) → public.ware(id): 12 rows refer to what would go",
    )
    cleared = QuarantineOrphans(STALL, (Touched(WARES.reference, Going.CLEAR),))
    assert refusals(database_dsn, cleared) == (
        "public.ware(stall) → public.stall(id): 6 rows would lose it, and stall is NOT NULL",
    )
    assert would_go(database_dsn, cleared).refusals == refusals(database_dsn, cleared)
    (step,) = unnamed.steps()
    assert isinstance(step, Change)
    with (
        psycopg.connect(database_dsn, row_factory=dict_row) as session,
        pytest.raises(Refused, match="12 rows refer to what would go"),
    ):
        # Where somebody has written such rows since it was asked.
        step.forward(session)
    with pytest.raises(StudioOpsError, match="12 rows refer to what would go"):
        apply(database_dsn, Plan((unnamed,)), run_by="test", tries=QUICK)
    assert state_of(database_dsn).differences(before) == []
    # Each stands in nobody's way where no row is concerned.
    run(database_dsn, "DELETE FROM tag", "DELETE FROM ware WHERE stall > 5")
    for operation in (forbidden, unnamed, cleared):
        assert refusals(database_dsn, operation) == ()


def test_a_table_that_refers_to_itself_without_being_named(database_dsn: str) -> None:
    run(
        database_dsn,
        "CREATE TABLE tree (id int PRIMARY KEY, above int)",
        "INSERT INTO tree VALUES (1, NULL), (2, 9), (3, 2), (4, 3), (5, 1)",
    )
    tree = refers("tree", "above", "tree")
    (reason,) = refusals(database_dsn, QuarantineOrphans(tree))
    assert reason == "public.tree(above) → public.tree(id): 1 row refers to what would go"
    for going, expected in ((REMOVE, {"public.tree": 2}), (CLEAR, {})):
        operation = QuarantineOrphans(tree, (Touched(tree, going),))
        assert would_go(database_dsn, operation).with_them == expected
        assert refusals(database_dsn, operation) == ()


@pytest.mark.postgres(18)
def test_periods_are_refused(database_dsn: str) -> None:
    run(
        database_dsn,
        "CREATE TABLE shop (id int4range, during daterange, "
        "PRIMARY KEY (id, during WITHOUT OVERLAPS))",
        "CREATE TABLE town (id int PRIMARY KEY)",
        "ALTER TABLE shop ADD town int",
        "CREATE TABLE stall (shop int4range, during daterange, "
        "FOREIGN KEY (shop, PERIOD during) REFERENCES shop (id, PERIOD during))",
        "INSERT INTO shop VALUES ('[1,2)', '[2025-01-01,2026-01-01)', 7)",
        "INSERT INTO stall VALUES ('[1,2)', '[2025-02-01,2025-03-01)')",
    )
    town = refers("shop", "town", "town")
    stall = Reference(table("stall"), ("shop", "during"), table("shop"), ("id", "during"))
    name = "public.stall(shop, during) → public.shop(id, during)"
    expected = {
        QuarantineOrphans(town): f"{name}: 1 row refers to what would go",
        QuarantineOrphans(town, (Touched(stall, REMOVE),)): (
            f"{name} is a key over periods of time, which nobody follows"
        ),
    }
    for operation, reason in expected.items():
        assert refusals(database_dsn, operation) == (reason,)


def test_clearing_must_not_orphan_others(database_dsn: str) -> None:
    run(
        database_dsn,
        *TABLES,
        "ALTER TABLE ware ADD UNIQUE (stall, id)",
        "CREATE TABLE shelf (id int PRIMARY KEY, stall int, ware int)",
        "INSERT INTO shelf SELECT id, stall, id FROM ware",
        "CREATE TABLE full_up (a int, b int, UNIQUE (a, b))",
    )
    shelf = Reference(table("shelf"), ("stall", "ware"), table("ware"), ("stall", "id"))
    operation = QuarantineOrphans(
        STALL, (Touched(WARES.reference, Going.CLEAR), Touched(shelf, Going.CLEAR))
    )
    (reason,) = refusals(database_dsn, operation)
    assert reason == (
        "public.shelf(stall, ware) → public.ware(stall, id): 6 rows refer to what would be "
        "cleared for public.ware(stall) → public.stall(id)"
    )
    full = Reference(table("ware"), ("stall", "id"), table("full_up"), ("a", "b"), match="full")
    operation = QuarantineOrphans(
        STALL, (Touched(WARES.reference, Going.CLEAR), Touched(full, Going.CLEAR))
    )
    assert "it would be partly NULL" in refusals(database_dsn, operation)[0]


def test_what_is_not_there_is_refused(database_dsn: str) -> None:
    run(database_dsn, *TABLES, "CREATE VIEW seen AS SELECT * FROM stall")
    gone = Touched(refers("shelf", "stall", "stall"), Going.REMOVE)
    expected = {
        QuarantineOrphans(STALL, (gone,)): "table public.shelf is absent",
        QuarantineOrphans(refers("stall", "stand", "shop")): "column public.stall.stand is absent",
        QuarantineOrphans(refers("stall", "shop", "shop", types=("nothing",))): "knows no type",
        QuarantineOrphans(refers("seen", "shop", "shop")): "public.seen is no table",
    }
    for operation, reason in expected.items():
        (said,) = refusals(database_dsn, operation)
        assert reason in said
        assert would_go(database_dsn, operation) == GoingCount(refusals=(said,))
