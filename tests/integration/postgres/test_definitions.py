from __future__ import annotations

import json
import time

import psycopg
import pytest

from studioops.postgres import open_database, parse_dsn
from studioops.postgres.definitions import compare_definitions, kinds, read_definitions
from studioops.postgres.sql import load_sql

# Only `pg_dump --create` carries these.
OF_THE_DATABASE = "database setting"


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


def test_of_subscriptions_it_reads_no_more_than_13_lets_a_plain_role(cluster, rich, run):
    late = (
        "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute "
        "WHERE attrelid = 'pg_subscription'::regclass AND attname NOT IN ('subdbid', 'subname', "
        "'subowner', 'subenabled', 'subslotname', 'subpublications')"
    )
    with psycopg.connect(rich) as as_on_13:
        (columns,) = as_on_13.execute(late).fetchone()
        as_on_13.execute(f"REVOKE SELECT ({columns}) ON pg_subscription FROM PUBLIC")
        as_on_13.execute("SET LOCAL ROLE rich_owner")
        as_on_13.execute(load_sql(kinds.__name__, "subscription"))
        as_on_13.rollback()


def test_of_an_extension_only_privileges_that_somebody_changed(cluster, database_dsn, run, restore):
    run(database_dsn, "CREATE SCHEMA x", "CREATE EXTENSION hstore SCHEMA x")
    bare = read(database_dsn)
    assert bare["extension"]["hstore"].endswith('"schema":"x"}')
    assert bare["function"] == bare["operator"] == bare["type"] == {}
    assert list(bare["privilege"]) == ["schema public", "schema x"]
    run(
        database_dsn,
        "REVOKE EXECUTE ON FUNCTION x.akeys(x.hstore) FROM PUBLIC",
        "CREATE TABLE t (h x.hstore); INSERT INTO t VALUES ('a=>1'), (NULL)",
    )
    after = read(database_dsn)
    assert "function x.akeys(x.hstore)" in after["privilege"]
    copy, said = restore(database_dsn)
    assert said == ""
    assert differences(after, read(copy)) == []


def test_of_a_range_type_a_dump_carries_the_type_s_own_privileges_alone(database_dsn, run, restore):
    """Its constructors come with it, in the copy with what new functions get there."""
    run(
        database_dsn,
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        "CREATE TYPE span AS RANGE (subtype = int)",
        "REVOKE USAGE ON TYPE span FROM PUBLIC",
        "CREATE FUNCTION length(span) RETURNS int LANGUAGE sql AS 'SELECT upper($1) - lower($1)'",
    )
    before = read(database_dsn)
    assert [one for one in before["privilege"] if "span" in one] == [
        "function public.length(public.span)",
        "type public.span",
    ]
    assert "PUBLIC" not in before["privilege"]["type public.span"]
    copy, said = restore(database_dsn)
    assert said == ""
    assert differences(before, read(copy)) == []


def test_a_database_in_latin1(cluster, run, restore):
    cluster.run("CREATE DATABASE {} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'", "latin_one")
    dsn = cluster.dsn("latin_one")
    run(
        dsn,
        "CREATE TABLE caf\u00e9 (d text DEFAULT '\u00e9')",
        "COMMENT ON TABLE caf\u00e9 IS '\u00fc'",
    )
    found = read(dsn)
    cluster.drop("latin_one")
    assert found["comment"]['table public."caf\u00e9"'] == "\u00fc"


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
    seconds = []
    # Other work on the machine must not fail this.
    for _ in range(3):
        began = time.monotonic()
        found = read(database_dsn)
        seconds.append(time.monotonic() - began)
    assert len(found["table"]) == 1000
    assert len(found["constraint"]) == 3000
    assert min(seconds) < 3
