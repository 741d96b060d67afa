"""A relationship of the contract that no foreign key backs."""

NAME = "missing_foreign_key"
SHOP = (
    "CREATE TABLE p (id int PRIMARY KEY, region int, UNIQUE (id, region))",
    'CREATE TABLE "C c" (id int PRIMARY KEY, p int, region int)',
)
CONTRACT = """relationships:
- {child: '"C c".p', parent: p.id, on_delete: SET NULL, on_update: CASCADE}
- {child: '"C c"(p, region)', parent: 'p(id, region)', match: full}
"""


def test_each_relationship_without_a_key_is_found_and_gets_one(checked):
    checked.sql(*SHOP).contract(CONTRACT)
    checked.prove(NAME, {'public."C c"(p)': "public.p(id)", 'public."C c"(p, region)': "public.p"})
    assert checked.report("wrong_on_delete", "wrong_on_update", "wrong_match").findings == ()


def test_a_key_of_any_name_will_do(checked):
    checked.sql(*SHOP, 'ALTER TABLE "C c" ADD CONSTRAINT zz FOREIGN KEY (p) REFERENCES p')
    checked.contract(CONTRACT.splitlines()[0] + "\n" + CONTRACT.splitlines()[1])
    assert checked.find(NAME) == []


def test_a_view_takes_no_key_and_needs_none(checked):
    checked.sql(*SHOP, 'CREATE VIEW v AS SELECT p FROM "C c"')
    checked.contract("relationships:\n- {child: v.p, parent: p.id}\n")
    assert checked.find(NAME) == []
