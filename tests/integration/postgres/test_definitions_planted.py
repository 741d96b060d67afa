from __future__ import annotations

from contextlib import contextmanager

import pytest

from studioops.postgres.definitions import compare_definitions, read_definitions


@contextmanager
def changed(database, *statements):
    """The definitions after some statements, which are taken back."""
    with database.transaction() as connection:
        for statement in statements:
            connection.connection.driver_connection.execute(statement)
        yield read_definitions(connection)
        connection.connection.driver_connection.execute("ROLLBACK")


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
