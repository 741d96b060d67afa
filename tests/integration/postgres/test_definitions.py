from __future__ import annotations

import json
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from studioops.postgres import Limits, open_database, parse_dsn
from studioops.postgres.definitions import compare_definitions, read_definitions

RICH = Path(__file__).with_name("rich.sql").read_text()
# Only `pg_dump --create` carries these.
OF_THE_DATABASE = "database setting"


@pytest.fixture(scope="module")
def rich(cluster):
    """A database with one of everything."""
    name = cluster.clone("template0")
    with psycopg.connect(cluster.dsn(name), autocommit=True) as connection:
        connection.execute(RICH)
    yield cluster.dsn(name)
    cluster.drop(name)
    for role in ("rich_reader", "rich_group", "rich_owner"):
        cluster.run("DROP ROLE {}", role)


@pytest.fixture(scope="module")
def opened(rich):
    with open_database(rich, limits=Limits(read_only=False)) as database:
        yield database


@pytest.fixture(scope="module")
def before(opened):
    with opened.transaction() as connection:
        return read_definitions(connection)


@contextmanager
def changed(database, *statements):
    """The definitions after some statements, which are taken back."""
    with database.transaction() as connection:
        for statement in statements:
            connection.connection.driver_connection.execute(statement)
        yield read_definitions(connection)
        connection.connection.driver_connection.execute("ROLLBACK")


def read(dsn):
    with open_database(dsn) as database, database.transaction() as connection:
        return read_definitions(connection)


def differences(one, other, majors=(18, 18)):
    return [
        f"{found.kind}: {found.name}: {found.before} -> {found.after}"
        for found in compare_definitions(one, other, majors=majors)
        if found.kind != OF_THE_DATABASE
    ]


def test_the_rich_database_has_something_of_every_kind(before):
    absent = {kind for kind, found in before.items() if not found}
    assert absent == {
        "disabled foreign key",
        "invalid index",
        "language",
        "security label",
        "subscription",
        "tablespace",
        "transform",
    }


def test_twice_read_is_equal(rich, before):
    assert read(rich) == before


def test_a_real_dump_and_restore_changes_nothing(rich, before, restore):
    copy, said = restore(rich)
    assert said == ""
    assert differences(before, read(copy)) == []


def test_the_legacy_database_loses_the_one_foreign_key_around_its_orphans(legacy_dsn, restore):
    copy, said = restore(legacy_dsn)
    first = read(legacy_dsn)
    assert sum(map(len, first.values())) > 100
    lost = compare_definitions(first, read(copy), majors=(18, 18))
    assert [(one.kind, one.after) for one in lost] == [("constraint", None)] * said.count(
        "violates foreign key constraint"
    )
    assert lost


def test_no_text_carries_a_secret(rich, run):
    run(
        rich,
        "CREATE SUBSCRIPTION rich_sub CONNECTION 'host=nowhere password=planted-connection' "
        "PUBLICATION p WITH (connect = false)",
        "ALTER SUBSCRIPTION rich_sub SET (slot_name = NONE)",
    )
    try:
        name = parse_dsn(rich).database
        run(rich, f"ALTER DATABASE {name} SET app.jwt = 'planted-database-secret'")
        found = read(rich)
        assert list(found["subscription"]) == ["rich_sub"]
        assert "planted" not in json.dumps(found)
        assert "hash" in found["user mapping"]["rich_reader on rich_server"]
        run(rich, f"ALTER DATABASE {name} RESET app.jwt")
    finally:
        run(rich, "DROP SUBSCRIPTION rich_sub")


def test_a_plain_role_reads_the_same(cluster, rich, before, run):
    run(rich, "ALTER ROLE rich_owner LOGIN PASSWORD 'owner-secret'")
    try:
        found = read(cluster.dsn(parse_dsn(rich).database, "rich_owner", "owner-secret"))
    finally:
        run(rich, "ALTER ROLE rich_owner NOLOGIN PASSWORD NULL")
    # It may not see the options of somebody else's mapping, and it is the role that may log in.
    assert {one.kind for one in compare_definitions(before, found, majors=(18, 18))} == {
        "role",
        "user mapping",
    }


