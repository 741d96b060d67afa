"""Columns converted beside the old ones while others write; and the old ones dropped, and back."""

from __future__ import annotations

import uuid
from importlib import import_module
from typing import Any

import psycopg
import psycopg.conninfo
import pytest
from psycopg.rows import dict_row

from studioops.errors import LeftInBetween, Refused
from studioops.migrations.operations import (
    ConvertColumns,
    TableName,
    convert_columns,
    drop_converted,
)
from studioops.migrations.operations.converting import batching
from studioops.migrations.operations.converting.model import Way
from studioops.migrations.plan import Plan
from studioops.migrations.runner import apply, revert
from tests.integration.migrations.driving import QUICK, drive, refusals, run, state_of
from tests.integration.migrations.operations.test_convert_columns import (
    BOTH_ENDS,
    DRESSED,
    STALL,
    TABLES,
    type_of,
    values,
)

# The package's function has the name of its module.
PLANNING = import_module("studioops.migrations.operations.convert_columns")
EXPANDING = import_module("studioops.migrations.operations.converting.expand")


@pytest.fixture(autouse=True)
def _every_table_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PLANNING, "FEW_ROWS", -1)
    monkeypatch.setattr(batching, "BLOCKS", 1)


def planned(dsn: str, wanted: Any = BOTH_ENDS) -> ConvertColumns:
    with psycopg.connect(dsn, row_factory=dict_row) as session:
        made = convert_columns(session, wanted)
    assert made.way is Way.EXPAND
    return made


class Writer:
    """Somebody with no more than his rights, who writes before every step.

    He does so in words that suit both types.
    """

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.said: list[str] = []

    def __call__(self, *_: object) -> None:
        n = len(self.said) // 5 + 1
        new = uuid.uuid5(uuid.NAMESPACE_OID, f"{n}")
        said = [
            f"INSERT INTO shop (id, name) VALUES ('{new}', 'new {n}')",
            f"INSERT INTO stall (id, shop_id) SELECT {1000 + n}, id FROM shop WHERE name = "
            f"'{'new' if n % 2 else 'shop'} {n % 20}'",
            f"UPDATE stall SET shop_id = (SELECT id FROM shop WHERE name = 'new {n}') "
            f"WHERE id = {n}",
            f"DELETE FROM stall WHERE id = {50 + n}",
            f"UPDATE shop SET id = '{uuid.uuid5(new, 'moved')}' WHERE name = 'new {n // 2}'",
        ]
        run(self.dsn, "SET ROLE pg_monitor", *said)
        self.said += said


SAME = (
    "SELECT count(*) FROM stall JOIN shop ON shop.id = stall.shop_id",
    "SELECT md5(string_agg(format('%s %s', id, shop_id::text::uuid), ',' ORDER BY id)) FROM stall",
    "SELECT md5(string_agg(format('%s %s', name, id::text::uuid), ',' ORDER BY name)) FROM shop",
)


def told(dsn: str) -> list[list[object]]:
    return [values(dsn, one) for one in SAME]


def test_others_write_all_the_time(database_dsn: str, cluster: Any) -> None:
    more = "INSERT INTO stall SELECT n, spelled(1 + n % 20) FROM generate_series(101, 300) AS n"
    rights = "GRANT SELECT, INSERT, UPDATE, DELETE ON shop, stall TO pg_monitor"
    run(database_dsn, *TABLES, more, *DRESSED, rights)
    twin = cluster.dsn(cluster.clone(psycopg.conninfo.conninfo_to_dict(database_dsn)["dbname"]))
    before, writer = state_of(database_dsn), Writer(database_dsn)
    operation = planned(database_dsn)
    plan = Plan((operation, drop_converted(operation)))
    apply(database_dsn, plan, run_by="test", tries=QUICK, progress=writer)
    run(twin, *writer.said)
    assert told(database_dsn) == told(twin)
    there = len(writer.said)
    revert(database_dsn, tries=QUICK, progress=writer)
    run(twin, *writer.said[there:])
    assert told(database_dsn) == told(twin)
    left = state_of(database_dsn).differences(before)
    assert left == ["rows public.shop", "rows public.stall"]
    for kept in (
        "SELECT string_agg(concat(id, shop_id), ',' ORDER BY id) FROM stall WHERE id > 200",
        "SELECT string_agg(concat(id, name), ',' ORDER BY name) FROM shop WHERE name ~ '^shop'",
    ):
        assert values(database_dsn, kept) == values(twin, kept) != [None]


