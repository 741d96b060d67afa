"""An index over a boolean alone."""

NAME = "boolean_index"


def test_an_index_over_a_boolean_is_found_and_dropped(checked):
    checked.sql(
        'CREATE TABLE "T t" (a int, "Done" boolean)', 'CREATE INDEX "I i" ON "T t" ("Done")'
    )
    checked.prove(NAME, {'public."I i"': 'over "Done" of public."T t" alone'})


def test_where_one_value_is_rare_an_index_of_those_rows_takes_its_place(checked):
    checked.sql(
        "CREATE DOMAIN flag AS boolean",
        'CREATE TABLE t (id int PRIMARY KEY, "Done" boolean, failed flag, seen boolean)',
        "INSERT INTO t SELECT n, n % 50 = 0, n % 50 <> 0, CASE WHEN n % 50 = 0 THEN n % 100 = 0 END"
        " FROM generate_series(1, 1000) AS n",
        'CREATE INDEX done ON t ("Done"); CREATE INDEX failed ON t (failed)',
        "CREATE INDEX seen ON t (seen)",
        "ANALYZE t",
    )
    found = checked.prove(
        NAME,
        {
            "public.done": 'few rows are "Done"',
            "public.failed": "few rows are NOT failed",
            "public.seen": "few rows are seen IS NOT NULL",
        },
    )
    assert all("CREATE INDEX CONCURRENTLY" in one.repair for one in found)


def test_partitions_are_told_of_once_at_the_root(checked):
    checked.sql(
        "CREATE TABLE t (a int, done boolean) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE INDEX i ON t (done)",
    )
    checked.prove(NAME, ["public.i"])


def test_a_boolean_beside_others_or_as_a_condition_is_right(checked):
    checked.sql(
        "CREATE TABLE t (a int, done boolean UNIQUE, only_one boolean)",
        "CREATE INDEX ON t (done, a); CREATE INDEX ON t (a) WHERE done",
        "CREATE INDEX ON t (done) WHERE done; CREATE INDEX ON t (done) INCLUDE (a)",
        "ALTER TABLE t ADD EXCLUDE USING btree (only_one WITH =)",
    )
    assert checked.find(NAME) == []
