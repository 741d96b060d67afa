"""A relationship between columns of different types."""

NAME = "unequal_types"


def test_text_beside_uuid_is_found_and_converted(checked):
    checked.sql(
        "CREATE TABLE p (id uuid PRIMARY KEY); INSERT INTO p VALUES (gen_random_uuid())",
        'CREATE TABLE c (id int PRIMARY KEY, "P p" text); INSERT INTO c SELECT 1, id FROM p',
    ).contract("""relationships:\n- {child: 'c."P p"', parent: p.id}\n""")
    checked.prove(NAME, {'public.c("P p")': "is text, id of public.p is uuid"})


def test_a_varchar_with_another_length_and_a_domain_are_no_other_type(checked):
    checked.sql(
        "CREATE DOMAIN code AS varchar(10); CREATE TABLE p (id varchar(5) PRIMARY KEY)",
        "CREATE TABLE c (p code REFERENCES p)",
    )
    assert checked.find(NAME) == []
