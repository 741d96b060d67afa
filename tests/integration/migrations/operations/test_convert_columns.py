"""Columns converted to another type, both ends of a key at once, and back to the byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import psycopg.conninfo
import pytest
from psycopg.rows import dict_row

from studioops.errors import Refused
from studioops.migrations.operations import ConvertColumns, TableName, convert_columns
from studioops.migrations.operations.converting.model import Way
from studioops.migrations.plan import Plan
from studioops.migrations.runner import apply, revert
from tests.integration.migrations.driving import QUICK, drive, refusals, run, state_of

SHOP, STALL = TableName("public", "shop"), TableName("public", "stall")
# A UUID from a number, spelled as PostgreSQL does it, in capitals, in braces and without hyphens.
SPELLED = (
    "CREATE FUNCTION spelled(n int) RETURNS text LANGUAGE sql AS $$ SELECT CASE n % 4 "
    "WHEN 0 THEN u WHEN 1 THEN upper(u) WHEN 2 THEN '{' || u || '}' ELSE replace(u, '-', '') END "
    "FROM (SELECT md5(n::text)::uuid::text AS u) AS made $$"
)
TABLES = (
    SPELLED,
    "CREATE TABLE shop (id varchar(40) PRIMARY KEY, name text)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id varchar(40) NOT NULL, note text)",
    "INSERT INTO shop SELECT spelled(n), 'shop ' || n FROM generate_series(1, 20) AS n",
    "INSERT INTO stall SELECT n, spelled(1 + n % 20) FROM generate_series(1, 100) AS n",
)
DRESSED = (
    "ALTER TABLE stall ADD CONSTRAINT at_shop FOREIGN KEY (shop_id) REFERENCES shop "
    "ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE",
    "COMMENT ON CONSTRAINT at_shop ON stall IS 'whose it''s'",
    "ALTER TABLE stall ALTER shop_id SET DEFAULT gen_random_uuid()::text",
    "COMMENT ON COLUMN stall.shop_id IS 'where it stands'",
    "CREATE UNIQUE INDEX stall_both ON stall (shop_id DESC, id) INCLUDE (note)",
    "CREATE INDEX stall_some ON stall (shop_id) WHERE id > 10",
    "CREATE INDEX stall_set ON stall (id) WHERE shop_id IS NOT NULL",
    "COMMENT ON INDEX stall_some IS 'the later ones'",
    "ALTER TABLE stall ALTER shop_id SET STATISTICS 77, ALTER shop_id SET STORAGE EXTERNAL",
    "ALTER TABLE stall REPLICA IDENTITY USING INDEX stall_both",
    "ALTER TABLE stall CLUSTER ON stall_both",
    "GRANT SELECT (shop_id), UPDATE (shop_id) ON stall TO pg_monitor",
)
BOTH_ENDS = {(SHOP, "id"): "uuid"}


@pytest.fixture(scope="module")
def tables(cluster: Any) -> Iterator[str]:
    """The tables, for those who change nothing."""
    name = cluster.clone("template0")
    run(cluster.dsn(name), *TABLES)
    yield cluster.dsn(name)
    cluster.drop(name)


def planned(dsn: str, wanted: Mapping[tuple[TableName, str], str]) -> ConvertColumns:
    with psycopg.connect(dsn, row_factory=dict_row) as session:
        return convert_columns(session, wanted)


def type_of(dsn: str, table: str, column: str) -> str:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attname = %s",
            (table, column),
        ).fetchone()
    assert row
    return str(row[0])


def values(dsn: str, statement: str) -> list[object]:
    with psycopg.connect(dsn) as connection:
        return [row[0] for row in connection.execute(statement)]  # type: ignore[call-overload]


def test_both_ends_of_a_key_with_all_that_hangs_on_them(database_dsn: str) -> None:
    asks = "ALTER TABLE stall ADD CHECK (shop_id IS NOT NULL OR note = 'shop_id')"
    run(database_dsn, *TABLES, *DRESSED, asks)
    operation = planned(database_dsn, BOTH_ENDS)
    assert operation.way is Way.IN_PLACE
    assert [str(one) for one in operation.columns] == ["public.shop.id", "public.stall.shop_id"]
    drive(database_dsn, operation, stay=True)
    assert (
        type_of(database_dsn, "stall", "shop_id") == type_of(database_dsn, "shop", "id") == "uuid"
    )


def test_numbers_with_zeros_and_blanks_and_a_key_of_two_columns(database_dsn: str) -> None:
    run(
        database_dsn,
        "CREATE TABLE shop (town text, number text COLLATE \"C\" DEFAULT '007', "
        "UNIQUE (town, number))",
        'CREATE TABLE stall (town text, number text COLLATE "C", FOREIGN KEY (town, number) '
        "REFERENCES shop (town, number) MATCH FULL NOT VALID, PRIMARY KEY (town, number))",
        "ALTER TABLE shop ADD PRIMARY KEY (number, town)",
        "INSERT INTO shop VALUES ('A', '007'), ('A', ' 8 '), ('B', '8'), ('B', '+9')",
        "INSERT INTO stall SELECT * FROM shop",
    )
    drive(database_dsn, planned(database_dsn, {(STALL, "number"): "int"}))


def test_what_others_wrote_meanwhile_is_cast_back(database_dsn: str) -> None:
    run(database_dsn, *TABLES, *DRESSED[:1])
    apply(database_dsn, Plan((planned(database_dsn, BOTH_ENDS),)), run_by="test", tries=QUICK)
    run(
        database_dsn,
        "INSERT INTO shop VALUES (md5('new')::uuid, 'new')",
        "INSERT INTO stall SELECT 101, id FROM shop WHERE name = 'new'",
        "INSERT INTO stall SELECT 102, id FROM shop WHERE name = 'shop 1'",
        "UPDATE stall SET shop_id = md5('new')::uuid WHERE id = 1",
        "DELETE FROM stall WHERE id = 2",
    )
    revert(database_dsn, tries=QUICK)
    plain = values(database_dsn, "SELECT md5('new')::uuid::text")
    assert values(database_dsn, "SELECT shop_id FROM stall WHERE id IN (1, 101)") == plain * 2
    # The key asks for the very spelling of the row that it refers to.
    spelled = values(database_dsn, "SELECT spelled(1)")
    assert values(database_dsn, "SELECT shop_id FROM stall WHERE id = 102") == spelled
    assert values(database_dsn, "SELECT count(*) FROM studioops.spellings") == [0]
    left = "SELECT count(*) FROM stall WHERE id BETWEEN 3 AND 100 AND shop_id = spelled(1 + id::int % 20)"
    assert values(database_dsn, left) == [98]


def test_values_that_are_none_are_counted_and_nothing_is_changed(database_dsn: str) -> None:
    run(
        database_dsn,
        *TABLES,
        "INSERT INTO stall SELECT 200 + n, 'stand ' || n FROM generate_series(1, 5) AS n",
    )
    before = state_of(database_dsn)
    operation = planned(database_dsn, {(STALL, "shop_id"): "uuid"})
    (reason,) = refusals(database_dsn, operation)
    assert reason == (
        "5 values of public.stall.shop_id are no uuid, such as 'stand 1', 'stand 2', 'stand 3': "
        "repair or quarantine them first"
    )
    with pytest.raises(Refused, match="5 values of"):
        apply(database_dsn, Plan((operation,)), run_by="test", tries=QUICK)
    assert state_of(database_dsn).differences(before) == []


def test_values_that_would_be_lost_or_one_are_refused(database_dsn: str) -> None:
    run(
        database_dsn,
        "CREATE TABLE shop (id text PRIMARY KEY, since text, sign varchar(9))",
        "INSERT INTO shop VALUES ('7', '2026-02-30', 'too long'), ('07', '2026-03-01', 'short')",
        "CREATE TABLE stall (id text)",
        "INSERT INTO stall VALUES ('07')",
    )
    (reason,) = refusals(database_dsn, planned(database_dsn, {(SHOP, "id"): "int"}))
    assert reason.startswith("1 values of shop_pkey on public.shop are spelled in several ways")
    (reason,) = refusals(database_dsn, planned(database_dsn, {(SHOP, "since"): "date"}))
    assert "2026-02-30" in reason
    assert "repair or quarantine" in reason
    (reason,) = refusals(database_dsn, planned(database_dsn, {(SHOP, "sign"): "varchar(5)"}))
    assert "such as 'too long'" in reason
    (reason,) = refusals(database_dsn, planned(database_dsn, {(STALL, "id"): "int"}))
    assert "has no primary key" in reason


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "CREATE VIEW seen AS SELECT note FROM stall WHERE shop_id IS NULL",
            "on view public.seen depends on it",
        ),
        ("CREATE MATERIALIZED VIEW seen AS SELECT shop_id FROM stall", "seen depends on it"),
        ("CREATE POLICY own ON stall USING (shop_id = 'a')", "policy own on table"),
        ("ALTER TABLE stall ADD CHECK (shop_id <> '')", "constraint stall_shop_id_check"),
        ("CREATE INDEX low ON stall (lower(shop_id))", "index low has an expression"),
        ("CREATE INDEX low ON stall (id) WHERE shop_id > 'a'", "index low has an expression"),
        ("CREATE INDEX low ON stall (shop_id text_pattern_ops)", "index low has an operator class"),
        ('CREATE INDEX low ON stall (shop_id COLLATE "C")', "or a collation of its own"),
        ("CREATE STATISTICS both_of ON id, shop_id FROM stall", "statistics object"),
        (
            "ALTER TABLE stall ADD twice text GENERATED ALWAYS AS (shop_id || '2') STORED",
            "column twice",
        ),
        (
            "CREATE TRIGGER late BEFORE UPDATE OF shop_id ON stall FOR EACH ROW "
            "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "trigger late on table",
        ),
        ("CREATE RULE no AS ON INSERT TO stall WHERE NEW.shop_id = '' DO NOTHING", "rule no on"),
        ("ALTER TABLE stall ALTER shop_id SET DEFAULT 'none'", "its default 'none'::character"),
        ("CREATE TABLE more () INHERITS (stall)", "its table inherits, is inherited from"),
        ("CREATE TABLE rows_of (one stall)", "row type"),
        ("CREATE SEQUENCE feed OWNED BY stall.shop_id", "a sequence belongs to it"),
        (
            "ALTER TABLE stall ADD EXCLUDE (shop_id WITH =, id WITH =)",
            "constraint stall_shop_id_id_excl",
        ),
        (
            "ALTER TABLE stall ADD FOREIGN KEY (shop_id) REFERENCES shop NOT VALID; "
            "ALTER TABLE stall DISABLE TRIGGER ALL",
            "are disabled",
        ),
    ],
)
def test_what_hangs_on_a_column_and_is_not_carried_over(
    tables: str, statement: str, told: str
) -> None:
    with psycopg.connect(tables, row_factory=dict_row) as session:
        session.execute(statement)  # type: ignore[call-overload]
        with pytest.raises(Refused) as refused:
            convert_columns(session, {(STALL, "shop_id"): "uuid"})
        session.rollback()
    assert told in refused.value.message
    assert "\n" not in refused.value.message


@pytest.mark.parametrize(
    ("column", "wanted", "told"),
    [
        ("shop_id", "varchar(40)", "is of the type character varying(40) already"),
        ("gone", "uuid", "there is no column public.stall.gone"),
        ("id", "uuid", "PostgreSQL casts no bigint to uuid"),
        ("shop_id", "uid", "there is no type uid"),
        ("shop_id", "uuid; DROP TABLE stall", "is no type"),
        ("shop_id", "information_schema.sql_identifier", "is a domain"),
    ],
)
def test_what_can_not_be_planned(tables: str, column: str, wanted: str, told: str) -> None:
    with pytest.raises(Refused, match=re.escape(told)):
        planned(tables, {(STALL, column): wanted})


def test_a_key_to_a_column_of_another_type_is_refused(database_dsn: str) -> None:
    run(database_dsn, *TABLES, *DRESSED[:1])
    with pytest.raises(Refused, match=r"would be uuid and public\.shop\.id text"):
        planned(database_dsn, {(STALL, "shop_id"): "uuid", (SHOP, "id"): "text"})


def test_what_changed_since_the_plan_is_refused(database_dsn: str) -> None:
    run(database_dsn, *TABLES)
    operation = planned(database_dsn, {(STALL, "shop_id"): "uuid"})
    run(database_dsn, *DRESSED[:1])
    assert "not those of the plan" in refusals(database_dsn, operation)[0]
    run(database_dsn, "CREATE VIEW seen AS SELECT id FROM shop")
    (reason,) = refusals(database_dsn, operation)
    assert reason.startswith("public.shop.id can't become uuid: rule _RETURN on view")


def test_more_rows_take_the_other_way_but_where_the_bytes_are_the_same(database_dsn: str) -> None:
    run(
        database_dsn,
        *TABLES,
        "INSERT INTO stall SELECT n, spelled(n) FROM generate_series(101, 2001) AS n",
        "ALTER TABLE stall ADD free varchar",
    )
    assert planned(database_dsn, {(STALL, "shop_id"): "uuid"}).way is Way.EXPAND
    # Back again PostgreSQL would have to look at the length of every row.
    assert planned(database_dsn, {(STALL, "shop_id"): "text"}).way is Way.EXPAND
    free = planned(database_dsn, {(STALL, "free"): "text"})
    assert free.way is Way.IN_PLACE
    before = state_of(database_dsn)
    apply(database_dsn, Plan((free,)), run_by="test", tries=QUICK)
    revert(database_dsn, tries=QUICK)
    assert state_of(database_dsn).differences(before) == []


def test_studioops(legacy_dsn: str, cluster: Any) -> None:
    """As its plain owner, whom the server lets do no more than any other."""
    sessions, messages = TableName("public", "chat_sessions"), TableName("public", "chat_messages")
    items = TableName("public", "extracted_items")
    run(
        legacy_dsn,
        "DELETE FROM chat_messages AS m WHERE NOT EXISTS "
        "(SELECT FROM chat_sessions AS s WHERE s.id::text = m.session_id)",
        "UPDATE chat_sessions SET id = upper(id)",
        "UPDATE chat_messages SET session_id = upper(session_id)",
        "ALTER TABLE chat_messages ADD FOREIGN KEY (session_id) REFERENCES chat_sessions",
        "ALTER ROLE studioops LOGIN PASSWORD 'plain'",
        f"GRANT CREATE ON DATABASE {psycopg.conninfo.conninfo_to_dict(legacy_dsn)['dbname']} "
        "TO studioops",
    )
    plain = psycopg.conninfo.make_conninfo(legacy_dsn, user="studioops", password="plain")
    chat = planned(plain, {(messages, "session_id"): "uuid"})
    assert [one.table for one in chat.columns] == [messages, sessions]
    drive(plain, chat, planned(plain, {(items, "document_id"): "uuid"}), stay=True)
    assert type_of(plain, "extracted_items", "document_id") == "uuid"
