"""A foreign key that is there twice."""

NAME = "duplicated_foreign_key"


def test_the_second_of_two_is_found_and_dropped(checked):
    checked.sql(
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b))",
        'CREATE TABLE "C c" (a int, b int, CONSTRAINT one FOREIGN KEY (a, b) REFERENCES p)',
        'ALTER TABLE "C c" ADD CONSTRAINT "Two" FOREIGN KEY (b, a) REFERENCES p (b, a)',
    )
    checked.prove(NAME, {'public."C c"': '"Two" is the same as one'})


def test_the_valid_one_is_kept(checked):
    checked.sql(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int)",
        "ALTER TABLE c ADD CONSTRAINT old FOREIGN KEY (p) REFERENCES p NOT VALID",
        "ALTER TABLE c ADD CONSTRAINT valid FOREIGN KEY (p) REFERENCES p",
    )
    checked.prove(NAME, {"public.c": "old is the same as valid"})


def test_other_actions_or_other_parents_are_no_duplicates(checked):
    checked.sql(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE q (id int PRIMARY KEY)",
        "CREATE TABLE c (p int REFERENCES p REFERENCES q)",
        "ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p ON DELETE CASCADE",
    )
    assert checked.find(NAME) == []


def test_keys_of_partitions_are_told_of_once_at_the_root(checked):
    checked.sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (p int REFERENCES p) PARTITION BY LIST (p)",
        "CREATE TABLE c1 PARTITION OF c FOR VALUES IN (1)",
        "ALTER TABLE c ADD CONSTRAINT again FOREIGN KEY (p) REFERENCES p",
    )
    checked.prove(NAME, {"public.c": "again is the same as c_p_fkey"})
