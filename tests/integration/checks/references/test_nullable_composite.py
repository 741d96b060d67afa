"""A foreign key of several columns that one NULL switches off."""

import psycopg

NAME = "nullable_composite"


def test_a_key_that_a_null_switches_off_is_found_and_replaced(checked):
    checked.sql(
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); INSERT INTO p VALUES (1, 1)",
        'CREATE TABLE "C c" (a int NOT NULL, "B b" int, CONSTRAINT k FOREIGN KEY (a, "B b") REFERENCES p'
        " ON DELETE CASCADE DEFERRABLE)",
        'INSERT INTO "C c" VALUES (1, 1)',
    )
    checked.prove(NAME, {'public."C c"': 'k (a, "B b") is MATCH SIMPLE and "B b" may be NULL'})
    with psycopg.connect(checked.dsn) as connection:
        statement = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
        ((definition,),) = connection.execute(statement)
    assert "MATCH FULL ON DELETE CASCADE DEFERRABLE" in definition


def test_names_that_look_like_clauses_are_not_taken_for_them(checked):
    checked.sql(
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b))",
        'CREATE TABLE c (a int, "x) ON DELETE CASCADE" int,'
        ' FOREIGN KEY (a, "x) ON DELETE CASCADE") REFERENCES p ON UPDATE CASCADE ON DELETE SET NULL)',
    )
    checked.prove(NAME, ["public.c"])


def test_not_null_match_full_and_single_columns_are_right(checked):
    checked.sql(
        "CREATE TABLE p (a int UNIQUE, b int, PRIMARY KEY (a, b))",
        "CREATE TABLE c (a int NOT NULL, b int NOT NULL, FOREIGN KEY (a, b) REFERENCES p)",
        "CREATE TABLE d (a int, b int, FOREIGN KEY (a, b) REFERENCES p MATCH FULL)",
        "CREATE TABLE e (a int REFERENCES p (a))",
    )
    assert checked.find(NAME) == []
