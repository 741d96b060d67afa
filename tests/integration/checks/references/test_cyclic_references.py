"""Tables that refer to each other in a circle."""

NAME = "cyclic_references"
CIRCLE = (
    "CREATE TABLE a (id int PRIMARY KEY, b int)",
    'CREATE TABLE "B b" (id int PRIMARY KEY, c int)',
    "CREATE TABLE c (id int PRIMARY KEY, a int REFERENCES a)",
    'ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES "B b"',
    'ALTER TABLE "B b" ADD FOREIGN KEY (c) REFERENCES c',
)


def test_a_circle_is_told_of_once_and_opened(checked):
    checked.sql(*CIRCLE, "CREATE TABLE leaf (a int REFERENCES a)")
    checked.prove(NAME, ['public."B b", public.a, public.c'])


def test_two_circles_are_two(checked):
    checked.sql(
        *CIRCLE,
        "CREATE TABLE x (id int PRIMARY KEY, y int); CREATE TABLE y (id int PRIMARY KEY, x int REFERENCES x)",
        "ALTER TABLE x ADD FOREIGN KEY (y) REFERENCES y",
    )
    checked.prove(NAME, ['public."B b", public.a, public.c', "public.x, public.y"])


def test_trees_diamonds_and_self_references_are_no_circle(checked):
    checked.sql(
        "CREATE TABLE a (id int PRIMARY KEY, up int REFERENCES a)",
        "CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a)",
        "CREATE TABLE c (id int PRIMARY KEY, a int REFERENCES a, b int REFERENCES b)",
        "CREATE TABLE d (id int PRIMARY KEY, c int REFERENCES c, b int REFERENCES b)",
    )
    assert checked.find(NAME) == []


def test_a_deferrable_key_opens_a_circle(checked):
    checked.sql(
        *CIRCLE[:3], 'ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES "B b" DEFERRABLE', CIRCLE[4]
    )
    assert checked.find(NAME) == []
