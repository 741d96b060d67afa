"""Values that can't be what a reference must be."""

NAME = "malformed_value"
WHOLE = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"


def test_texts_that_are_no_uuid_are_found_and_moved(checked):
    checked.sql(
        f"CREATE TABLE p (id uuid PRIMARY KEY); INSERT INTO p VALUES ('{WHOLE}')",
        "CREATE TABLE c (id int PRIMARY KEY, p text)",
        f"INSERT INTO c VALUES (1, '{WHOLE}'), (2, 'none'), (3, ''), (4, upper('{WHOLE}'))",
    ).contract("relationships:\n- {child: c.p, parent: p.id, type: uuid}\n")
    checked.prove(NAME, {"public.c(p)": "2 of these values can't be uuid at all"})


def test_a_whole_value_without_a_parent_is_an_orphan_and_not_malformed(checked):
    checked.sql(
        "CREATE TABLE p (id uuid PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p text)",
        f"INSERT INTO c VALUES (1, '{WHOLE}')",
    ).contract("relationships:\n- {child: c.p, parent: p.id, type: uuid}\n")
    assert checked.find(NAME) == []
    assert len(checked.find("orphan")) == 1
