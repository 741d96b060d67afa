"""An index that is there twice."""

import pytest

NAME = "duplicated_index"


def test_the_younger_of_two_is_found_and_dropped(checked):
    checked.sql(
        'CREATE TABLE "T t" (a int, b int)',
        'CREATE INDEX one ON "T t" (a, b)',
        'CREATE INDEX "Two" ON "T t" (a, b)',
        'CREATE INDEX three ON "T t" (a, b) INCLUDE (a)',
    )
    checked.prove(NAME, {'public."Two"': 'the same as public.one on public."T t"'})


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
    checked.sql("CREATE TABLE t (a int UNIQUE)", "ALTER TABLE t ADD CONSTRAINT again UNIQUE (a)")
    assert checked.find(NAME) == []


def test_of_two_that_forbid_the_same_one_is_superfluous(checked):
    checked.sql(
        "CREATE TABLE t (a int PRIMARY KEY, b int)",
        "CREATE UNIQUE INDEX again ON t (a)",
        "CREATE UNIQUE INDEX one ON t (b); CREATE UNIQUE INDEX two ON t (b)",
        "CREATE INDEX oldest ON t (b)",
    )
    checked.prove(
        NAME,
        {
            "public.again": "the same as public.t_pkey",
            "public.two": "the same as public.one",
            "public.oldest": "the same as public.one",
        },
    )


def test_one_that_forbids_sooner_is_not_the_same(checked):
    checked.sql("CREATE TABLE t (a int UNIQUE DEFERRABLE)", "CREATE UNIQUE INDEX at_once ON t (a)")
    assert checked.find(NAME) == []


@pytest.mark.postgres(15)
def test_one_that_forbids_more_is_not_the_same(checked):
    checked.sql(
        "CREATE TABLE t (a int)",
        "CREATE UNIQUE INDEX less ON t (a)",
        "CREATE UNIQUE INDEX more ON t (a) NULLS NOT DISTINCT",
        "CREATE TABLE u (a int UNIQUE); CREATE UNIQUE INDEX ON u (a) NULLS NOT DISTINCT",
    )
    checked.prove(NAME, {"public.less": "the same as public.more"})


def test_indexes_of_partitions_are_told_of_once_at_the_root(checked):
    checked.sql(
        "CREATE TABLE t (a int) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE INDEX one ON t (a)",
        "CREATE INDEX two ON t (a)",
    )
    checked.prove(NAME, ["public.two"])


def test_an_index_of_one_partition_is_held_against_what_its_parent_gives_it(checked):
    checked.sql(
        "CREATE TABLE t (a int) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE INDEX own ON t1 (a)",
        "CREATE INDEX one ON ONLY t (a)",
        "CREATE INDEX part ON t1 (a)",
        "ALTER INDEX one ATTACH PARTITION part",
    )
    checked.prove(NAME, {"public.own": "the same as public.part"})


def test_what_an_extension_made_is_its_own(checked):
    checked.sql(
        "CREATE EXTENSION pgstattuple",
        "CREATE TABLE t (a int); CREATE INDEX ON t (a); CREATE INDEX ON t (a)",
        "ALTER EXTENSION pgstattuple ADD TABLE t",
    )
    assert checked.find(NAME) == []
