"""A foreign key that is declared and not enforced."""

import pytest

NAME = "not_enforced"


@pytest.mark.postgres(18)
def test_a_key_that_checks_nothing_is_found_and_replaced(checked):
    checked.sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (p int, CONSTRAINT k FOREIGN KEY (p) REFERENCES p NOT ENFORCED)",
    )
    checked.prove(NAME, {"public.c(p)": "k is NOT ENFORCED"})


def test_a_usual_key_is_enforced(checked):
    checked.sql("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p)")
    assert checked.find(NAME) == []
