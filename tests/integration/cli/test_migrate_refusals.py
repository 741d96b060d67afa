"""What `studioops migrate` refuses, and how it says so: one line, one document, no traceback."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.integration.migrations.histories import add, history_in

CONTRACT = """
target: shop
relationships:
  - {child: stall.shop_id, parent: shop.id, on_delete: CASCADE}
"""
TABLES = (
    "CREATE TABLE shop (id bigint PRIMARY KEY)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id bigint)",
    "INSERT INTO shop VALUES (1)",
    "INSERT INTO stall SELECT n, n FROM generate_series(1, 25) AS n",
)
GO = ("--waive", "a test", "--yes")


@pytest.fixture
def shop(studioops, sql, tmp_path):
    """The command, pointed at a database with 24 orphans."""

    def run(*words: str, contract: str | None = CONTRACT):
        more = []
        if contract is not None and words[0] in ("plan", "apply"):
            (tmp_path / "shop.yaml").write_text(contract, encoding="utf-8")
            more = ["--contract", "shop.yaml"]
        return studioops("migrate", *words, "--dsn", run.dsn, *more)

    run.dsn, run.path, run.sql = sql(*TABLES), tmp_path, sql
    return run


def asked(dsn: str, query: str) -> list[tuple]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()


def refused(answer, code: int, *said: str) -> None:
    """One document and one line, and both say it."""
    assert answer.code == code, answer.out + answer.err
    error = json.loads(answer.out)["error"]
    for words in said:
        assert words in error["message"] + error["next"]
    assert error["message"] in answer.err


def test_a_type_that_is_no_name_is_a_fault_of_the_contract(shop):
    answer = shop("plan", "--json", contract=CONTRACT.replace("CASCADE", "CASCADE, type: no type"))
    assert answer.code == 2
    assert json.loads(answer.out)["faults"] == [
        {"line": 4, "message": "the database knows no type 'no type'"}
    ]


def test_a_file_of_a_refused_plan_is_no_plan_with_nothing_to_do(shop):
    answer = shop(
        "plan", "--json", contract=CONTRACT.replace("CASCADE", "CASCADE, orphans: report")
    )
    (shop.path / "p.json").write_text(answer.out, encoding="utf-8")
    refused(shop("apply", "--plan", "p.json", "--json", *GO, contract=None), 4, "there is no plan")


def test_what_is_no_plan_in_its_details(shop):
    planned = json.loads(shop("plan", "--json").out)
    for content in (
        json.dumps(planned | {"remarks": [1]}),
        json.dumps(planned).replace('"rows": 24', '"rows": "many"'),
        "[" * 100_000,
    ):
        (shop.path / "p.json").write_text(content, encoding="utf-8")
        refused(shop("apply", "--plan", "p.json", "--json", *GO, contract=None), 2, "p.json")


def test_names_with_brackets_are_printed_as_they_are(shop):
    shop.sql('CREATE TABLE "a[/b]" (id bigint PRIMARY KEY)', 'CREATE TABLE "[red]" (a bigint)')
    wanted = """{relationships: [{child: '"[red]".a', parent: '"a[/b]".id'}]}"""
    answer = shop("plan", contract=wanted)
    assert answer.code == 0, answer.err
    assert 'public."[red]"(a) → public."a[/b]"(id)' in answer.out


@pytest.mark.parametrize("reason", ["", "  ", "to \x1b[31m"])
def test_a_reason_is_one_that_can_be_read(shop, reason):
    refused(shop("apply", "--waive", reason, "--yes", "--json"), 2, "--waive")


def test_a_reason_of_two_lines_is_kept_as_one(shop):
    assert shop("apply", "--waive", "first\nsecond", "--yes").code == 0
    assert "its gates were waived: first second" in shop("status").out


def test_a_journal_that_is_another_one_s(shop):
    shop.sql("CREATE SCHEMA studioops", "CREATE TABLE studioops.migration_steps (n int)")
    for words in (("apply", *GO), ("rollback", "--yes"), ("status",)):
        refused(shop(*words, "--json"), 4, "studioops.migration_steps is not the journal's")
    assert shop("plan").code == 0


def test_a_journal_with_a_part_missing_or_of_another_release(shop):
    assert shop("apply", *GO).code == 0
    shop.sql("""UPDATE studioops.migration_runs SET plan = '{"format": 99}'""")
    for words in (("rollback", "--yes"), ("status",)):
        refused(shop(*words, "--json"), 4, "was not written by this release")
    shop.sql("DROP TABLE studioops.migration_steps")
    refused(shop("status", "--json"), 4, "there is no studioops.migration_steps")


def test_nothing_is_done_while_the_way_back_stands_half_way(shop):
    assert shop("apply", *GO).code == 0
    shop.sql("UPDATE studioops.migration_runs SET state = 'reverting', ended_at = NULL")
    refused(shop("apply", *GO, "--json"), 4, "is not finished (reverting)", "migrate rollback")
    assert shop("rollback", "--yes").code == 0


def test_an_older_migration_that_is_unfinished_is_always_shown(shop):
    assert shop("apply", *GO).code == 0
    shop.sql(
        "UPDATE studioops.migration_runs SET state = 'reverting', ended_at = NULL",
        "INSERT INTO studioops.migration_runs SELECT gen_random_uuid(), plan_hash, plan, "
        "'reverted', owner, run_by, admitted, before FROM studioops.migration_runs",
    )
    assert shop("status", "--limit", "1").code == 5


def test_what_stays_in_quarantine_is_told_with_its_reason(shop):
    assert shop("apply", *GO).code == 0
    shop.sql("INSERT INTO stall SELECT n, 1 FROM generate_series(2, 25) AS n")
    back = shop("rollback", "--yes", "--json")
    told = back.json("migrate-rollback")["findings"]
    assert back.code == 0
    assert len(told) == 21
    assert {one["check"] for one in told} == {"still_held"}
    assert "duplicate key value" in told[0]["message"]
    with psycopg.connect(shop.dsn) as connection:
        assert len(connection.execute(told[0]["repair"]).fetchall()) == 1
    assert "4 more stay in quarantine" in {one["message"] for one in told}


def test_a_table_that_is_gone_does_not_keep_the_way_back_from_its_end(shop):
    assert shop("apply", *GO).code == 0
    shop.sql("DROP TABLE stall")
    back = shop("rollback", "--yes")
    assert back.code == 0, back.err
    assert "table public.stall is gone" in back.out
    assert "stays in quarantine" in back.out


def test_a_role_s_own_settings_do_not_matter(shop):
    name = psycopg.conninfo.conninfo_to_dict(shop.dsn)["dbname"]
    for setting in (
        "datestyle = 'German'",
        "standard_conforming_strings = off",
        "default_transaction_isolation = serializable",
        "idle_in_transaction_session_timeout = '1s'",
    ):
        shop.sql(f"ALTER DATABASE {name} SET {setting}")
    for words in (("apply", *GO), ("status",), ("rollback", "--yes")):
        answer = shop(*words)
        assert answer.code == 0, answer.err


def test_who_may_not_read_the_journal_is_refused(shop, cluster):
    assert shop("apply", *GO).code == 0
    cluster.run("CREATE ROLE stranger LOGIN PASSWORD 'a'")
    try:
        shop.dsn = psycopg.conninfo.make_conninfo(shop.dsn, user="stranger", password="a")
        refused(shop("apply", *GO, "--json"), 4, "may not read the journal", "GRANT USAGE")
        assert shop("status").code == 3
    finally:
        cluster.run("DROP ROLE stranger")


def test_who_may_only_read_is_shown_the_plan_and_what_apply_would_refuse(shop, cluster):
    cluster.run("CREATE ROLE stranger LOGIN PASSWORD 'a'")
    owner = shop.dsn
    shop.sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO stranger")
    try:
        shop.dsn = psycopg.conninfo.make_conninfo(owner, user="stranger", password="a")
        planned = shop("plan", "--json")
        assert planned.code == 0, planned.err
        assert len(planned.json("migrate-plan")["rights"]) == 4
        assert "apply would refuse: this role does not own public.stall" in shop("plan").out
        refused(shop("apply", *GO, "--json"), 4, "stranger can't keep the journal")
    finally:
        with psycopg.connect(owner, autocommit=True) as session:
            session.execute("DROP OWNED BY stranger")
        cluster.run("DROP ROLE stranger")


def test_a_database_in_latin1_keeps_a_journal_and_a_quarantine(studioops, cluster, tmp_path):
    name = "test_latin1_migrated"
    cluster.run(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'", name
    )
    try:
        with psycopg.connect(cluster.dsn(name), autocommit=True) as connection:
            for statement in TABLES:
                connection.execute(statement)
        (tmp_path / "c.yaml").write_text(CONTRACT, encoding="utf-8")
        where = ("--dsn", cluster.dsn(name))
        done = studioops("migrate", "apply", *where, "--contract", "c.yaml", *GO)
        assert done.code == 0, done.err
        back = studioops("migrate", "rollback", *where, "--yes")
        assert back.code == 0, back.err
        assert "still_held" not in back.out
    finally:
        cluster.drop(name)


def test_a_revision_that_is_not_clean_is_refused_until_its_file_says_why(shop):
    ini = history_in(shop.path)
    change = "op.execute('ALTER TABLE public.shop ALTER id TYPE numeric')"
    back = "op.execute('ALTER TABLE public.shop ALTER id TYPE bigint')"
    file = add(ini, "wider", None, change, back)

    linted = shop("lint", "--alembic", str(ini))
    assert linted.code == 4
    assert "changing-column-type" in linted.out
    answer = shop("apply", "--alembic", str(ini), "--json", *GO, contract=None)
    refused(answer, 4, "revision wider, line 3: changing-column-type")
    assert asked(shop.dsn, "SELECT to_regclass('studioops.migration_runs')") == [(None,)]

    reason = 'squawk_ignore = {"changing-column-type": "the table has one row"}'
    file.write_text(file.read_text().replace("def upgrade", f"{reason}\n\n\ndef upgrade"))
    done = shop("apply", "--alembic", str(ini), *GO, contract=None)
    assert done.code == 0, done.err
    assert asked(shop.dsn, "SELECT version_num FROM alembic_version") == [("wider",)]
    # Edited since: neither way is gone on with what nobody has seen.
    file.write_text(file.read_text().replace("bigint", "integer"))
    back = shop("rollback", "--yes", "--json")
    assert back.code == 5
    assert "is not the one" in json.loads(back.out)["error"]["message"]
