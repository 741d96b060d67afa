"""An index that is there twice."""

NAME = "duplicated_index"


def test_the_younger_of_two_is_found_and_dropped(checked):
    checked.sql(
        'CREATE TABLE "T t" (a int, b int)',
        'CREATE INDEX one ON "T t" (a, b)',
        'CREATE INDEX "Two" ON "T t" (a, b)',
        'CREATE INDEX three ON "T t" (a, b) INCLUDE (a)',
    )
    checked.prove(NAME, {'public."Two"': "the same as public.one"})


def test_a_plain_index_beside_a_primary_key_is_superfluous(checked):
    checked.sql("CREATE TABLE t (id int PRIMARY KEY)", "CREATE INDEX again ON t (id)")
    checked.prove(NAME, {"public.again": "the same as public.t_pkey"})


def test_what_a_query_could_tell_apart_is_no_duplicate(checked):
    checked.sql(
        "CREATE TABLE t (a text, b int)",
        "CREATE INDEX ON t (a)",
        'CREATE INDEX ON t (a COLLATE "C")',
        "CREATE INDEX ON t (a text_pattern_ops)",
        "CREATE INDEX ON t (a DESC)",
        "CREATE INDEX ON t (a) WHERE b > 1",
        "CREATE INDEX ON t (lower(a))",
        "CREATE INDEX ON t USING hash (a)",
        "CREATE INDEX ON t (a, b)",
        "CREATE INDEX ON t (b, a)",
    )
    assert checked.find(NAME) == []


def test_two_constraints_are_left_alone(checked):
    checked.sql("CREATE TABLE t (a int UNIQUE, CONSTRAINT again UNIQUE (a))")
    assert checked.find(NAME) == []


def test_indexes_of_partitions_are_told_of_once_at_the_root(checked):
    checked.sql(
        "CREATE TABLE t (a int) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE INDEX one ON t (a)",
        "CREATE INDEX two ON t (a)",
    )
    assert [one.object for one in checked.find(NAME)] == ["public.two"]
