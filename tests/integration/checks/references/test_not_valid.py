"""A foreign key that nobody has held against the rows from before it."""

NAME = "not_valid"


def test_a_key_that_was_never_validated_is_found_and_validated(checked):
    checked.sql(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int)",
        'ALTER TABLE c ADD CONSTRAINT "My key" FOREIGN KEY (p) REFERENCES p NOT VALID',
        "CREATE TABLE d (p int REFERENCES p)",
    )
    checked.prove(NAME, {"public.c(p)": "My key is NOT VALID"})


def test_a_valid_key_is_none(checked):
    checked.sql("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p)")
    assert checked.find(NAME) == []
