"""Sets of rows as texts that the server reads."""

from __future__ import annotations

from studioops.migrations.quarantine.places import Places, places_of


def found(relation: int, *places: str) -> dict[str, object]:
    listed = ",".join(f'"{one}"' for one in places)
    return {"relation": relation, "places": f"{{{listed}}}", "count": len(places)}


def test_sets_grow_table_by_table() -> None:
    rows = Places()
    rows.add(places_of([found(5, "(0,1)", "(0,2)")]))
    rows.add(places_of([found(5, "(7,1)"), found(6, "(0,1)")]))
    rows.add(Places())
    assert rows.texts == {5: '{"(0,1)","(0,2)","(7,1)"}', 6: '{"(0,1)"}'}
    assert rows.count == 4
    assert rows.touches([1, 6])
    assert not rows.touches([1, 7])


def test_a_query_of_none_and_of_some() -> None:
    assert "WHERE false" in Places().sql.as_string()
    text = places_of([found(5, "(0,1)"), found(6, "(0,2)")]).sql.as_string()
    assert text == (
        "SELECT 5::oid AS relation, unnest('{\"(0,1)\"}'::tid[]) AS place UNION ALL "
        "SELECT 6::oid AS relation, unnest('{\"(0,2)\"}'::tid[]) AS place"
    )
