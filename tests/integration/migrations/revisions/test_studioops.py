"""StudioOps' own revisions: from the legacy database to the schema that it was meant to have."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg.conninfo import conninfo_to_dict

from studioops.errors import LeftInBetween
from studioops.integrity.contract import load_contract
from studioops.integrity.scan import plan_scan, scan
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.migrations.lint import lint
from studioops.migrations.plan import Plan
from studioops.migrations.revisions.pending import forward_only, history
from studioops.migrations.runner import apply, revert
from studioops.model import Status
from studioops.postgres import open_database
from studioops.settings.declarations import SHIPPED_CONTRACT, SHIPPED_HISTORY
from tests.integration.migrations.driving import QUICK, drive, run, state_of
from tests.integration.migrations.histories import planned

INTENDED = Path(__file__).with_name("intended_columns.tsv")
VERSIONS = range(13, 19)
# What no revision can give back exactly, or without a long lock: `convert_columns` does.
CONVERTED = {("character varying", "uuid"), ("json", "jsonb"), ("json", "real[]")}
CONVERTED |= {("double precision", "numeric(3,2)")}
# Rows have values there that nobody asked to lose.
NOT_MEANT = {("purchases", one) for one in ("sku", "unit", "total_nis", "currency")}
COLUMNS = """
    SELECT c.relname, a.attname,
        format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
            || coalesce(' = ' || pg_get_expr(d.adbin, d.adrelid), '')
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'r'
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
        AND c.relname <> 'alembic_version'
"""
KEYS = """
    SELECT conrelid::regclass::text || ': ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND convalidated AND connamespace = 'public'::regnamespace
        AND confupdtype = 'c'
"""
UNCOVERED = """
    SELECT conrelid::regclass::text FROM pg_constraint AS k WHERE contype = 'f' AND confupdtype = 'c'
        AND NOT EXISTS (SELECT FROM pg_index AS i
            WHERE i.indrelid = k.conrelid AND i.indkey[0] = k.conkey[1] AND i.indisvalid)
"""
OWNERS = """
    SELECT DISTINCT relowner::regrole::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
