"""Words of names, and their singulars."""

from __future__ import annotations

import pytest

from studioops.integrity.infer.words import glued, stem, stems, words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("customer_id", ("customer", "id")),
        ("customerId", ("customer", "id")),
        ("CustomerID", ("customer", "id")),
        ("CUSTOMER_ID", ("customer", "id")),
        ("HTTPServerId", ("http", "server", "id")),
        ("Order Line (old)", ("order", "line", "old")),
        ("address2_id", ("address2", "id")),
        ("größe_id", ("größe", "id")),
        ("größeId", ("größe", "id")),
        ("__x__", ("x",)),
        ("!?", ()),
        ("客户", ("客户",)),
    ],
)
def test_words(name, expected):
    assert words(name) == expected


@pytest.mark.parametrize(
    "numbers",
    [
        "customer customers",
        "category categories",
        "status statuses",
        "address addresses",
        "house houses",
        "purchase purchases",
        "cache caches",
        "box boxes",
        "key keys",
        "tree trees",
        "movie movies",
        "employee employees",
        "person people",
        "child children",
        "index indices indexes",
        "id ids",
    ],
)
def test_a_singular_and_its_plural_meet(numbers):
    assert len({stem(word) for word in numbers.split()}) == 1


@pytest.mark.parametrize(
    "others",
    ["user use", "order border", "plan plane_x", "item time", "vendor vendored", "new now"],
)
def test_other_words_do_not(others):
    one, other = others.split()
    assert stems(one) != stems(other)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("customers", {"customersid", "customerid"}),
        ("categories", {"categoriesid", "categorieid", "categoriid", "categoryid"}),
        ("OrderLines", {"orderlinesid", "orderlineid"}),
        ("gr", set()),
    ],
)
def test_glued(table, expected):
    assert expected <= glued(table, "id")
    assert bool(glued(table, "id")) == bool(expected)
