"""A foreign key with another ON DELETE action than the contract's."""

NAME = "wrong_on_delete"
SHOP = (
    "CREATE TABLE p (id int PRIMARY KEY)",
    "CREATE TABLE c (id int PRIMARY KEY, p int CONSTRAINT k REFERENCES p ON DELETE CASCADE ON UPDATE RESTRICT)",
    "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1)",
)


def test_another_action_is_found_and_replaced(checked):
    checked.sql(*SHOP).contract(
        "relationships:\n- {child: c.p, parent: p.id, on_delete: SET NULL}\n"
    )
    checked.prove(NAME, {"public.c(p)": "the contract wants SET NULL"})
    assert checked.find("missing_foreign_key") == []


def test_what_the_contract_does_not_name_is_not_judged(checked):
    checked.sql(*SHOP).contract("relationships:\n- {child: c.p, parent: p.id}\n")
    assert checked.find(NAME) == []


def test_the_action_that_was_asked_for_is_right(checked):
    action = {"delete": "CASCADE", "update": "RESTRICT"}["delete"]
    checked.sql(*SHOP).contract(
        f"relationships:\n- {{child: c.p, parent: p.id, on_delete: {action}}}\n"
    )
    assert checked.find(NAME) == []