PLANTED = [
    ("COMMENT ON COLUMN app.child.v IS NULL", "comment", "table column app.child.v"),
    ("COMMENT ON LARGE OBJECT 7007 IS NULL", "comment", "large object 7007"),
    ("REVOKE UPDATE ON app.child FROM rich_reader", "privilege", "table app.child"),
    ("REVOKE SELECT (id) ON app.child FROM rich_group", "privilege", "column app.child.id"),
    (
        "GRANT EXECUTE ON FUNCTION app.plus(int, int) TO PUBLIC",
        "privilege",
        "function app.plus(integer,integer)",
    ),
    (
        "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_stat_reset() FROM rich_reader",
        "privilege",
        "function pg_stat_reset()",
    ),
    ("REVOKE USAGE ON SEQUENCE app.counter FROM rich_group", "privilege", "sequence app.counter"),
    ("REVOKE GRANT OPTION FOR USAGE ON SCHEMA app FROM rich_reader", "privilege", "schema app"),
    ("GRANT USAGE ON TYPE app.mood TO PUBLIC", "privilege", "type app.mood"),
    ("REVOKE SELECT ON LARGE OBJECT 7007 FROM rich_reader", "privilege", "large object 7007"),
    (
        "ALTER DEFAULT PRIVILEGES FOR ROLE rich_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
        "default privilege",
        "rich_owner on functions",
    ),
    ("ALTER TABLE app.child DISABLE TRIGGER touched", "trigger", "app.child.touched"),
    ("DROP TRIGGER quiet ON app.child", "trigger", "app.child.quiet"),
    ("ALTER TABLE app.parts_old DISABLE TRIGGER on_parts", "trigger", "app.parts_old.on_parts"),
    ("ALTER TABLE app.child VALIDATE CONSTRAINT loose", "constraint", "app.child.loose"),
    (
        "ALTER TABLE app.child ALTER CONSTRAINT child_parent_fkey NOT DEFERRABLE",
        "constraint",
        "app.child.child_parent_fkey",
    ),
    ("ALTER TABLE app.child DROP CONSTRAINT loose_check", "constraint", "app.child.loose_check"),
    ("ALTER TABLE app.child NO FORCE ROW LEVEL SECURITY", "table", "app.child"),
    ("ALTER TABLE app.child DISABLE ROW LEVEL SECURITY", "table", "app.child"),
    ("ALTER TABLE app.parent SET (fillfactor = 90)", "table", "app.parent"),
    ("ALTER TABLE app.parent SET (toast.autovacuum_enabled = true)", "table", "app.parent"),
    ("ALTER TABLE app.quick SET LOGGED", "table", "app.quick"),
    ("ALTER TABLE app.heir NO INHERIT app.parent", "table", "app.heir"),
    ("ALTER TABLE app.child ALTER v DROP DEFAULT", "column", "app.child.v"),
    ("ALTER TABLE app.child ALTER other DROP NOT NULL", "column", "app.child.other"),
    ("ALTER TABLE ONLY app.parent ALTER words SET STORAGE PLAIN", "column", "app.parent.words"),
    ("ALTER TABLE ONLY app.parent ALTER words SET STATISTICS 301", "column", "app.parent.words"),
    ("ALTER TABLE app.parent ALTER id SET GENERATED ALWAYS", "column", "app.parent.id"),
    ("ALTER DOMAIN app.positive DROP CONSTRAINT above", "type", "app.positive"),
    ("ALTER DOMAIN app.positive DROP DEFAULT", "type", "app.positive"),
    ("ALTER DOMAIN app.positive VALIDATE CONSTRAINT small", "type", "app.positive"),
    ("UPDATE pg_enum SET enumsortorder = 9 WHERE enumlabel = 'sad'", "type", "app.mood"),
    ("ALTER TYPE app.mood RENAME VALUE 'sad' TO 'low'", "type", "app.mood"),
    ("ALTER SEQUENCE app.counter NO CYCLE", "sequence", "app.counter"),
    ("ALTER SEQUENCE app.child_id_seq OWNED BY NONE", "sequence", "app.child_id_seq"),
    ("ALTER VIEW app.seen RESET (security_barrier)", "view", "app.seen"),
    ("ALTER VIEW app.seen ALTER COLUMN id DROP DEFAULT", "column", "app.seen.id"),
    ("REFRESH MATERIALIZED VIEW app.kept WITH NO DATA", "materialized view", "app.kept"),
    ("DROP RULE no_delete ON app.seen", "rule", "app.seen.no_delete"),
    ("ALTER TABLE app.quick DISABLE RULE loud", "rule", "app.quick.loud"),
    ("DROP POLICY all_of_it ON app.child", "policy", "app.child.all_of_it"),
    ("ALTER POLICY mine ON app.child TO rich_reader", "policy", "app.child.mine"),
    ("ALTER FUNCTION app.plus(int, int) VOLATILE", "function", "app.plus(a integer, b integer)"),
    ("ALTER FUNCTION app.plus(text) OWNER TO rich_owner", "function", "app.plus(a text)"),
    ("ALTER PROCEDURE app.work(int) SECURITY DEFINER", "function", "app.work(INOUT n integer)"),
    ("DROP AGGREGATE app.total(int)", "aggregate", "app.total(integer)"),
    ("ALTER EVENT TRIGGER rich_event DISABLE", "event trigger", "rich_event"),
    ("ALTER TABLE app.child SET WITHOUT CLUSTER", "index", "app.child_pkey"),
    ("DROP INDEX app.child_expression", "index", "app.child_expression"),
    ("ALTER INDEX app.child_other SET (fillfactor = 60)", "index", "app.child_other"),
    (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.parts_at'::regclass",
        "index",
        "app.parts_at",
    ),
    ("ALTER ROLE rich_reader BYPASSRLS", "role", "rich_reader"),
    ("REVOKE rich_group FROM rich_reader", "role", "rich_reader"),
    (
        "ALTER USER MAPPING FOR rich_reader SERVER rich_server OPTIONS (SET password 'other')",
        "user mapping",
        "rich_reader on rich_server",
    ),
    ("ALTER SERVER rich_server OPTIONS (SET api_key 'other')", "foreign server", "rich_server"),
    ("ALTER FOREIGN TABLE app.far OPTIONS (SET token 'other')", "table", "app.far"),
    (
        "ALTER FOREIGN DATA WRAPPER rich_wrapper OPTIONS (DROP debug)",
        "foreign data wrapper",
        "rich_wrapper",
    ),
    ("ALTER PUBLICATION rich_some DROP TABLE app.parts_old", "publication", "rich_some"),
    ("ALTER PUBLICATION rich_all SET (publish = 'insert')", "publication", "rich_all"),
    ("DROP CAST (app.mood AS int)", "cast", "app.mood AS integer"),
    ("DROP STATISTICS app.together", "statistics", "app.together"),
    (
        "ALTER TEXT SEARCH CONFIGURATION app.search DROP MAPPING FOR word",
        "text search configuration",
        "app.search",
    ),
    ("ALTER TEXT SEARCH DICTIONARY app.plain (stopwords)", "text search dictionary", "app.plain"),
    ("DROP CONVERSION app.convert", "conversion", "app.convert"),
    ("ALTER LARGE OBJECT 7007 OWNER TO rich_reader", "large object", "7007"),
    (
        "ALTER TABLE app.child DISABLE TRIGGER ALL; ALTER TABLE app.child ENABLE TRIGGER USER; ALTER TABLE app.child DISABLE TRIGGER quiet",
        "disabled foreign key",
        "app.child.child_parent_fkey",
    ),
    ("UPDATE pg_extension SET extversion = '9' WHERE extname = 'plpgsql'", "extension", "plpgsql"),
]
# Ownership is shown beside the privileges that come with it, and so on.
WITH_IT = {
    "ALTER TABLE app.child DISABLE TRIGGER ALL; ALTER TABLE app.child ENABLE TRIGGER USER; ALTER TABLE app.child DISABLE TRIGGER quiet": {
        ("disabled foreign key", "app.child.loose")
    },
    "ALTER FUNCTION app.plus(text) OWNER TO rich_owner": {("privilege", "function app.plus(text)")},
    "ALTER LARGE OBJECT 7007 OWNER TO rich_reader": {("privilege", "large object 7007")},
    "DROP TRIGGER quiet ON app.child": set(),
    "DROP AGGREGATE app.total(int)": {("privilege", "function app.total(integer)")},
}


