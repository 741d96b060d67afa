"""A table in which nothing but the key has to be there."""

NAME = "all_nullable"


def do_as_told(checked):
    """What the finding says to type for the column that it takes for an example."""

    def mend(findings):
        for finding in findings:
            lines = finding.repair.splitlines()
            checked.sql(*[one[3:] for one in lines if one.startswith("-- ALTER")])

    return mend


def test_a_table_of_nothing_but_maybes_is_found(checked):
    checked.sql(
        'CREATE TABLE "T t" (id int PRIMARY KEY, gone int, "A a" text, b int, c int)',
        'ALTER TABLE "T t" DROP COLUMN gone',
        """INSERT INTO "T t" VALUES (1, NULL, 7, 8), (2, 'x', 7, 8)""",
        'ANALYZE "T t"',
    )
    (finding,) = checked.prove(
        NAME,
        {'public."T t"': "all of its 3 columns beside the key may be NULL"},
        do_as_told(checked),
    )
    assert "never NULL: b, c" in finding.repair


def test_without_statistics_the_first_column_is_the_example(checked):
    checked.sql('CREATE TABLE t ("A a" text, b int)')
    checked.prove(NAME, {"public.t": "all of its 2 columns may be NULL"}, do_as_told(checked))


def test_partitions_and_heirs_are_told_of_at_their_root(checked):
    checked.sql(
        "CREATE TABLE t (a int, b int) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE TABLE old (a int, b int); CREATE TABLE young () INHERITS (old)",
        "INSERT INTO t VALUES (1, NULL)",
        "ANALYZE",
    )
    (finding, _) = checked.prove(NAME, ["public.old", "public.t"], do_as_told(checked))
    assert finding.object == "public.old"


def test_what_says_something_about_its_rows_is_left_alone(checked):
    checked.sql(
        "CREATE DOMAIN sure AS text NOT NULL",
        "CREATE TABLE one (id int PRIMARY KEY, a text)",
        "CREATE TABLE pair (a int, b int, PRIMARY KEY (a, b))",
        "CREATE TABLE with_domain (id int PRIMARY KEY, a sure, b text)",
        "CREATE TABLE with_check (id int PRIMARY KEY, a int, b int, CHECK (num_nonnulls(a, b) = 1))",
        "CREATE TABLE with_other (id int PRIMARY KEY, a int, b int, CHECK (a IS NOT NULL))",
        "CREATE TABLE filled (id int PRIMARY KEY, a int NOT NULL, b int)",
        "CREATE VIEW v AS SELECT NULL::int AS a, NULL::int AS b",
        "CREATE TABLE extensions_own (a int, b int)",
        "ALTER EXTENSION plpgsql ADD TABLE extensions_own",
    )
    assert checked.find(NAME) == []


def test_a_check_of_something_else_does_not_help(checked):
    checked.sql("CREATE TABLE t (id int PRIMARY KEY, a int, b int, CHECK (a > 0))")
    assert [one.object for one in checked.find(NAME)] == ["public.t"]
