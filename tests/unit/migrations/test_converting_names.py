"""Names and definitions that a conversion reads and writes."""

from __future__ import annotations

import pytest

from studioops.migrations.operations import TableName
from studioops.migrations.operations.converting.carrying import built_on
from studioops.migrations.operations.converting.hanging import uses
from studioops.migrations.operations.converting.model import Carried, Converted, Leading, beside
from studioops.migrations.operations.converting.spellings import above

STALL = TableName("public", "stall")


@pytest.mark.parametrize(
    ("expression", "column", "used"),
    [
        ("(id IS NOT NULL)", "id", False),
        ('(("order" IS NULL) OR (n > 0))', "order", False),
        ("(id > 0)", "id", True),
        ("((shop_id > 0) AND (id IS NULL))", "id", False),
        ("(lower(\"Id\") = 'a'::text)", "Id", True),
        ("(note = 'id'::text)", "id", False),
        ("(note = 'it''s id'::text)", "id", False),
        ("(stall.* IS NOT NULL)", "id", True),
    ],
)
def test_whether_an_expression_uses_a_column(expression: str, column: str, used: bool) -> None:
    assert uses(expression, column) is used


@pytest.mark.parametrize(
    ("tail", "built"),
    [
        ("btree (id, shop_id)", 'btree ("id__new", shop_id)'),
        ("btree (id DESC) INCLUDE (id2)", 'btree ("id__new" DESC) INCLUDE (id2)'),
        ("btree (id(note), id)", 'btree (id(note), "id__new")'),
        (
            "hash (id) WHERE ((id IS NOT NULL) AND (note <> 'id'::text))",
            """hash ("id__new") WHERE (("id__new" IS NOT NULL) AND (note <> 'id'::text))""",
        ),
        ("btree ((n)::id, id)", 'btree ((n)::id, "id__new")'),
    ],
)
def test_an_index_is_built_on_the_other_column(tail: str, built: str) -> None:
    definition = f'CREATE UNIQUE INDEX "a ON b USING c" ON public.stall USING {tail}'
    one = Carried(TableName("public", "a ON b USING c"), STALL, definition)
    assert built_on(one, {"id": "id__new"}).as_string(None) == (
        'CREATE UNIQUE INDEX CONCURRENTLY "a ON b USING c__converted" ON "public"."stall" '
        f"USING {built}"
    )


def test_a_name_beside_is_free_and_not_cut_short() -> None:
    assert beside("id", "__new", ["id", "id__new"]) == "id__new2"
    long = beside("\u00e9" * 31, "__new")
    assert long == "\u00e9" * 29 + "__new"
    assert len(long.encode()) <= 63


def test_what_goes_into_statements_as_it_stands_is_looked_at() -> None:
    with pytest.raises(ValueError, match="is no type"):
        Converted(STALL, "id", "uuid; DROP TABLE stall", "text")
    with pytest.raises(ValueError, match="makes no constraint"):
        Carried(STALL, STALL, "", "CHECK (true)")


def test_what_a_column_refers_to_is_followed_to_its_end_and_round() -> None:
    leading = (Leading(0, 1), Leading(1, 2), Leading(2, 0), Leading(3, 3))
    assert above(0, leading) == [1, 2]
    assert above(3, leading) == []
