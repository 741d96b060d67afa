import pytest
from hypothesis import given
from hypothesis import strategies as st

from studioops.integrity.contract.names import ColumnSet, parse_columns


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orders.customer_id", ColumnSet("public", "orders", ("customer_id",))),
        ("Shop.Orders.Customer_ID", ColumnSet("shop", "orders", ("customer_id",))),
        (
            '"Shop"."Or.ders"."Customer ""x"" ID"',
            ColumnSet("Shop", "Or.ders", ('Customer "x" ID',)),
        ),
        ("orders(a, B)", ColumnSet("public", "orders", ("a", "b"))),
        (' shop . orders ( "A" ,b ) ', ColumnSet("shop", "orders", ("A", "b"))),
        ("orders(a)", ColumnSet("public", "orders", ("a",))),
        ("größe.maß", ColumnSet("public", "größe", ("maß",))),
        ("t$1.a$b", ColumnSet("public", "t$1", ("a$b",))),
    ],
)
def test_names_are_read_as_sql_reads_them(text, expected):
    assert parse_columns(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "orders",
        "a.b.c.d",
        "a.b.c(d)",
        "orders()",
        "orders(a,)",
        "orders(a b)",
        "1a.b",
        '"".b',
        "a.b; DROP TABLE c",
        "a.b)",
        'a."b',
        "a..b",
        "orders(a)(b)",
        "a.b -- c",
    ],
)
def test_what_is_no_name_is_refused_with_the_right_form(text):
    with pytest.raises(ValueError, match=r"is no \[schema\.\]table\.column"):
        parse_columns(text)


IDENTIFIERS = st.text(
    st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=12
)


@given(IDENTIFIERS, IDENTIFIERS, st.lists(IDENTIFIERS, min_size=1, max_size=3))
def test_what_is_shown_reads_back_as_the_same(schema, table, columns):
    names = ColumnSet(schema, table, tuple(columns))
    assert parse_columns(str(names)) == names