"""


def ask(dsn: str, question: str) -> list[tuple]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(question).fetchall()  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def at_head(cluster, legacy_template: str) -> Iterator[str]:
    name = cluster.clone(legacy_template)
    dsn = cluster.dsn(name)
    apply(dsn, Plan(planned(dsn, SHIPPED_HISTORY)), run_by="test", tries=QUICK)
    yield dsn
    cluster.drop(name)


def test_there_and_back_and_there_again(legacy_dsn: str) -> None:
    drive(legacy_dsn, *planned(legacy_dsn, SHIPPED_HISTORY), stay=True)
    assert planned(legacy_dsn, SHIPPED_HISTORY) == ()


def test_every_column_is_as_it_was_meant_or_named_here(at_head: str) -> None:
    with INTENDED.open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found = {(table, column): kind for table, column, kind in ask(at_head, COLUMNS)}
    left = Counter[tuple[str, str]]()
    for row in rows:
        place, legacy, meant = (
            (row["table"], row["column"]),
            row["legacy_type"],
            row["intended_type"],
        )
        if place in NOT_MEANT:
            assert (meant, found.pop(place)) == ("-", legacy)
            continue
        kinds = (_type(legacy), _type(meant))
        if kinds in CONVERTED:
            left[kinds] += 1
            assert _type(found[place]) == kinds[0]
            assert ("NOT NULL" in found.pop(place)) == ("NOT NULL" in meant), place
        else:
            wanted = meant.replace("uuid_generate_v4()", "gen_random_uuid()")
            assert found.pop(place) == wanted, place
    assert found == {}
    assert left == {
        ("character varying", "uuid"): 23,
        ("json", "jsonb"): 8,
        ("json", "real[]"): 1,
        ("double precision", "numeric(3,2)"): 1,
    }


def test_no_relationship_of_the_contract_is_absent_any_more(at_head: str, legacy_dsn: str) -> None:
    contract = load_contract(SHIPPED_CONTRACT)
    seen = []
    for dsn in (legacy_dsn, at_head):
        with open_database(dsn) as database:
            seen.append([one for one in plan_scan(database, contract) if one.declared])
    assert [len(one) for one in seen] == [30, 30]
    present = [sum(isinstance(one, PresentRelationship) for one in each) for each in seen]
    assert present == [21, 30]
    with open_database(at_head) as database:
        report = scan(database, contract, target="test")
    statuses = [one["status"] for one in report.evidence["relationships"] if one["declared"]]
    assert Status.NOT_CHECKED not in statuses
    orphans = sum(one["orphans"] for one in report.evidence["relationships"])
    assert orphans == 61


def test_seven_keys_of_absent_relationships_stand_and_two_wait_for_their_types(
    at_head: str,
) -> None:
    cascade, null = "ON UPDATE CASCADE ON DELETE CASCADE", "ON UPDATE CASCADE ON DELETE SET NULL"
    assert {one for (one,) in ask(at_head, KEYS)} == {
        f"user_sessions: FOREIGN KEY (user_id) REFERENCES users(id) {cascade}",
        f"api_keys: FOREIGN KEY (user_id) REFERENCES users(id) {cascade}",
        f"project_permissions: FOREIGN KEY (user_id) REFERENCES users(id) {cascade}",
        f"project_permissions: FOREIGN KEY (project_id) REFERENCES projects(id) {cascade}",
        f"memories: FOREIGN KEY (project_id) REFERENCES projects(id) {null}",
        f"doc_chunks: FOREIGN KEY (project_id) REFERENCES projects(id) {null}",
        f"projects: FOREIGN KEY (owner_id) REFERENCES users(id) {null}",
    }
    # chat_sessions.user_id and generated_documents.created_by are varchar, users.id is uuid.
    assert sorted(one for (one,) in ask(at_head, UNCOVERED)) == ["doc_chunks", "projects"]


def test_rows_from_before_did_not_come_about_now(at_head: str) -> None:
    chunks = "SELECT count(*), count(created_at), count(tsv), count(project_id) FROM doc_chunks"
    assert ask(at_head, chunks) == [(7, 0, 7, 0)]


def test_whoever_runs_them_the_application_owns_its_tables(at_head: str) -> None:
    assert ask(at_head, OWNERS) == [("studioops",)]


def test_the_owner_alone_can_run_them(legacy_dsn: str) -> None:
    name = conninfo_to_dict(legacy_dsn)["dbname"]
    run(legacy_dsn, f"GRANT CREATE ON DATABASE {name} TO studioops")
    as_owner = f"{legacy_dsn} options='-c role=studioops'"
    operations = planned(as_owner, SHIPPED_HISTORY)
    apply(as_owner, Plan(operations), run_by="test", tries=QUICK)
    assert ask(legacy_dsn, OWNERS) == [("studioops",)]
    assert revert(as_owner, tries=QUICK) is not None
    assert ask(legacy_dsn, "SELECT to_regclass('users'), to_regclass('alembic_version')") == [
        (None, None)
    ]


def test_rows_that_need_the_new_schema_keep_it_from_being_taken_back(legacy_dsn: str) -> None:
    apply(
        legacy_dsn, Plan(planned(legacy_dsn, SHIPPED_HISTORY, "0008")), run_by="test", tries=QUICK
    )
    run(legacy_dsn, "UPDATE extracted_items SET document_id = NULL WHERE qty IS NOT NULL")
    with pytest.raises(LeftInBetween, match="the revision 0008, on its way back: column"):
        revert(legacy_dsn, tries=QUICK)
    assert ask(legacy_dsn, "SELECT version_num FROM alembic_version") == [("0008",)]


def test_alembic_alone_brings_it_to_the_same(
    at_head: str, legacy_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert planned(legacy_dsn, SHIPPED_HISTORY)
    words = conninfo_to_dict(legacy_dsn)
    place = f"{words['user']}:{words['password']}@{words['host']}:{words['port']}/{words['dbname']}"
    monkeypatch.setenv("DATABASE_URL", f"postgresql+psycopg://{place}")
    command.upgrade(Config(str(SHIPPED_HISTORY)), "head")
    assert state_of(legacy_dsn).differences(state_of(at_head)) == []


def test_lint_is_clean_and_each_has_a_way_back() -> None:
    names = [one.name for one in history(str(SHIPPED_HISTORY))]
    assert names == [f"{number:04d}" for number in range(1, 17)]
    for version in (VERSIONS[0], VERSIONS[-1]):
        for one in lint(str(SHIPPED_HISTORY), names, pg_version=version):
            assert one.status is Status.PASSED, one
    assert [forward_only(str(SHIPPED_HISTORY), name) for name in names] == [""] * len(names)


def _type(text: str) -> str:
    return text.partition(" = ")[0].removesuffix(" NOT NULL")