def test_a_crash_while_a_column_is_filled_goes_on_where_it_was(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(
        database_dsn,
        *TABLES,
        "INSERT INTO stall SELECT n, spelled(1 + n % 20) FROM generate_series(101, 2000) AS n",
    )
    before, operation = state_of(database_dsn), planned(database_dsn, {(STALL, "shop_id"): "uuid"})
    places: list[str] = []

    def breaks(*values: Any) -> int:
        places.append(values[-2].as_string(values[-3]))
        if len(places) == 5:
            raise RuntimeError("power is gone")
        if len(places) == 3:
            run(
                database_dsn,
                "UPDATE stall SET shop_id = md5('a')::uuid WHERE id IN (1, 1999)",
                "INSERT INTO stall VALUES (2001, md5('b')::uuid)",
                "DELETE FROM stall WHERE id = 2",
            )
        return fill(*values)

    fill = EXPANDING._fill
    monkeypatch.setattr(EXPANDING, "_fill", breaks)
    plan = Plan((operation,))
    with pytest.raises(RuntimeError):
        apply(database_dsn, plan, run_by="test", tries=QUICK)
    apply(database_dsn, plan, run_by="test", tries=QUICK)
    assert places[4] == places[5]
    assert len(set(places)) == len(places) - 1
    wrong = "SELECT count(*) FROM stall WHERE shop_id__old::uuid IS DISTINCT FROM shop_id"
    assert values(database_dsn, wrong) == [0]
    revert(database_dsn, tries=QUICK)
    assert state_of(database_dsn).differences(before) == ["rows public.stall"]
    written = (
        "SELECT count(*) FROM stall WHERE shop_id IN (md5('a')::uuid::text, md5('b')::uuid::text)"
    )
    assert values(database_dsn, written) == [3]


def test_a_value_that_comes_meanwhile_and_is_none_stops_it_and_the_way_back_is_open(
    database_dsn: str,
) -> None:
    run(database_dsn, *TABLES)
    before, operation = state_of(database_dsn), planned(database_dsn, {(STALL, "shop_id"): "uuid"})

    def writes(step: str, *_: object) -> None:
        if step.startswith("fill"):
            run(database_dsn, "INSERT INTO stall VALUES (101, 'no uuid')")

    with pytest.raises(LeftInBetween, match="studioops_converted_0"):
        apply(database_dsn, Plan((operation,)), run_by="test", tries=QUICK, progress=writes)
    revert(database_dsn, tries=QUICK)
    run(database_dsn, "DELETE FROM stall WHERE shop_id = 'no uuid'")
    assert state_of(database_dsn).differences(before) == []


def test_a_value_that_can_not_go_back_is_kept_and_told(database_dsn: str) -> None:
    run(
        database_dsn,
        "CREATE TABLE stall (id bigint PRIMARY KEY, sign varchar(5), UNIQUE (sign) DEFERRABLE)",
        "INSERT INTO stall SELECT n, n FROM generate_series(1, 50) AS n",
    )
    before, operation = state_of(database_dsn), planned(database_dsn, {(STALL, "sign"): "text"})
    apply(database_dsn, Plan((operation,)), run_by="test", tries=QUICK)
    run(
        database_dsn,
        "INSERT INTO stall (id, sign) VALUES (51, 'longer than five'), (52, NULL)",
        # Without names it means the column that had this place, and still has it.
        "INSERT INTO stall VALUES (53, 'fifty')",
    )
    assert values(database_dsn, "SELECT sign FROM stall WHERE id = 53") == ["fifty"]
    with pytest.raises(LeftInBetween, match="THE WAY BACK STOPPED"):
        revert(database_dsn, tries=QUICK)
    assert values(database_dsn, "SELECT sign FROM stall WHERE id = 51") == ["longer than five"]
    run(database_dsn, "UPDATE stall SET sign = 'short' WHERE id = 51")
    revert(database_dsn, tries=QUICK)
    run(database_dsn, "DELETE FROM stall WHERE id > 50")
    assert state_of(database_dsn).differences(before) == []


TOUCH = (
    "ALTER TABLE stall ADD touched int NOT NULL DEFAULT 0",
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN NEW.touched := OLD.touched + 1; RETURN NEW; END $$",
    "CREATE TRIGGER touch BEFORE UPDATE ON stall FOR EACH ROW EXECUTE FUNCTION touch()",
)


def test_triggers_of_others_do_not_fire(database_dsn: str) -> None:
    run(database_dsn, *TABLES, *TOUCH)
    operation = planned(database_dsn, {(STALL, "shop_id"): "uuid"})
    plan = Plan((operation, drop_converted(operation)))
    apply(database_dsn, plan, run_by="test", tries=QUICK)
    revert(database_dsn, tries=QUICK)
    assert values(database_dsn, "SELECT max(touched) FROM stall") == [0]
    run(database_dsn, "ALTER TABLE stall ENABLE ALWAYS TRIGGER touch")
    (reason,) = refusals(database_dsn, operation)
    assert "fire in replication too (touch)" in reason


def test_a_plain_owner_does_all_of_it_with_all_that_hangs_on_it(
    database_dsn: str, cluster: Any
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(database_dsn)["dbname"]
    run(
        database_dsn,
        "CREATE ROLE plain_owner LOGIN PASSWORD 'plain'",
        f"ALTER DATABASE {name} OWNER TO plain_owner",
        "ALTER SCHEMA public OWNER TO plain_owner",
    )
    plain = psycopg.conninfo.make_conninfo(database_dsn, user="plain_owner", password="plain")
    try:
        run(plain, *TABLES, *DRESSED)
        operation = planned(plain)
        drive(plain, operation, drop_converted(operation), stay=True)
        assert type_of(plain, "stall", "shop_id") == type_of(plain, "shop", "id") == "uuid"
        assert values(plain, "SELECT count(*) FROM studioops.spellings") == [90]
        revert(plain, tries=QUICK)
        run(plain, *TOUCH)
        (reason,) = refusals(plain, operation)
        assert "run this as a role that may SET session_replication_role" in reason
    finally:
        cluster.drop(name)
        cluster.run("DROP ROLE plain_owner")


def test_names_that_must_be_quoted_and_a_key_of_two_columns(database_dsn: str) -> None:
    long = "n" * 62 + "é"
    run(
        database_dsn,
        'CREATE SCHEMA "My Shop"',
        f'CREATE TABLE "My Shop"."order" ("desc" text, "{long[:-1]}" varchar(9), "50%%" text, '
        f'PRIMARY KEY ("{long[:-1]}", "desc"))',
        'CREATE INDEX "an USING one" ON "My Shop"."order" (lower("50%%"), "desc" DESC NULLS LAST) '
        """WHERE "desc" IS NOT NULL AND "50%%" <> '"desc"'""",
        'CREATE TABLE "My Shop"."Line" (id int PRIMARY KEY, "order" text, number varchar(9), '
        'FOREIGN KEY (number, "order") REFERENCES "My Shop"."order" MATCH FULL)',
        """INSERT INTO "My Shop"."order" VALUES ('07', 'a', ''), (' 8', 'a', '%%'), ('9', 'b', '')""",
        """INSERT INTO "My Shop"."Line" VALUES (1, '07', 'a'), (2, ' 8', 'a'), (3, NULL, NULL)""",
        """COMMENT ON CONSTRAINT "order_pkey" ON "My Shop"."order" IS 'what it''s told by'""",
    )
    operation = planned(database_dsn, {(TableName("My Shop", "order"), "desc"): "bigint"})
    assert len(operation.columns) == 2
    before = state_of(database_dsn)
    plan = Plan((operation, drop_converted(operation)))
    apply(database_dsn, plan, run_by="test", tries=QUICK)
    revert(database_dsn, tries=QUICK)
    assert state_of(database_dsn).differences(before) == []


@pytest.mark.postgres(18)
def test_not_null_keeps_the_name_that_somebody_gave_it(database_dsn: str) -> None:
    run(database_dsn, *TABLES, "ALTER TABLE stall RENAME CONSTRAINT stall_shop_id_not_null TO must")
    name = "SELECT conname FROM pg_constraint WHERE conrelid = 'stall'::regclass AND contype = 'n'"
    before = sorted(map(str, values(database_dsn, name)))
    plan = Plan((planned(database_dsn, {(STALL, "shop_id"): "uuid"}),))
    apply(database_dsn, plan, run_by="test", tries=QUICK)
    assert sorted(map(str, values(database_dsn, name))) == before
    revert(database_dsn, tries=QUICK)
    assert sorted(map(str, values(database_dsn, name))) == before == ["must", "stall_id_not_null"]


def test_what_is_in_the_way_is_refused(database_dsn: str) -> None:
    run(database_dsn, *TABLES, "CREATE INDEX at ON stall (shop_id)")
    operation = planned(database_dsn, {(STALL, "shop_id"): "uuid"})
    run(database_dsn, "CREATE VIEW at__converted AS SELECT 1")
    assert refusals(database_dsn, operation) == (
        "public.at__converted is taken: something has that name",
    )
    run(database_dsn, "DROP VIEW at__converted", "CREATE INDEX more ON stall (shop_id, id)")
    (reason,) = refusals(database_dsn, operation)
    assert reason.startswith("their indexes are not those of the plan")
    run(database_dsn, "ALTER TABLE stall ADD CHECK (shop_id IS NOT NULL OR id > 0)")
    with pytest.raises(Refused, match="constraint stall_check on table"):
        planned(database_dsn, {(STALL, "shop_id"): "uuid"})
    (reason,) = refusals(database_dsn, drop_converted(operation))
    assert reason == "public.stall has no column shop_id__old"
    with pytest.raises(Refused, match="has no column"):
        apply(database_dsn, Plan((drop_converted(operation),)), run_by="test", tries=QUICK)


def test_of_one_in_place_nothing_is_left_to_drop(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PLANNING, "FEW_ROWS", 1000)
    run(database_dsn, *TABLES)
    with psycopg.connect(database_dsn, row_factory=dict_row) as session:
        operation = convert_columns(session, BOTH_ENDS)
    dropping = drop_converted(operation)
    assert dropping.steps() == ()
    apply(database_dsn, Plan((operation, dropping)), run_by="test", tries=QUICK)
