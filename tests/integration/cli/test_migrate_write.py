"""`studioops migrate plan --write`, as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

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
)
ORPHANS = "INSERT INTO stall SELECT n, n FROM generate_series(1, 25) AS n"
KEYS = "SELECT count(*) FROM pg_constraint WHERE conrelid = 'stall'::regclass AND contype = 'f'"


@pytest.fixture
def shop(studioops, sql, tmp_path):
    (tmp_path / "shop.yaml").write_text(CONTRACT, encoding="utf-8")

    def run(*words: str, command: str = "plan"):
        contract = ("--contract", "shop.yaml") if command == "plan" else ()
        return studioops("migrate", command, *words, "--dsn", run.dsn, *contract)

    run.dsn, run.path, run.sql = sql(*TABLES), tmp_path, sql
    return run


def refused(answer, code: int, said: str) -> None:
    assert answer.code == code, answer.out + answer.err
    assert said in json.loads(answer.out)["error"]["message"]
    assert said in answer.err


def test_it_goes_into_the_history_after_its_head_and_runs_there(shop):
    ini = history_in(shop.path)
    add(ini, "one", None, "op.execute('CREATE TABLE shelf ()')", "op.execute('DROP TABLE shelf')")
    alembic = ("--alembic", str(ini))
    refused(shop("--write", *alembic, "--json"), 4, "has not had the revision one")
    done = shop("--waive", "a test", "--yes", *alembic, command="apply")
    assert done.code == 0, done.err
    planned = shop("--write", *alembic, "--json")
    told = planned.json("migrate-plan")
    file = Path(told["written"]["file"])
    assert file.parent == ini.parent / "migrations" / "versions"
    assert (told["written"]["revision"], told["written"]["first"]) == (told["hash"][:12], None)
    assert "down_revision = 'one'" in file.read_text()
    assert planned.err.strip().endswith(f"written: {file}")

    again = shop("--write", *alembic, "--json")
    refused(again, 4, "has not had the revision")
    done = shop("--waive", "a test", "--yes", *alembic, command="apply")
    assert done.code == 0, done.err
    with psycopg.connect(shop.dsn) as connection:
        assert connection.execute(KEYS).fetchall() == [(1,)]
    nothing = shop("--write", *alembic, "--json")
    assert nothing.json("migrate-plan")["written"] is None
    assert "nothing to do" in nothing.err
    back = shop("--yes", command="rollback")
    assert back.code == 0, back.err
    with psycopg.connect(shop.dsn) as connection:
        assert connection.execute(KEYS).fetchall() == [(0,)]


def test_what_it_can_t_carry_is_a_plan_beside_it(shop):
    shop.sql(ORPHANS)
    (shop.path / "here").mkdir()
    planned = shop("--write", "here")
    assert planned.code == 0, planned.err
    assert "not in the revision: quarantine orphans of public.stall" in planned.err
    first = next(Path(shop.path, "here").glob("*_first.json")).relative_to(shop.path)
    assert f"--contract shop.yaml --plan {first}\n" in planned.err
    done = shop("--plan", str(first), "--waive", "a test", "--yes", command="apply")
    assert done.code == 0, done.err
    assert "quarantine orphans" in done.out
    rest = shop()
    assert "quarantine" not in rest.out
    assert "add foreign key" in rest.out


def test_a_file_that_is_there_is_left_as_it_is(shop):
    assert shop("--write").code == 0
    (file,) = shop.path.glob("*.py")
    before = file.read_text()
    refused(shop("--write", "--json"), 2, f"{file.name} is there already")
    assert file.read_text() == before


def test_a_place_that_is_none_or_is_for_nothing(shop):
    refused(shop("--write", "nowhere", "--json"), 2, "there is no directory nowhere")
    refused(shop("elsewhere", "--json"), 2, "nothing is to be written into elsewhere")
    assert list(shop.path.glob("*.py")) == []


def test_no_revision_of_no_plan(shop):
    shop.sql(ORPHANS)
    text = CONTRACT.replace("CASCADE}", "CASCADE, orphans: report}")
    (shop.path / "shop.yaml").write_text(text, encoding="utf-8")
    planned = shop("--write", "--json")
    assert planned.code == 4
    assert planned.json("migrate-plan")["written"] is None
    assert list(shop.path.glob("*.py")) == []


def test_a_place_where_alembic_does_not_look_is_told(shop):
    ini = history_in(shop.path)
    assert "does not look for revisions in ." in shop("--write", ".", "--alembic", str(ini)).err