@pytest.mark.parametrize(
    ("statement", "kind", "name"), PLANTED, ids=[one[0][:60] for one in PLANTED]
)
def test_one_planted_difference_is_found_and_nothing_else(opened, before, statement, kind, name):
    with changed(opened, statement) as after:
        found = compare_definitions(before, after, majors=(18, 18))
    assert {(one.kind, one.name) for one in found} == {(kind, name), *WITH_IT.get(statement, ())}
    assert all(one.comparable for one in found)


def test_an_invalid_index_is_a_kind_of_its_own_since_no_dump_carries_it(opened, before):
    spoil = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.child_other'::regclass"
    with changed(opened, spoil) as after:
        found = compare_definitions(before, after, majors=(18, 18))
    assert {(one.kind, one.after is None) for one in found} == {
        ("index", True),
        ("invalid index", False),
    }


@pytest.mark.postgres(18)
def test_what_is_not_enforced_and_a_not_null_that_was_not_checked(database_dsn, run):
    run(
        database_dsn,
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (p int CONSTRAINT k REFERENCES p NOT ENFORCED, n int)",
        "ALTER TABLE c ADD CONSTRAINT n NOT NULL n NOT VALID",
    )
    first = read(database_dsn)
    run(
        database_dsn,
        "ALTER TABLE c ALTER CONSTRAINT k ENFORCED",
        "ALTER TABLE c VALIDATE CONSTRAINT n",
    )
    found = compare_definitions(first, read(database_dsn), majors=(18, 18))
    assert [(one.kind, one.name) for one in found] == [
        ("column", "public.c.n"),
        ("constraint", "public.c.k"),
    ]


