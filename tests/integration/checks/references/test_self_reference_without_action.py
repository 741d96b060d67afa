"""A table that refers to itself and says nothing of deletions."""

NAME = "self_reference_without_action"


def test_a_tree_without_an_action_is_found_and_gets_one(checked):
    checked.sql(
        'CREATE TABLE "T t" (id int PRIMARY KEY, "Up" int CONSTRAINT "My up" REFERENCES "T t" ON UPDATE CASCADE)',
        'INSERT INTO "T t" VALUES (1, NULL), (2, 1)',
    )
    checked.prove(NAME, {'public."T t"': '("Up") refers to its own table with NO ACTION'})
    checked.sql('DELETE FROM "T t" WHERE id = 1')


def test_restrict_is_found_too(checked):
    checked.sql("CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t ON DELETE RESTRICT)")
    checked.prove(NAME, {"public.t": "with RESTRICT"})


def test_names_that_look_like_clauses_are_not_taken_for_them(checked):
    checked.sql(
        'CREATE TABLE "t NOT VALID" (id int PRIMARY KEY, " ON DELETE RESTRICT" int)',
        'ALTER TABLE "t NOT VALID" ADD FOREIGN KEY (" ON DELETE RESTRICT") REFERENCES "t NOT VALID"'
        " NOT VALID",
    )
    checked.prove(NAME, ['public."t NOT VALID"'])


def test_what_has_an_action_or_can_have_none_is_left_alone(checked):
    checked.sql(
        "CREATE TABLE a (id int PRIMARY KEY, up int REFERENCES a ON DELETE CASCADE)",
        "CREATE TABLE b (id int PRIMARY KEY, up int NOT NULL REFERENCES b)",
        "CREATE TABLE c (id int PRIMARY KEY, up int REFERENCES c DEFERRABLE)",
        "CREATE TABLE d (id int PRIMARY KEY, up int REFERENCES c)",
    )
    assert checked.find(NAME) == []
