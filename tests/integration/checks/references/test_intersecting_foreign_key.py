"""A foreign key that repeats a part of a wider one."""

NAME = "intersecting_foreign_key"
PARENT = "CREATE TABLE p (a int PRIMARY KEY, b int, UNIQUE (a, b))"
WIDE = "CONSTRAINT wide FOREIGN KEY (a, b) REFERENCES p (a, b)"


def test_a_key_that_is_a_part_of_another_is_found_and_dropped(checked):
    checked.sql(
        PARENT,
        f"CREATE TABLE c (a int NOT NULL CONSTRAINT narrow REFERENCES p, b int NOT NULL, {WIDE})",
    )
    checked.prove(NAME, {"public.c": "narrow (a) is a part of wide (a, b)"})


def test_a_wide_key_that_a_null_switches_off_replaces_nothing(checked):
    checked.sql(PARENT, f"CREATE TABLE c (a int NOT NULL REFERENCES p, b int, {WIDE})")
    assert checked.find(NAME) == []


def test_another_action_is_another_promise(checked):
    checked.sql(
        PARENT,
        f"CREATE TABLE c (a int NOT NULL REFERENCES p ON DELETE CASCADE, b int NOT NULL, {WIDE})",
    )
    assert checked.find(NAME) == []
