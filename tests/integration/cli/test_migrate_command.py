"""``studioops migrate`` as an operator types it."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.integration.cli.conftest import BACKUP_KEYS, ROOT

CONTRACT = """
target: shop
relationships:
  - {child: stall.shop_id, parent: shop.id, on_delete: CASCADE}
"""
TABLES = (
    "CREATE TABLE shop (id bigint PRIMARY KEY)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id bigint)",
    "INSERT INTO shop SELECT n FROM generate_series(1, 20) AS n",
    "INSERT INTO stall SELECT n, 1 + n % 25 FROM generate_series(1, 100) AS n",
)
REVISIONS = ROOT / "include" / "revisions" / "studioops" / "alembic.ini"
STUDIOOPS = ROOT / "include" / "contracts" / "studioops.yaml"


@pytest.fixture
def shop(studioops, sql, tmp_path):
    """The command, pointed at a database with 16 orphans and no key."""
    dsn = sql(*TABLES)
    (tmp_path / "shop.yaml").write_text(CONTRACT, encoding="utf-8")

    def run(*words: str, contract: bool = True, **environment: str):
        more = ["--contract", "shop.yaml"] if contract else []
        return studioops("migrate", *words, "--dsn", dsn, *more, **environment)

    run.dsn, run.path = dsn, tmp_path
    return run


def asked(dsn: str, query: str) -> list[tuple]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()


def keys(dsn: str) -> list[tuple]:
    return asked(dsn, "SELECT conname, convalidated FROM pg_constraint WHERE contype = 'f'"
                      " AND connamespace = 'public'::regnamespace")  # fmt: skip


def test_planned_applied_and_taken_back(shop):
    planned = shop("plan")
    assert planned.code == 0, planned.err
    assert "3 operations" in planned.out
    assert "SHARE ROW EXCLUSIVE" in planned.out
    assert shop("plan", "--json").json("migrate-plan")["hash"][:12] in planned.out
    assert keys(shop.dsn) == []

    done = shop("apply", "--waive", "a test", "--yes")
    assert done.code == 0, done.err
    assert keys(shop.dsn) == [("stall_shop_id_fkey", True)]
    assert asked(shop.dsn, "SELECT count(*) FROM stall") == [(80,)]
    assert asked(shop.dsn, "SELECT count(*) FROM studioops.quarantine") == [(20,)]
    again = shop("plan")
    assert "nothing to do" in again.out
    assert shop("apply", "--yes").code == 0

    status = shop("status", contract=False)
    assert status.code == 0
    assert "its gates were waived: a test" in status.out
    assert shop("status", "--json", contract=False).json("migrate-status")["runs"][0]["state"] == (
        "applied"
    )

    back = shop("rollback", "--yes", contract=False)
    assert back.code == 0, back.err
    assert keys(shop.dsn) == []
    assert asked(shop.dsn, "SELECT count(*) FROM stall") == [(100,)]
    nothing = shop("rollback", "--yes", contract=False)
    assert nothing.code == 0
    assert "nothing to take back" in nothing.out


def test_closed_gates_are_refused_and_say_what_opens_them(shop):
    refused = shop("apply", "--yes", "--json")
    assert refused.code == 4
    error = json.loads(refused.out)["error"]
    assert "there is no ledger" in error["message"]
    assert "--waive REASON" in error["next"]
    in_production = shop("apply", "--yes", "--waive", "in a hurry", STUDIOOPS_ENV="production")
    assert in_production.code == 4
    assert "no gate is waived in production" in in_production.err
    assert keys(shop.dsn) == []


def test_nobody_there_to_agree(shop):
    refused = shop("apply", "--waive", "a test")
    assert refused.code == 4
    assert "give --yes" in refused.err
    assert keys(shop.dsn) == []


def test_an_edited_plan_is_refused(shop):
    file = shop.path / "plan.json"
    file.write_text(shop("plan", "--json").out, encoding="utf-8")
    document = json.loads(file.read_text(encoding="utf-8"))
    key = next(one for one in document["operations"] if one["kind"] == "add_foreign_key")
    key["operation"]["key"]["on_delete"] = "SET NULL"
    (shop.path / "edited.json").write_text(json.dumps(document), encoding="utf-8")
    refused = shop("apply", "--plan", "edited.json", "--waive", "x", "--yes", contract=False)
    assert refused.code == 4
    assert "was edited" in refused.err
    assert keys(shop.dsn) == []
    # An estimate is no part of it.
    document = json.loads(file.read_text(encoding="utf-8"))
    document["operations"][0]["estimate"]["rows"] += 1
    file.write_text(json.dumps(document), encoding="utf-8")
    done = shop("apply", "--plan", "plan.json", "--waive", "x", "--yes", contract=False)
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "can't be read"), ("{", "it is no JSON"), ("[]", "is no plan"), ("{}", "is no plan")],
)
def test_what_is_no_plan(shop, content, said):
    if content is not None:
        (shop.path / "p.json").write_text(content, encoding="utf-8")
    refused = shop("apply", "--plan", "p.json", "--yes", contract=False)
    assert refused.code == 2
    assert said in refused.err


def test_without_a_contract_there_is_nothing_to_plan_for(shop):
    refused = shop("plan", contract=False)
    assert refused.code == 2
    assert "--contract" in refused.err


def test_a_refusal_of_the_plan_is_exit_4_and_every_reason_is_listed(shop):
    (shop.path / "shop.yaml").write_text(
        CONTRACT.replace("CASCADE}", "CASCADE, orphans: report}"), encoding="utf-8"
    )
    refused = shop("plan")
    assert refused.code == 4
    assert "there is no plan" in refused.out
    assert "refused: " in refused.out
    assert shop("plan", "--json").json("migrate-plan")["refusals"]


def test_left_in_between_status_knows_and_apply_goes_on(shop):
    # Somebody holds a lock for longer than all the tries.
    with psycopg.connect(shop.dsn) as other:
        other.execute("LOCK TABLE shop IN SHARE MODE")
        stopped = shop("apply", "--waive", "x", "--yes", STUDIOOPS_MIGRATION_TRIES="1")
    assert stopped.code == 5, stopped.err
    assert "no lock within" in stopped.err
    status = shop("status", contract=False)
    assert status.code == 5
    assert "applying" in status.out
    assert "studioops migrate rollback" in status.err
    other_plan = shop("plan")
    assert other_plan.code == 0
    done = shop("apply", "--waive", "x", "--yes")
    assert done.code == 0, done.err
    assert "going on with its plan" in done.err
    assert keys(shop.dsn) == [("stall_shop_id_fkey", True)]


def test_the_legacy_database_gets_all_thirty_and_goes_all_the_way_back(studioops, legacy_dsn):
    def run(*words: str, code: int = 0):
        answer = studioops(*words, "--dsn", legacy_dsn)
        assert answer.code == code, answer.out + answer.err
        return answer

    wanted = ("--contract", str(STUDIOOPS), "--alembic", str(REVISIONS))
    linted = run("migrate", "lint", "--alembic", str(REVISIONS), "--json").json("migrate-lint")
    assert {one["status"] for one in linted["revisions"]} == {"passed"}
    first = run("migrate", "plan", *wanted)
    assert "run the revision 0001" in first.out
    assert "plan again" in first.out
    run("migrate", "apply", *wanted, "--waive", "x", "--yes")
    done = run("migrate", "apply", *wanted, "--waive", "x", "--yes", "--json").json("migrate-apply")
    assert done["orphans"]["quarantined"] == 60, done["orphans"]
    assert done["orphans"]["rows_with_them"] == 6
    # The contract names objects, and here is no object store.
    scanned = run("scan", "--contract", str(STUDIOOPS), "--json", code=3).json("scan")
    seen = [one["status"] for one in scanned["relationships"] if one["declared"]]
    assert seen == ["passed"] * 30
    assert "nothing to do" in run("migrate", "plan", *wanted).out
    for _ in range(2):
        back = run("migrate", "rollback", "--yes")
        assert "not_as_before" not in back.out
    assert run("migrate", "plan", *wanted).out == first.out


def test_rehearsed_on_a_backup_and_admitted_by_the_ledger(studioops, cluster, sql, tmp_path):
    dsn = sql(*TABLES)
    (tmp_path / "shop.yaml").write_text(CONTRACT, encoding="utf-8")
    name = cluster.clone("template0")
    settings = {
        "STUDIOOPS_TARGETS__SHOP__URL": dsn,
        "STUDIOOPS_TARGETS__SHOP__CONTRACT": "shop.yaml",
        "STUDIOOPS_ENV": "production",
        "LEDGER_URL": cluster.dsn(name),
        **BACKUP_KEYS,
    }

    def run(*words: str, vault: bool = False):
        to = ["--to", str(tmp_path / "vault")] if vault else []
        return studioops(*words, "--target", "shop", *to, **settings)

    try:
        from studioops.ledger import open_ledger

        with open_ledger(cluster.dsn(name)) as ledger:
            ledger.migrate()
        assert run("backup", "take", vault=True).code == 0
        run("backup", "drill", vault=True)
        early = run("migrate", "apply", "--yes")
        assert early.code == 4
        assert "never rehearsed" in early.err
        rehearsed = run("migrate", "rehearse", vault=True)
        assert rehearsed.code == 0, rehearsed.out + rehearsed.err
        assert "there again: passed" in rehearsed.out
        done = run("migrate", "apply", "--yes")
        assert done.code == 0, done.err
        shown = run("migrate", "status", "--json").json("migrate-status")
        gates = shown["runs"][0]["admitted"]["gates"]
        assert [one["open"] for one in gates] == [True, True]
    finally:
        cluster.drop(name)
