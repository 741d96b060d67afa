"""Tables that refer to each other in a circle."""

from hypothesis import given
from hypothesis import strategies as st

from studioops.checks.references.cyclic_references import circles

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


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_any_graph_has_the_circles_that_reaching_each_other_makes(pairs):
    edges = {(a, b) for a, b in pairs if a != b}
    reached = set(edges)
    for _ in range(8):
        reached |= {(a, d) for a, b in reached for c, d in edges if b == c}
    wanted = {
        tuple(sorted(str(b) for b in range(8) if {(a, b), (b, a)} <= reached))
        for a in range(8)
        if (a, a) in reached
    }
    rows = [{"child": str(a), "parent": str(b), "name": "k"} for a, b in edges]
    found = list(circles(rows))
    assert {tuple(one["tables"]) for one in found} == wanted
    assert len(found) == len(wanted)
    for one in found:
        assert {one["child"], one["parent"]} <= set(one["tables"])


def test_a_long_chain_of_tables_is_walked_without_recursion():
    chain = [{"child": f"t{n}", "parent": f"t{n + 1}", "name": "k"} for n in range(5000)]
    assert list(circles(chain)) == []
    (whole,) = circles([*chain, {"child": "t5000", "parent": "t0", "name": "last"}])
    assert len(whole["tables"]) == 5001


def test_a_large_circle_is_told_of_in_few_words(checked):
    tables = [f"CREATE TABLE t{n} (id int PRIMARY KEY, up int)" for n in range(8)]
    keys = [f"ALTER TABLE t{n} ADD FOREIGN KEY (up) REFERENCES t{(n + 1) % 8}" for n in range(8)]
    checked.sql(*tables, *keys)
    checked.prove(NAME, ["public.t0, public.t1, public.t2, public.t3, public.t4 and 3 more"])
