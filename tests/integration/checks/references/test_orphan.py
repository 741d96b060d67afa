"""Rows whose reference finds no parent."""

NAME = "orphan"
SHOP = (
    "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1)",
    "CREATE TABLE c (id int PRIMARY KEY, p int)",
    "INSERT INTO c VALUES (1, 1), (2, 7), (3, NULL), (4, 8)",
)


def contract(orphans: str) -> str:
    return f"relationships:\n- {{child: c.p, parent: p.id, orphans: {orphans}}}\n"


def rows(checked, table: str) -> list[tuple]:
    import psycopg

    with psycopg.connect(checked.dsn) as connection:
        return connection.execute(f"SELECT id, p FROM {table} ORDER BY id").fetchall()


def test_quarantine_moves_the_rows_whole(checked):
    checked.sql(*SHOP).contract(contract("quarantine"))
    checked.prove(NAME, {"public.c(p)": "2 of 4 rows have no parent"})
    assert rows(checked, "c") == [(1, 1), (3, None)]
    assert rows(checked, "c_p_orphans") == [(2, 7), (4, 8)]


def test_nullify_keeps_the_old_values(checked):
    checked.sql(*SHOP).contract(contract("nullify"))
    checked.prove(NAME, ["public.c(p)"])
    assert rows(checked, "c") == [(1, 1), (2, None), (3, None), (4, None)]
    assert rows(checked, "c_p_cleared") == [(2, 7), (4, 8)]


def test_what_is_left_to_people_is_listed(checked):
    def add_parents(findings):
        listing = findings[0].repair.splitlines()[-1]
        checked.sql("INSERT INTO p SELECT p FROM (" + listing.rstrip(";") + ") AS listed")

    checked.sql(*SHOP).contract(contract("report"))
    checked.prove(NAME, ["public.c(p)"], mend=add_parents)
    assert len(rows(checked, "c")) == 4


def test_rows_that_others_refer_to_are_never_deleted_by_the_way(checked):
    checked.sql(
        *SHOP, "CREATE TABLE d (c int REFERENCES c ON DELETE CASCADE); INSERT INTO d VALUES (2)"
    )
    checked.contract(contract("quarantine"))
    (finding,) = checked.find(NAME)
    assert "rows of public.d refer to these" in finding.repair
    assert "DELETE" not in finding.repair
    checked.repair([finding])
    assert len(rows(checked, "c")) == 4


def test_a_key_that_is_not_valid_and_in_no_contract_is_looked_at_too(checked):
    checked.sql(*SHOP, "ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p NOT VALID")
    assert [one.object for one in checked.find(NAME)] == ["public.c(p)"]
