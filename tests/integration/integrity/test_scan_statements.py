"""The statements by their plans: what is quick on ten rows and takes hours on ten million."""

from __future__ import annotations

from psycopg.sql import SQL

from studioops.integrity import load_contract, plan_scan
from studioops.integrity.scan.question import ask
from studioops.postgres import fetch, open_database


def test_the_sample_is_not_planned_as_if_its_first_rows_were_near(planted, tmp_path):
    """A LIMIT lets the planner try parent by parent, which takes hours where orphans are rare."""
    planted.sql(
        "CREATE TABLE p (id varchar PRIMARY KEY); CREATE TABLE c (id varchar PRIMARY KEY, p varchar)",
        "INSERT INTO p SELECT md5(n::text)::uuid FROM generate_series(1, 20000) AS n",
        "INSERT INTO c SELECT n, md5((n % 20000 + 1)::text)::uuid FROM generate_series(1, 90000) AS n",
        "ANALYZE",
    )
    path = tmp_path / "contract.yaml"
    path.write_text("relationships:\n- {child: c.p, parent: p.id, type: uuid}\n", encoding="utf-8")
    with open_database(planted.dsn) as database:
        (planned,) = plan_scan(database, load_contract(path))
        with database.transaction() as connection:
            (version,) = fetch(connection, "SELECT current_setting('server_version_num')::int AS n")
            statement = SQL("EXPLAIN {}").format(ask(planned, version["n"]).sample)
            plan = "\n".join(row["QUERY PLAN"] for row in fetch(connection, statement))
    assert "Nested Loop" not in plan, plan
