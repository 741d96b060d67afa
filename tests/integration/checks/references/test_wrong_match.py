"""A foreign key that matches otherwise than the contract asks."""

NAME = "wrong_match"


def test_another_match_is_found_and_replaced(checked):
    checked.sql(
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b))",
        "CREATE TABLE c (a int, b int, CONSTRAINT k FOREIGN KEY (a, b) REFERENCES p)",
    ).contract("relationships:\n- {child: 'c(a, b)', parent: 'p(a, b)', match: full}\n")
    checked.prove(NAME, {"public.c(a, b)": "k is MATCH SIMPLE, the contract wants FULL"})


def test_without_a_wish_any_match_is_right(checked):
    checked.sql(
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b))",
        "CREATE TABLE c (a int, b int, FOREIGN KEY (a, b) REFERENCES p)",
    ).contract("relationships:\n- {child: 'c(a, b)', parent: 'p(a, b)'}\n")
    assert checked.find(NAME) == []