def test_the_session_of_the_database_does_not_change_a_text(cluster, rich, before):
    name = parse_dsn(rich).database
    settings = (
        "timezone = 'Asia/Tokyo'",
        "datestyle = 'SQL, DMY'",
        "intervalstyle = 'iso_8601'",
        "extra_float_digits = -5",
        "bytea_output = 'escape'",
        "search_path = app, public",
        "quote_all_identifiers = on",
    )
    for setting in settings:
        cluster.run(f"ALTER DATABASE {{}} SET {setting}", name)
    try:
        after = read(rich)
    finally:
        cluster.run("ALTER DATABASE {} RESET ALL", name)
    assert differences(before, after) == []
    assert after["database setting"]["TimeZone"] == "Asia/Tokyo"


def test_what_another_major_version_may_spell_otherwise_is_marked():
    def one(kind, **fields):
        return {kind: {"x": json.dumps(fields)}}

    def comparable(before, after, majors=(15, 18)):
        return [found.comparable for found in compare_definitions(before, after, majors=majors)]

    first, second = one("view", definition="a"), one("view", definition="b")
    assert comparable(first, second) == [False]
    assert comparable(first, second, (18, 18)) == [True]
    assert comparable(first, {}) == [True]
    assert comparable(one("view", definition="a", owner="x"), one("view", definition="b")) == [True]
    key, other = "FOREIGN KEY (a) REFERENCES p(a)", "FOREIGN KEY (b) REFERENCES p(a)"
    assert comparable(one("constraint", definition=key), one("constraint", definition=other)) == [
        True
    ]
    check = one("constraint", definition="CHECK ((a > 0))", validated=True)
    assert comparable(check, one("constraint", definition="CHECK (a > 0)", validated=True)) == [
        False
    ]
    assert comparable(check, one("constraint", definition="CHECK (a > 0)", validated=False)) == [
        True
    ]
    quoted = {"function": {"f()": "CREATE\nAS $function$a$function$"}}
    assert comparable(quoted, {"function": {"f()": "CREATE\nAS $function$b$function$"}}) == [True]
    parsed = {"function": {"f()": "CREATE\nRETURN 1"}}
    assert comparable(parsed, {"function": {"f()": "CREATE\nRETURN (1)"}}) == [False]
    owner = {"privilege": {"table t": "o: MAINTAIN\no: SELECT"}}
    assert (
        compare_definitions({"privilege": {"table t": "o: SELECT"}}, owner, majors=(15, 18)) == []
    )
    assert comparable({"privilege": {"table t": "o: SELECT"}}, owner, (18, 18)) == [True]


def test_a_thousand_tables_with_three_thousand_constraints_take_no_time(database_dsn):
    with psycopg.connect(database_dsn) as connection:
        connection.execute(
            """DO $$BEGIN FOR n IN 1..1000 LOOP
                EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, a int CHECK (a > 0), b int, c text, p int REFERENCES t%s)', n, greatest(n - 1, 1));
                EXIT WHEN n = 1000;
            END LOOP; END$$"""
        )
    began = time.monotonic()
    found = read(database_dsn)
    seconds = time.monotonic() - began
    assert len(found["table"]) == 1000
    assert len(found["constraint"]) == 3000
    assert seconds < 3
