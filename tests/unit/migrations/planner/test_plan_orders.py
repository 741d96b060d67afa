"""Orders that a plan keeps: of tables, and of an index's columns."""

from __future__ import annotations

from itertools import permutations
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from studioops.migrations.planner.cleaning import parents_first
from studioops.migrations.planner.indexes import leading

NAMES = st.sampled_from("abcdef")
PAIRS = st.sets(st.tuples(NAMES, NAMES), max_size=12)


def ordered(pairs) -> str:
    """The names of tables, of which the first of each pair refers to the second."""

    def end(name: str) -> Any:
        return SimpleNamespace(relation=SimpleNamespace(schema="s", name=name))

    entries = [SimpleNamespace(child_end=end(one), parent_end=end(other)) for one, other in pairs]
    return "".join(one.name for one in parents_first(cast(Any, entries)))


def reaches(pairs, start: str) -> set[str]:
    found, waiting = set(), [start]
    while waiting:
        one = waiting.pop()
        more = {parent for child, parent in pairs if child == one} - found
        found |= more
        waiting += more
    return found


@given(PAIRS)
def test_parents_come_first_whatever_else_goes_in_circles(pairs):
    found = ordered(pairs)
    assert set(found) == {name for pair in pairs for name in pair}
    assert len(set(found)) == len(found)
    for child, parent in pairs:
        if child not in reaches(pairs, parent):
            assert found.index(parent) < found.index(child)


def test_an_order_of_tables_does_not_hang_on_the_order_of_relationships():
    pairs = [("b", "a"), ("c", "b"), ("a", "c"), ("d", "c")]
    assert {ordered(several) for several in permutations(pairs)} == {"bcad"}
    deep = [(f"t{n + 1:05}", f"t{n:05}") for n in range(5000)]
    assert ordered(reversed(deep)) == "".join(f"t{n:05}" for n in range(5001))


def test_an_index_begins_with_what_the_narrower_reference_needs():
    assert leading([("a",), ("b", "a"), ("c", "b", "a")]) == [("a", "b", "c")]
    assert leading([("a",), ("b",), ("b", "a")]) == [("a", "b"), ("b",)]
    assert leading([("a", "b"), ("b", "a")]) == [("a", "b")]
    assert leading([]) == []


@given(
    st.sets(
        st.permutations("abcd").flatmap(lambda p: st.integers(1, 4).map(lambda n: tuple(p[:n])))
    )
)
def test_every_reference_has_an_index_that_begins_with_its_columns(references):
    found = leading(sorted(references))
    for one in references:
        assert any(set(index[: len(one)]) == set(one) for index in found)
    assert len(set(found)) == len(found)
