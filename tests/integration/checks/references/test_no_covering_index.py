"""A reference that no index leads with."""

NAME = "no_covering_index"


def test_a_reference_without_an_index_is_found_and_gets_one(checked):
    checked.sql(
        "CREATE TABLE p (id int PRIMARY KEY, b int, UNIQUE (id, b))",
        'CREATE TABLE c (id int PRIMARY KEY, "P p" int REFERENCES p, b int)',
        'ALTER TABLE c ADD FOREIGN KEY ("P p", b) REFERENCES p (id, b)',
    )
    checked.prove(NAME, ['public.c("P p")', 'public.c("P p", b)'])


def test_a_longer_index_in_another_order_serves(checked):
    checked.sql(
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b))",
        "CREATE TABLE c (a int, b int, n int, FOREIGN KEY (a, b) REFERENCES p)",
        "CREATE INDEX ON c (b, a, n)",
    )
    assert checked.find(NAME) == []


def test_a_partial_or_an_expressions_index_does_not_serve(checked):
    checked.sql(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p)",
        "CREATE INDEX ON c (p) WHERE p > 5; CREATE INDEX ON c ((p + 1))",
    )
    assert [one.object for one in checked.find(NAME)] == ["public.c(p)"]
