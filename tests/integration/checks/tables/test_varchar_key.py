"""A key that is text and holds uuids or numbers."""

import pytest

from studioops.checks import choose_checks
from studioops.model import Status

NAME = "varchar_key"
UUIDS = "SELECT gen_random_uuid()::text FROM generate_series(1, 300)"


def test_a_key_of_uuids_changes_with_all_that_refers_to_it(checked):
    checked.sql(
        'CREATE TABLE "P p" ("Id" text PRIMARY KEY DEFAULT gen_random_uuid()::text, up text)',
        'ALTER TABLE "P p" ADD FOREIGN KEY (up) REFERENCES "P p" ON DELETE SET NULL',
        'CREATE TABLE one (id varchar(36) PRIMARY KEY REFERENCES "P p")',
        'CREATE TABLE c (a int, "p Id" text, CONSTRAINT "K k" FOREIGN KEY ("p Id") REFERENCES "P p")',
        "CREATE TABLE leaf (id text REFERENCES one)",
        'INSERT INTO "P p" SELECT FROM generate_series(1, 300); UPDATE "P p" SET up = "Id"',
        """INSERT INTO one SELECT "Id" FROM "P p"; INSERT INTO c SELECT 1, "Id" FROM "P p" """,
        "INSERT INTO leaf SELECT id FROM one",
        'CREATE VIEW seen AS SELECT a FROM c; ANALYZE "P p"',
    )
    (finding,) = checked.prove(
        NAME,
        {
            'public."P p"."Id"': '"Id" is text, and all its values in the statistics are uuids; '
            'foreign keys repeat it in public."P p" (up), public.c ("p Id"), public.leaf (id), '
            "public.one (id)"
        },
    )
    assert "ACCESS EXCLUSIVE" in finding.repair
    checked.sql('INSERT INTO "P p" DEFAULT VALUES')


def test_a_value_of_another_kind_stops_the_repair_and_changes_nothing(checked):
    checked.sql(f"CREATE TABLE t (id text PRIMARY KEY); INSERT INTO t {UUIDS}", "ANALYZE t")
    findings = checked.find(NAME)
    checked.sql("INSERT INTO t VALUES ('none')")
    with pytest.raises(Exception, match="invalid input syntax for type uuid"):
        checked.repair(findings)
    assert [one.object for one in checked.find(NAME)] == ["public.t.id"]


@pytest.mark.parametrize("kind", ["varchar(36)", "char(36)", "varchar(38)", "varchar(32)"])
def test_a_length_that_says_uuid_is_enough_where_there_is_no_value(checked, kind):
    checked.sql(f"CREATE TABLE t (id {kind} PRIMARY KEY)")
    checked.prove(NAME, {"public.t.id": f"({kind[-3:-1]}), and its length is that of uuids"})


@pytest.mark.parametrize("shape", ["upper({})", "'{{' || {} || '}}'", "replace({}, '-', '')"])
def test_uuids_are_told_however_they_are_written(checked, shape):
    value = shape.format("gen_random_uuid()::text")
    checked.sql(
        'CREATE TABLE t ("userId" char(40) PRIMARY KEY)',
        f"INSERT INTO t SELECT {value} FROM generate_series(1, 100)",
        "ANALYZE t",
    )
    checked.prove(NAME, ['public.t."userId"'])


def test_numbers_under_the_name_of_an_id_are_told(checked):
    checked.sql(
        "CREATE TABLE t (account_id text UNIQUE, phone text UNIQUE, post_id text UNIQUE)",
        "INSERT INTO t SELECT n, n, lpad(n::text, 5, '0') FROM generate_series(0, 300) AS n",
        "ANALYZE t",
    )
    checked.prove(NAME, {"public.t.account_id": "in the statistics are numbers"})


def test_a_key_that_was_never_analysed_is_judged_by_what_refers_to_it(checked):
    checked.sql(
        "CREATE TABLE p (id text PRIMARY KEY) WITH (autovacuum_enabled = off)",
        "CREATE TABLE c (p_id text REFERENCES p)",
        f"INSERT INTO p {UUIDS}; INSERT INTO c SELECT id FROM p",
        "ANALYZE c",
    )
    checked.prove(NAME, {"public.p.id": "foreign keys repeat it in public.c (p_id)"})


def test_partitions_are_told_of_at_their_root(checked):
    checked.sql(
        "CREATE TABLE t (id text, a int, PRIMARY KEY (id, a)) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2)",
        "INSERT INTO t SELECT gen_random_uuid(), 1 FROM generate_series(1, 100)",
        "ANALYZE t1",
    )
    checked.prove(NAME, ["public.t.id"])


def test_what_may_be_something_else_is_left_alone(checked):
    checked.sql(
        "CREATE TABLE hashes (md5 varchar(32) PRIMARY KEY, file_id int)",
        "INSERT INTO hashes SELECT md5(n::text), n FROM generate_series(1, 100) AS n",
        "CREATE TABLE mixed (id varchar(36) PRIMARY KEY)",
        f"INSERT INTO mixed {UUIDS}; INSERT INTO mixed SELECT 'x' || n FROM generate_series(1, 300) AS n",
        "CREATE TABLE few (id text PRIMARY KEY); INSERT INTO few VALUES ('1'), ('2')",
        "CREATE TABLE right_one (id uuid PRIMARY KEY, n bigint UNIQUE, note varchar(36))",
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
        'CREATE TABLE "_prisma_migrations" (id varchar(36) PRIMARY KEY)',
        "CREATE VIEW v AS SELECT * FROM mixed",
        "CREATE TABLE extensions_own (id varchar(36) PRIMARY KEY)",
        "ALTER EXTENSION plpgsql ADD TABLE extensions_own",
        "ANALYZE",
    )
    assert checked.find(NAME) == []


def test_without_statistics_nobody_can_tell(checked, monkeypatch):
    (check,) = choose_checks([NAME])
    checked.sql(
        f"CREATE TABLE t (id text PRIMARY KEY) WITH (autovacuum_enabled = off); INSERT INTO t {UUIDS}"
    )
    assert checked.find(NAME) == []
    monkeypatch.setitem(check.parameters, "least_bytes", 8192)
    report = checked.report(NAME)
    assert report.status is Status.NOT_CHECKED
    assert "such as public.t (id); next: ANALYZE public.t, or ask" in report.subjects[0].reason
    checked.sql("ANALYZE t")
    checked.prove(NAME, ["public.t.id"])
