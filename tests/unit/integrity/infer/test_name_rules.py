"""What a column's name is taken to speak of, and what it is not."""

from __future__ import annotations

import pytest

from studioops.integrity.infer.names import STRENGTHS, NamedKey, NameIndex, Rule

KEYS = """
    customers.id customer_details.customer_id categories.id employees.employee_id people.id
    chat_sessions.id user_sessions.session_id books.isbn order_lines.id statuses.id gr.id vals.id
    plan.id Users.Id tbl_orders.id regions.code rate_cards.role countries.code addresses.uuid
"""


@pytest.fixture(scope="module")
def tables() -> dict[str, int]:
    return {text.split(".")[0]: number for number, text in enumerate(KEYS.split())}


@pytest.fixture(scope="module")
def index(tables) -> NameIndex:
    made = NameIndex()
    for text in KEYS.split():
        table, column = text.split(".")
        made.add(NamedKey(tables[table], table, column))
    return made


@pytest.fixture
def found(index, tables):
    def find(place: str) -> dict[str, str]:
        table, column = place.split(".")
        matches = index.find(tables.get(table, -1), column)
        return {f"{key.table}.{key.column}": str(rule) for key, rule in matches.items()}

    return find


@pytest.mark.parametrize(
    ("place", "parent", "rule"),
    [
        ("orders.customer_id", "customers.id", "named"),
        ("orders.customerId", "customers.id", "named"),
        ("Orders.CustomerID", "customers.id", "named"),
        ("orders.customers_id", "customers.id", "named"),
        ("orders.id_customer", "customers.id", "named"),
        ("orders.customer_uuid", "customers.id", "named"),
        ("orders.customer_fk", "customers.id", "named"),
        ("orders.billing_customer_id", "customers.id", "prefixed"),
        ("orders.ship_to_customer_id", "customers.id", "prefixed"),
        ("orders.customerid", "customers.id", "glued"),
        ("orders.customer", "customers.id", "bare"),
        ("items.category_id", "categories.id", "named"),
        ("items.person_id", "people.id", "named"),
        ("items.address_uuid", "addresses.uuid", "named"),
        ("payslips.employee_id", "employees.employee_id", "named"),
        ("payslips.approving_employee_id", "employees.employee_id", "prefixed"),
        ("chat_messages.session_id", "chat_sessions.id", "short"),
        ("chat_messages.session_id", "user_sessions.session_id", "short"),
        ("chat_messages.chat_session_id", "chat_sessions.id", "named"),
        ("invoices.order_id", "tbl_orders.id", "short"),
        ("posts.user_id", "Users.Id", "named"),
        ("loans.isbn", "books.isbn", "same_name"),
        ("wages.role", "rate_cards.role", "same_name"),
        ("taxes.region_code", "regions.code", "named"),
        ("categories.parent_id", "categories.id", "own"),
        ("categories.root_id", "categories.id", "own"),
        ("categories.parent_category_id", "categories.id", "prefixed"),
        ("employees.parent_employee_id", "employees.employee_id", "prefixed"),
        ("orders.status_id", "statuses.id", "named"),
        ("customer_details.customer_id", "customers.id", "named"),
    ],
)
def test_a_name_speaks_of_a_key(found, place, parent, rule):
    assert found(place)[parent] == rule


@pytest.mark.parametrize(
    "place",
    [
        "orders.id",
        "orders.uuid",
        "orders.grid",  # gr + id: too short a table to be glued
        "orders.valid",  # vals + id is what it would be …
        "orders.paid",
        "orders.android",
        "orders.colour_id",  # no such table
        "orders.name",
        "orders.code",  # countries and regions both have one, and so has everybody
        "orders.external_id",
        "orders.stripe_id",
        "orders.customer_name",
        "orders.customer_count",
        "orders.plan_status",
        "orders.explanation",
        "orders.parent_id",  # its own table has no key here
        "customers.customer",
        "customers.id",
        "orders.!?",
    ],
)
def test_false_friends(found, place):
    # … which only the data can tell from a reference.
    wanted = {"vals.id": "glued"} if place.endswith(".valid") else {}
    assert found(place) == wanted


def test_a_table_that_speaks_of_itself_needs_another_word(found):
    # A customer's number is no other customer.
    assert "customers.id" not in found("customers.customer_id")
    assert found("customers.referring_customer_id")["customers.id"] == "prefixed"


def test_the_strongest_rule_counts_and_every_rule_has_a_weight(found):
    assert found("orders.customer_detail_customer_id")["customers.id"] == "prefixed"
    assert set(STRENGTHS) == set(Rule)
    assert all(0 < weight <= 1 for weight in STRENGTHS.values())


def test_what_a_crowd_goes_by_tells_nothing_beyond_ones_own_schema():
    crowd = NameIndex()
    for number in range(9):
        for table, column in (("customers", "id"), (f"log{number}_entries", "id")):
            owner = number * 2 + (table != "customers")
            crowd.add(NamedKey(owner, table, column, schema=f"tenant{number}"))
    (one,) = crowd.find(99, "customer_id", "tenant3")
    assert (one.schema, one.table) == ("tenant3", "customers")
    assert crowd.find(99, "customer_id", "elsewhere") == {}
    assert [key.schema for key in crowd.find(99, "entry_id", "tenant3")] == ["tenant3"]
