"""A b-tree over an array or a document."""

import psycopg

NAME = "index_on_array"


def test_a_b_tree_over_an_array_is_found_and_replaced(checked):
    checked.sql(
        "CREATE DOMAIN page AS jsonb",
        'CREATE TABLE "T t" ("Tags" text[], doc jsonb, words tsvector, page page)',
        'CREATE INDEX "I i" ON "T t" ("Tags") WHERE doc IS NOT NULL',
        'CREATE INDEX docs ON "T t" (doc); CREATE INDEX pages ON "T t" (page)',
        'CREATE INDEX words ON "T t" (words)',
    )
    checked.prove(
        NAME,
        {
            'public."I i"': '"Tags" of public."T t", which is text[]',
            "public.docs": "which is jsonb",
            "public.pages": "which is public.page",
            "public.words": "which is tsvector",
        },
    )
    with psycopg.connect(checked.dsn) as connection:
        made = connection.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'T t'")
        definitions = [row[0] for row in made]
    assert len(definitions) == 4
    assert any(one.endswith('gin ("Tags") WHERE (doc IS NOT NULL)') for one in definitions)


def test_partitions_are_told_of_once_at_the_root(checked):
    checked.sql(
        "CREATE TABLE t (a int, tags text[]) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE INDEX i ON t (tags)",
    )
    checked.prove(NAME, ["public.i"])


def test_gin_expressions_and_unique_ones_are_right(checked):
    checked.sql(
        "CREATE TABLE t (tags text[], doc jsonb, n int[] UNIQUE, a int)",
        "CREATE INDEX ON t USING gin (tags); CREATE INDEX ON t ((doc->>'a'))",
        "CREATE INDEX ON t (a, tags)",
        "ALTER TABLE t ADD EXCLUDE USING btree (tags WITH =)",
    )
    assert checked.find(NAME) == []
