"""An index that is the beginning of another one."""

NAME = "intersecting_index"


def test_the_beginning_of_another_index_is_found_and_dropped(checked):
    checked.sql(
        'CREATE TABLE "T t" (a int, b int, c int)',
        'CREATE INDEX "Short" ON "T t" (a, b)',
        'CREATE INDEX long ON "T t" (a, b, c)',
    )
    checked.prove(NAME, {'public."Short"': "(a, b) begins public.long"})


def test_a_primary_key_can_be_the_longer_one_and_so_can_one_that_includes_more(checked):
    checked.sql(
        "CREATE TABLE t (a int, b int, c int, PRIMARY KEY (a, b))",
        "CREATE INDEX one ON t (a)",
        "CREATE INDEX two ON t (b); CREATE INDEX more ON t (b) INCLUDE (c)",
    )
    checked.prove(NAME, {"public.one": "begins public.t_pkey", "public.two": "begins public.more"})


def test_expressions_and_conditions_are_compared_too(checked):
    checked.sql(
        'CREATE TABLE t (a text, "B b" int)',
        'CREATE INDEX one ON t (lower(a)) WHERE "B b" > 1',
        'CREATE INDEX two ON t (lower(a), "B b") WHERE "B b" > 1',
        'CREATE INDEX other ON t (upper(a)) WHERE "B b" > 1',
        "CREATE INDEX whole ON t (lower(a))",
    )
    checked.prove(NAME, {"public.one": "(lower(a)) begins public.two"})


def test_one_that_is_there_twice_is_told_of_once(checked):
    checked.sql(
        "CREATE TABLE t (a int, b int)",
        "CREATE INDEX one ON t (a); CREATE INDEX two ON t (a); CREATE INDEX long ON t (a, b)",
    )
    report = checked.report(NAME, "duplicated_index")
    assert sorted(one.object for one in report.findings) == ["public.one", "public.two"]
    # Each repair can be run after the other.
    checked.repair(report.findings)
    assert checked.report(NAME, "duplicated_index").findings == ()


def test_at_the_root_of_partitions_it_is_dropped_as_can_be(checked):
    checked.sql(
        "CREATE TABLE t (a int, b int) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE INDEX short ON t (a); CREATE INDEX long ON t (a, b)",
    )
    checked.prove(NAME, ["public.short"])


def test_an_index_of_one_partition_is_held_against_what_its_parent_gives_it(checked):
    checked.sql(
        "CREATE TABLE t (a int, b int) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE INDEX long ON t (a, b)",
        "CREATE INDEX own ON t1 (a)",
    )
    checked.prove(NAME, {"public.own": "begins public.t1_a_b_idx"})


def test_what_promises_or_orders_something_else_stays(checked):
    checked.sql(
        "CREATE TABLE t (a int UNIQUE, b text, c int)",
        "CREATE INDEX ON t (a, b, c)",
        "CREATE INDEX ON t (b)",
        "CREATE INDEX ON t (c DESC)",
        "CREATE INDEX ON t (c, b)",
        'CREATE INDEX ON t (b COLLATE "C", a)',
        "CREATE INDEX ON t (b text_pattern_ops, a)",
        "CREATE INDEX ON t (c) WHERE a > 1",
        "CREATE INDEX ON t (c) INCLUDE (a)",
        "CREATE INDEX ON t USING hash (c)",
        "CREATE TABLE u (a int, b int)",
        "CREATE INDEX ON u (a); CREATE INDEX ON u (b, a)",
        "CREATE TABLE v (a int, b int)",
        "CREATE INDEX ON v (a, b)",
    )
    assert checked.find(NAME) == []


def test_what_an_extension_made_is_its_own(checked):
    checked.sql(
        "CREATE EXTENSION pgstattuple",
        "CREATE TABLE t (a int, b int); CREATE INDEX ON t (a); CREATE INDEX ON t (a, b)",
        "ALTER EXTENSION pgstattuple ADD TABLE t",
    )
    assert checked.find(NAME) == []
