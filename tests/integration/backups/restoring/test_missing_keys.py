"""A foreign key that the rows break is put back, and every row is what it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studioops.backups.restoring.kinds import Kind
from studioops.backups.restoring.missing_keys import MissingKey, put_back
from studioops.backups.restoring.restore import restore
from studioops.backups.restoring.scratch import make_scratch
from studioops.errors import DatabaseUnreachable

TRIGGERS_OFF = "SET session_replication_role = replica;"
DEFINITION = (
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{}' AND conparentid = 0"
)
KEY = "SELECT convalidated, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{}' AND conparentid = 0"


@pytest.fixture
def world(database_dsn, sql):
    """Statements with triggers off; a key of it taken away; its rows as texts."""

    class World:
        dsn = database_dsn

        def make(self, *statements: str) -> None:
            sql(self.dsn, *(TRIGGERS_OFF + one for one in statements))

        def lose(self, table: str, name: str) -> MissingKey:
            """What pg_restore does to a key that rows break; search_path as a manifest has it."""
            ((definition,),) = sql(
                self.dsn, "SET search_path = pg_catalog", DEFINITION.format(name)
            )
            sql(self.dsn, f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            return MissingKey(table, name, definition)

        def rows(self, table: str) -> list[str]:
            return sorted(row[0] for row in sql(self.dsn, f"SELECT t::text FROM {table} AS t"))

        def key(self, name: str) -> tuple:
            return sql(self.dsn, "SET search_path = pg_catalog", KEY.format(name))[0]

        def proves(self, table: str, name: str, orphans: int) -> None:
            before, missing = self.rows(table), self.lose(table, name)
            (done,) = put_back(self.dsn, [missing])
            assert (done.how, done.orphans, done.reason) == ("set aside", orphans, "")
            assert self.key(name) == (True, missing.definition)
            assert self.rows(table) == before

    return World()


def test_the_key_of_the_legacy_database(legacy_dsn, dump, scratch, tools, sql):
    restored = restore(dump(legacy_dsn), scratch.dsn, tools=tools, jobs=2)
    (lost,) = restored.messages.of(Kind.FOREIGN_KEY_BROKEN)
    whole = "SELECT t::text FROM plan_items AS t ORDER BY 1"
    before = sql(scratch.dsn, whole)
    ((definition,),) = sql(legacy_dsn, "SET search_path = pg_catalog", DEFINITION.format(lost.name))
    (done,) = put_back(scratch.dsn, [MissingKey(lost.table, lost.name, definition)])
    assert (done.how, done.orphans, done.reason) == ("set aside", 1, "")
    assert sql(scratch.dsn, KEY.format(lost.name))[0][0] is True
    assert sql(scratch.dsn, whole) == before == sql(legacy_dsn, whole)


def test_generated_and_identity_columns_and_dropped_ones(world):
    world.make(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        """CREATE TABLE child (gone text, id int GENERATED ALWAYS AS IDENTITY, "we ird" int CONSTRAINT broken REFERENCES parent,
           twice int GENERATED ALWAYS AS ("we ird" * 2) STORED, UNIQUE ("we ird"))""",
        "ALTER TABLE child DROP COLUMN gone",
        'INSERT INTO parent VALUES (1); INSERT INTO child ("we ird") VALUES (1), (7), (NULL), (8)',
    )
    world.proves("public.child", "broken", 2)


def test_a_composite_key_that_matches_in_full(world):
    world.make(
        "CREATE TABLE parent (a int, b text, PRIMARY KEY (a, b))",
        "CREATE TABLE child (a int, b text, CONSTRAINT broken FOREIGN KEY (a, b) REFERENCES parent MATCH FULL ON DELETE CASCADE DEFERRABLE)",
        "INSERT INTO parent VALUES (1, 'x'); INSERT INTO child VALUES (1, 'x'), (1, NULL), (NULL, NULL), (2, 'x')",
    )
    world.proves("public.child", "broken", 2)


def test_a_tree_whose_root_is_gone(world):
    # 5 hangs on nothing, 6 on 5, 7 on 6: without all of them aside the key can't be added.
    world.make(
        "CREATE TABLE tree (id int PRIMARY KEY, up int CONSTRAINT broken REFERENCES tree)",
        "INSERT INTO tree VALUES (1, NULL), (2, 1), (5, 4), (6, 5), (7, 6)",
    )
    world.proves("public.tree", "broken", 3)


def test_a_partitioned_table(world):
    world.make(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (day int, p int CONSTRAINT broken REFERENCES parent) PARTITION BY RANGE (day)",
        "CREATE TABLE early PARTITION OF child FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE late PARTITION OF child FOR VALUES FROM (10) TO (20)",
        "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1), (2, 9), (11, 9), (12, 1)",
    )
    world.proves("public.child", "broken", 2)
    assert world.rows("early") == ["(1,1)", "(2,9)"]


def test_a_table_that_others_inherit_from(world):
    world.make(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (p int CONSTRAINT broken REFERENCES parent)",
        "CREATE TABLE heir () INHERITS (child)",
        "INSERT INTO child VALUES (9); INSERT INTO heir VALUES (9)",
    )
    world.proves("public.child", "broken", 1)
    assert world.rows("heir") == ["(9)"]


def test_columns_of_unequal_types(world):
    world.make(
        "CREATE TABLE parent (id bigint PRIMARY KEY)",
        "CREATE TABLE child (p int CONSTRAINT broken REFERENCES parent)",
        "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1), (2)",
    )
    world.proves("public.child", "broken", 1)


def test_triggers_and_rules_that_always_fire_do_not(world, sql):
    fires = "EXECUTE FUNCTION forbid()"
    world.make(
        "CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''fired''; END'",
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (p int CONSTRAINT broken REFERENCES parent)",
        "CREATE TABLE log (p int)",
        "INSERT INTO child VALUES (9)",
        f'CREATE TRIGGER "al ways" BEFORE INSERT OR DELETE ON child FOR EACH ROW {fires}',
        f"CREATE TRIGGER replica AFTER INSERT OR DELETE ON child FOR EACH STATEMENT {fires}",
        f"CREATE TRIGGER origin BEFORE INSERT ON child FOR EACH ROW {fires}",
        "CREATE RULE copied AS ON INSERT TO child DO ALSO INSERT INTO log VALUES (1)",
        'ALTER TABLE child ENABLE ALWAYS TRIGGER "al ways", ENABLE REPLICA TRIGGER replica, ENABLE ALWAYS RULE copied',
    )
    states = "SELECT tgname::text, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT rulename, ev_enabled::text FROM pg_rewrite WHERE ev_class = 'child'::regclass ORDER BY 1"
    before = sql(world.dsn, states)
    world.proves("public.child", "broken", 1)
    assert sql(world.dsn, states) == before
    assert [state for _, state in before] == ["A", "A", "O", "R"]
    assert world.rows("log") == []


def test_rows_that_others_refer_to_stay_referred_to(world):
    world.make(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (id int PRIMARY KEY, p int CONSTRAINT broken REFERENCES parent ON DELETE CASCADE)",
        "CREATE TABLE grandchild (c int REFERENCES child ON DELETE CASCADE)",
        "INSERT INTO child VALUES (1, 9); INSERT INTO grandchild VALUES (1)",
    )
    world.proves("public.child", "broken", 1)
    assert world.rows("grandchild") == ["(1)"]


@pytest.mark.postgres(18)
def test_a_key_over_periods(world):
    world.make(
        "CREATE TABLE parent (id int4range, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS))",
        "CREATE TABLE child (id int4range, during daterange, CONSTRAINT broken FOREIGN KEY (id, PERIOD during) REFERENCES parent (id, PERIOD during))",
        "INSERT INTO parent VALUES ('[1,2)', '[2026-01-01,2026-02-01)')",
        "INSERT INTO child VALUES ('[1,2)', '[2026-01-05,2026-01-09)'), ('[1,2)', '[2026-01-05,2026-03-09)')",
    )
    world.proves("public.child", "broken", 1)


def test_a_leaf_that_refers_to_its_own_tree(world):
    world.make(
        "CREATE TABLE tree (id int PRIMARY KEY, up int) PARTITION BY RANGE (id)",
        "CREATE TABLE low PARTITION OF tree FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE high PARTITION OF tree FOR VALUES FROM (10) TO (20)",
        "ALTER TABLE high ADD CONSTRAINT broken FOREIGN KEY (up) REFERENCES tree",
        "INSERT INTO tree VALUES (1, NULL), (11, 1), (12, 5), (13, 12)",
    )
    world.proves("public.high", "broken", 2)


def test_several_keys_that_meet_in_the_same_rows(world):
    world.make(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (id int PRIMARY KEY, p int CONSTRAINT one REFERENCES parent, q int CONSTRAINT two REFERENCES parent, up int CONSTRAINT three REFERENCES child)",
        "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1, 1, NULL), (2, 8, 8, 1), (3, 1, 9, 2), (4, 9, 1, 77)",
    )
    before = world.rows("child")
    missing = [world.lose("public.child", name) for name in ("one", "two", "three")]
    assert [(one.how, one.orphans) for one in put_back(world.dsn, missing)] == [
        ("set aside", 2),
        ("set aside", 2),
        ("set aside", 1),
    ]
    assert world.rows("child") == before
    assert all(world.key(name)[0] for name in ("one", "two", "three"))


def test_a_key_that_was_never_valid_comes_back_as_it_was(world):
    world.make(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (p int)",
        "INSERT INTO child VALUES (9)",
        "ALTER TABLE child ADD CONSTRAINT lax FOREIGN KEY (p) REFERENCES parent NOT VALID",
    )
    missing = world.lose("public.child", "lax")
    assert missing.definition.endswith("NOT VALID")
    (done,) = put_back(world.dsn, [missing])
    assert done.how == "set aside"
    assert world.key("lax") == (False, missing.definition)


@pytest.fixture
def plain(cluster, sql):
    """A role that may make databases and nothing else."""
    cluster.run("CREATE ROLE {} LOGIN CREATEDB PASSWORD 'x'", "plain_owner")
    yield "plain_owner"
    cluster.run("DROP ROLE {}", "plain_owner")


def test_without_the_right_the_key_keeps_new_rows_alone(cluster, plain, sql):
    from datetime import UTC, datetime, timedelta

    from studioops.backups.restoring.lease import Lease

    server = cluster.dsn(user=plain, password="x")
    made = make_scratch(server, lease=Lease("tests", datetime.now(UTC) + timedelta(hours=1)))
    try:
        sql(
            cluster.dsn(made.name),
            f"GRANT ALL ON SCHEMA public TO {plain}; SET ROLE {plain}; CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (p int); INSERT INTO child VALUES (9)",
        )
        key = MissingKey("public.child", "broken", "FOREIGN KEY (p) REFERENCES public.parent(id)")
        (done,) = put_back(made.dsn, [key])
        assert (done.how, done.orphans) == ("not valid", 1)
        assert "session_replication_role" in done.reason
        assert sql(made.dsn, KEY.format("broken"))[0][0] is False
        # Lost for another reason than its rows.
        sql(made.dsn, "ALTER TABLE child DROP CONSTRAINT broken", "DELETE FROM child")
        (done,) = put_back(made.dsn, [key])
        assert (done.how, done.orphans, done.reason) == ("set aside", 0, "")
        assert sql(made.dsn, KEY.format("broken"))[0][0] is True
    finally:
        cluster.drop(made.name)


def test_a_row_that_can_not_come_back_is_not_touched(world):
    world.make(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (p int CONSTRAINT broken REFERENCES parent)",
        "INSERT INTO child VALUES (4711)",
        "ALTER TABLE child ADD CONSTRAINT small CHECK (p < 100) NOT VALID",
    )
    before, missing = world.rows("child"), world.lose("public.child", "broken")
    (done,) = put_back(world.dsn, [missing])
    assert (done.how, done.orphans) == ("not valid", 1)
    assert 'violates check constraint "small"' in done.reason
    assert "4711" not in done.reason
    assert world.rows("child") == before


def test_a_key_that_can_not_be_had_says_why_and_the_next_is_put_back(world):
    world.make(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (p int CONSTRAINT broken REFERENCES parent)",
        "INSERT INTO child VALUES (9)",
    )
    good = world.lose("public.child", "broken")
    none = MissingKey("public.child", "x", "FOREIGN KEY (p) REFERENCES public.nothing(id)")
    nowhere = replace(none, table="public.nowhere")
    done = put_back(world.dsn, [none, nowhere, good])
    assert [one.how for one in done] == ["none", "none", "set aside"]
    assert 'relation "public.nothing" does not exist' in done[0].reason
    assert "the copy has no table public.nowhere" in done[1].reason


def test_a_server_that_is_away(cluster):
    from psycopg.conninfo import make_conninfo

    from studioops.local.ports import pick

    away = make_conninfo(cluster.dsn(), port=pick(1)[0])
    with pytest.raises(DatabaseUnreachable):
        put_back(away, [MissingKey("a.b", "c", "d")])
