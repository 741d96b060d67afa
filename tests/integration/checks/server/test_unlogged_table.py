"""A table that a crash empties."""

import pytest

NAME = "unlogged_table"


def test_unlogged_tables_are_found_and_logged_in_an_order_that_works(checked):
    checked.sql(
        'CREATE UNLOGGED TABLE "P p" (id serial PRIMARY KEY, up int REFERENCES "P p")',
        'CREATE UNLOGGED TABLE a (id int PRIMARY KEY, p int REFERENCES "P p")',
        'CREATE UNLOGGED TABLE "B b" (a int REFERENCES a, p int REFERENCES "P p")',
    )
    found = checked.prove(
        NAME, dict.fromkeys(['public."P p"', "public.a", 'public."B b"'], "a crash empties it")
    )
    assert [one.object for one in found] == ['public."P p"', "public.a", 'public."B b"']


def test_partitions_are_told_of_once_at_the_root(checked):
    checked.sql(
        "CREATE TABLE r (a int) PARTITION BY RANGE (a)",
        "CREATE UNLOGGED TABLE r1 PARTITION OF r FOR VALUES FROM (0) TO (9)",
        "CREATE UNLOGGED TABLE r2 PARTITION OF r FOR VALUES FROM (9) TO (19)",
        "CREATE TABLE r3 PARTITION OF r DEFAULT",
    )
    checked.prove(NAME, {"public.r": "2 of its partitions"})


@pytest.mark.postgres(15)
def test_a_sequence_that_no_table_owns_is_told_of_by_itself(checked):
    checked.sql(
        'CREATE UNLOGGED SEQUENCE "S s"',
        "CREATE UNLOGGED TABLE t (id int GENERATED ALWAYS AS IDENTITY)",
    )
    checked.prove(NAME, {'public."S s"': "back to its start", "public.t": "a crash empties it"})


def test_tables_that_refer_to_each_other_are_told_how_to_begin(checked):
    def begin(findings) -> None:
        assert all("drop one of the keys first" in one.repair for one in findings)
        checked.sql("ALTER TABLE a DROP CONSTRAINT back")
        checked.repair(checked.find(NAME))

    checked.sql(
        "CREATE UNLOGGED TABLE a (id int PRIMARY KEY, b int)",
        "CREATE UNLOGGED TABLE b (id int PRIMARY KEY, a int REFERENCES a)",
        "ALTER TABLE a ADD CONSTRAINT back FOREIGN KEY (b) REFERENCES b",
    )
    checked.prove(NAME, ["public.a", "public.b"], mend=begin)


def test_logged_and_temporary_tables_are_well(checked, sessions):
    (other,) = sessions()
    other.execute("CREATE TEMP TABLE scratch (a int)")
    checked.sql(
        "CREATE TABLE t (id serial)",
        "CREATE EXTENSION pgstattuple",
        "CREATE UNLOGGED TABLE its (a int); ALTER EXTENSION pgstattuple ADD TABLE its",
    )
    assert checked.find(NAME) == []
