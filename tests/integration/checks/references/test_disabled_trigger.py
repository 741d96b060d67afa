"""A foreign key whose own triggers are disabled."""

import psycopg

NAME = "disabled_trigger"
SHOP = (
    "CREATE TABLE p (id int PRIMARY KEY)",
    'CREATE TABLE "C c" (id int PRIMARY KEY, p int CONSTRAINT "k\'s" REFERENCES p)',
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    'CREATE TRIGGER own BEFORE INSERT ON "C c" FOR EACH ROW EXECUTE FUNCTION f()',
)


def test_triggers_disabled_on_the_child_are_found_and_enabled(checked):
    checked.sql(*SHOP, 'ALTER TABLE "C c" DISABLE TRIGGER ALL')
    checked.prove(NAME, {'public."C c"': "triggers of k's are disabled"})
    with psycopg.connect(checked.dsn) as connection:
        statement = "SELECT tgenabled FROM pg_trigger WHERE tgname = 'own'"
        # Somebody disabled this one: nobody knows whether on purpose.
        assert connection.execute(statement).fetchone() == ("D",)


def test_triggers_disabled_on_the_parent_are_found_and_enabled(checked):
    checked.sql(*SHOP, "ALTER TABLE p DISABLE TRIGGER ALL")
    checked.prove(NAME, ["public.p"])


def test_a_users_own_trigger_is_nobodys_constraint(checked):
    checked.sql(*SHOP, 'ALTER TABLE "C c" DISABLE TRIGGER own')
    assert checked.find(NAME) == []
