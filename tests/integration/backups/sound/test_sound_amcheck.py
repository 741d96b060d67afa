"""amcheck fires: on b-trees and heaps that were broken for it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from studioops.backups.take import How, take
from studioops.errors import DatabaseUnreachable
from studioops.model import Status
from studioops.postgres import open_database

TABLE = (
    "CREATE TABLE t (id int PRIMARY KEY, a text)",
    "INSERT INTO t SELECT n, repeat(n::text, 10) FROM generate_series(1, 2000) AS n",
)
ORDER = """
    CREATE FUNCTION order_of(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($1, $2)';
    CREATE OPERATOR CLASS turned FOR TYPE int4 USING btree AS
        OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
        FUNCTION 1 order_of(int, int);
    CREATE INDEX "I %i" ON t (id turned);
"""
TURN = "CREATE OR REPLACE FUNCTION order_of(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($2, $1)'"
LEFT = "SELECT count(*) FROM pg_extension FULL JOIN pg_namespace ON false WHERE extname = 'amcheck' OR nspname ~ 'amcheck'"


@pytest.fixture
def owner(cluster, copy):
    """A role that owns its database and is no superuser."""
    name = "copy_owner"
    database = copy.value("SELECT current_database()")
    cluster.run("CREATE ROLE {} LOGIN PASSWORD 'sesame'", name)
    cluster.run("ALTER DATABASE {} OWNER TO {}", database, name)
    yield type(copy)(cluster.dsn(database, name, "sesame"), copy.folder)
    cluster.run("ALTER DATABASE {} OWNER TO CURRENT_USER", database)
    copy.sql("DROP OWNED BY copy_owner CASCADE")
    cluster.run("DROP ROLE {}", name)


@pytest.fixture
def on_disk(cluster, copy):
    """A copy whose files were never read, so that they can be broken under the server."""
    made = []

    def make(relation: str) -> tuple[object, Path]:
        name = "test_on_disk"
        file = copy.value(f"SELECT pg_relation_filepath('{relation}')").rpartition("/")[2]
        template = copy.value("SELECT current_database()")
        strategy = "STRATEGY file_copy" if cluster.server.programs.major >= 15 else ""
        cluster.run(f"CREATE DATABASE {{}} TEMPLATE {{}} {strategy}", name, template)
        made.append(name)
        with psycopg.connect(cluster.dsn()) as connection:
            row = connection.execute(
                "SELECT oid FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
        path = cluster.server.data / "base" / str(row[0]) / file
        return type(copy)(cluster.dsn(name), copy.folder), path

    yield make
    for name in made:
        cluster.drop(name)


def test_healthy_ones_are_counted_and_nothing_is_left(copy):
    copy.sql(*TABLE, "CREATE MATERIALIZED VIEW v AS SELECT * FROM t")
    seen = copy.well()
    names = {one.name for one in seen.subjects}
    assert {"indexes", "heaps"} <= names
    assert copy.value(LEFT) == 0


def test_an_index_whose_order_is_wrong(copy):
    copy.sql(*TABLE, ORDER)
    copy.well()
    copy.sql(TURN)
    seen = copy.only_fault("corrupt_index")
    (found,) = seen.findings
    assert (found.object, "item order invariant violated" in found.message) == (
        'public."I %i"',
        True,
    )
    failed = [one for one in seen.subjects if one.status is Status.FAILED]
    assert [one.name for one in failed] == ['index public."I %i"']
    assert copy.value(LEFT) == 0


def test_an_index_that_lacks_a_row(copy):
    copy.sql(
        *TABLE,
        "UPDATE pg_index SET indisready = false WHERE indexrelid = 't_pkey'::regclass",
        "INSERT INTO t VALUES (5000, 'x')",
        "UPDATE pg_index SET indisready = true WHERE indexrelid = 't_pkey'::regclass",
    )
    (found,) = copy.only_fault("corrupt_index").findings
    assert "lacks matching index tuple" in found.message
    copy.sql("REINDEX INDEX public.t_pkey")
    copy.well()


FUNCTION = "CREATE FUNCTION same(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'"
HIDE = "UPDATE pg_index SET indisready = {} WHERE indexrelid = 'i'::regclass"
# As many rows as before, and one of them without an entry.
SWAP = (
    HIDE.format("false"),
    "DELETE FROM t WHERE id = 1",
    "INSERT INTO t VALUES (5000, 'x')",
    HIDE.format("true"),
)


@pytest.fixture
def as_original(copy, shelf):
    """A manifest that says of the table what the copy holds now."""

    def make():
        with open_database(copy.dsn) as database:
            return take(database, shelf, How())

    return make


@pytest.mark.parametrize("kind", ["(same(id))", "(id) WHERE same(id) > 0", "(id turned)"])
def test_a_row_is_looked_for_where_others_say_whether_it_has_an_entry(copy, as_original, kind):
    copy.sql(*TABLE, FUNCTION, ORDER, 'DROP INDEX "I %i"', f"CREATE INDEX i ON t {kind}")
    copy.well(manifest=as_original())
    copy.sql(*SWAP)
    (found,) = copy.only_fault("corrupt_index", manifest=as_original()).findings
    assert (found.object, "lacks matching index tuple" in found.message) == ("public.i", True)


@pytest.mark.parametrize("analysed", [False, True], ids=["counted", "estimated"])
def test_a_row_is_looked_for_in_a_plain_index_unless_its_entries_were_counted(
    copy, as_original, analysed
):
    """Counted entries stand for the rows; one that is lost after that is what is not seen."""
    copy.sql(*TABLE, "CREATE INDEX i ON t (id)", *SWAP)
    if analysed:
        copy.sql("ANALYZE t")
        copy.only_fault("corrupt_index", manifest=as_original())
    else:
        copy.well(manifest=as_original())
    copy.only_fault("corrupt_index")


def test_an_index_with_fewer_entries_than_the_original_had_rows(copy, as_original):
    copy.sql(*TABLE, "CREATE INDEX i ON t (id)", HIDE.format("false"))
    copy.sql("INSERT INTO t VALUES (5000, 'x')", HIDE.format("true"))
    (found,) = copy.only_fault("corrupt_index", manifest=as_original()).findings
    assert "lacks matching index tuple" in found.message


@pytest.mark.postgres(17)
def test_a_unique_index_with_a_double(copy):
    copy.sql(
        *TABLE,
        "CREATE UNIQUE INDEX i ON t (a)",
        "UPDATE pg_index SET indisunique = false WHERE indexrelid = 'i'::regclass",
        "INSERT INTO t VALUES (5000, (SELECT a FROM t LIMIT 1))",
        "UPDATE pg_index SET indisunique = true WHERE indexrelid = 'i'::regclass",
    )
    (found,) = copy.only_fault("corrupt_index").findings
    assert "uniqueness is violated" in found.message


@pytest.mark.postgres(14)
def test_a_heap_with_rows_that_cannot_be(copy):
    copy.sql(
        "CREATE TABLE t (id int)",
        "INSERT INTO t VALUES (1), (2)",
        "UPDATE pg_class SET relfrozenxid = pg_current_xact_id()::xid WHERE oid = 't'::regclass",
    )
    (found,) = copy.only_fault("corrupt_heap").findings
    assert found.object == "public.t"
    assert "2 faults, the first on page 0: xmin" in found.message


@pytest.mark.postgres(14)
@pytest.mark.parametrize(
    ("relation", "subject"), [("t", "heap public.t"), ("t_pkey", "index public.t_pkey")]
)
def test_a_page_that_was_broken_on_disk(copy, on_disk, relation, subject):
    copy.sql(*TABLE, "CHECKPOINT")
    broken, path = on_disk(relation)
    with path.open("r+b") as file:
        file.seek(8192 + 4000)
        byte = file.read(1)
        file.seek(8192 + 4000)
        file.write(bytes([byte[0] ^ 1]))
    seen = broken.see()
    failed = [one for one in seen.subjects if one.status is Status.FAILED]
    assert subject in [one.name for one in failed]
    assert any("invalid page in block 1" in one.message for one in seen.findings)


@pytest.mark.postgres(14)
@pytest.mark.parametrize(
    ("relation", "said"), [("t", "could not open file"), ("t_pkey", "lacks a main relation fork")]
)
def test_a_file_that_is_gone(copy, on_disk, relation, said):
    copy.sql(*TABLE, "CHECKPOINT")
    broken, path = on_disk(relation)
    path.unlink()
    seen = broken.see()
    assert seen.status is Status.FAILED
    assert any(said in one.message for one in seen.findings), seen.findings


def test_an_extension_of_the_original_is_used_and_kept(copy):
    copy.sql(
        'CREATE SCHEMA "Tools %s"; CREATE EXTENSION amcheck SCHEMA "Tools %s"', *TABLE, ORDER, TURN
    )
    copy.only_fault("corrupt_index")
    assert (
        copy.value(
            "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'amcheck'"
        )
        == '"Tools %s"'
    )


def test_what_a_killed_run_has_left_is_taken_over(copy):
    copy.sql(
        "CREATE SCHEMA studioops_amcheck",
        "CREATE EXTENSION amcheck SCHEMA studioops_amcheck",
        *TABLE,
    )
    copy.well()
    assert copy.value(LEFT) == 0


def test_a_plain_owner_is_told_where_to_drill(owner, named):
    owner.sql("CREATE SCHEMA mine; CREATE TABLE mine.t (id int PRIMARY KEY)")
    seen = owner.see()
    (one,) = named(seen, "amcheck")
    assert one.status is seen.status is Status.NOT_CHECKED
    assert "next: drill on a server where the role is a superuser" in one.reason
    assert owner.value(LEFT) == 0


def test_a_plain_owner_with_the_functions_granted(copy, owner, named):
    copy.sql(
        "CREATE SCHEMA tools; CREATE EXTENSION amcheck SCHEMA tools; GRANT USAGE ON SCHEMA tools TO copy_owner"
    )
    owner.sql("CREATE SCHEMA mine; CREATE TABLE mine.t (id int PRIMARY KEY)")
    (denied,) = named(owner.see(), "amcheck")
    grant = denied.reason.rpartition(": ")[2]
    copy.sql(grant)
    assert owner.see().status is Status.PASSED


def test_event_triggers_of_the_original_do_not_see_it(copy):
    copy.sql(
        *TABLE,
        "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no''; END'",
        "CREATE EVENT TRIGGER no ON ddl_command_start EXECUTE FUNCTION no()",
    )
    copy.well()


def test_a_timeout_is_no_fault(copy):
    copy.sql(*TABLE, ORDER)
    copy.sql(
        "CREATE OR REPLACE FUNCTION order_of(int, int) RETURNS int LANGUAGE sql AS 'SELECT 0 FROM pg_sleep(5)'"
    )
    seen = copy.see(timeout=0.5)
    assert seen.findings == ()
    (slow,) = [one for one in seen.subjects if one.status is Status.NOT_CHECKED]
    assert slow.name == 'index public."I %i"'
    assert "; next: raise --timeout" in slow.reason


def test_a_server_that_goes_away_is_worth_another_try(copy, cut):
    copy.sql(*TABLE, ORDER)
    copy.sql(
        "CREATE OR REPLACE FUNCTION order_of(int, int) RETURNS int LANGUAGE sql AS 'SELECT 0 FROM pg_sleep(20)'"
    )
    with cut(), pytest.raises(DatabaseUnreachable):
        copy.see()
    assert copy.value(LEFT) == 0
