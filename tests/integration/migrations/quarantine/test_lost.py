"""Somebody drops the quarantine, or deletes from it: the way back says what is lost."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest

from studioops.errors import LeftInBetween, Refused
from studioops.migrations import carrying
from studioops.migrations.operations import CreateIndex, QuarantineOrphans, Reference, TableName
from studioops.migrations.plan import Plan
from studioops.migrations.runner import apply, revert
from studioops.migrations.taking_back import take_back
from studioops.model import Severity, Status
from studioops.postgres import open_database
from tests.integration.migrations.driving import QUICK, run, state_of

SHOP, STALL = TableName("public", "shop"), TableName("public", "stall")
PLAN = Plan(
    (
        QuarantineOrphans(Reference(STALL, ("shop",), SHOP, ("id",))),
        CreateIndex(STALL, ("shop",), "stall_shop"),
    )
)
TABLES = (
    "CREATE TABLE shop (id int PRIMARY KEY)",
    "CREATE TABLE stall (id int PRIMARY KEY, shop int)",
)
ORPHANS = "INSERT INTO stall SELECT n, n FROM generate_series(1, 9) AS n"
DROP = "DROP TABLE studioops.quarantine"


def counted(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT count(*) FROM stall").fetchone()
    return int(row[0]) if row else -1


@pytest.fixture
def applied(database_dsn: str) -> str:
    run(database_dsn, *TABLES, ORPHANS)
    apply(database_dsn, PLAN, run_by="test", tries=QUICK)
    return database_dsn


def test_a_dropped_quarantine_is_noticed_before_anything_is_taken_back(applied: str) -> None:
    run(applied, DROP)
    before = state_of(applied)
    with pytest.raises(Refused, match=r"nothing was taken back.*9 rows and references") as refused:
        revert(applied, tries=QUICK)
    assert "studioops recover plan" in refused.value.next_step
    assert not state_of(applied).differences(before)


def test_put_back_from_elsewhere_the_way_back_can_be_gone(applied: str) -> None:
    run(applied, "ALTER TABLE studioops.quarantine SET SCHEMA public")
    with pytest.raises(Refused, match=r"went with it"):
        revert(applied, tries=QUICK)
    run(applied, "ALTER TABLE quarantine SET SCHEMA studioops")
    revert(applied, tries=QUICK)
    assert counted(applied) == 9


def test_a_way_back_that_had_begun_stays_in_between(applied: str) -> None:
    run(applied, "UPDATE studioops.migration_runs SET state = 'reverting'", DROP)
    with pytest.raises(LeftInBetween, match=r"WAY BACK STOPPED.*9 rows and references") as left:
        revert(applied, tries=QUICK)
    assert "studioops backup list" in left.value.next_step


def test_where_nothing_was_in_it_nobody_misses_it(database_dsn: str) -> None:
    run(database_dsn, *TABLES)
    start = state_of(database_dsn)
    apply(database_dsn, PLAN, run_by="test", tries=QUICK)
    run(database_dsn, DROP)
    assert revert(database_dsn, tries=QUICK) is not None
    assert not state_of(database_dsn).differences(start)


def test_what_was_deleted_from_it_is_a_fault_of_the_report(applied: str) -> None:
    run(applied, "DELETE FROM studioops.quarantine WHERE ordinal > 6")
    report = take_back(applied, "t")
    assert report.status is Status.FAILED
    (finding,) = report.findings
    assert finding.check == "lost_from_quarantine"
    assert finding.message.startswith("3 of 9 ")
    assert counted(applied) == 6


class Open(SimpleNamespace):
    """Gates that are open."""

    def __call__(self, _: object) -> dict[str, Any]:
        return {}


def test_orphans_that_nobody_could_count_are_told(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(database_dsn, *TABLES, ORPHANS)

    def failing(session: psycopg.Connection[Any], _: object) -> None:
        session.execute("SELECT FROM nowhere")

    monkeypatch.setattr(carrying, "summed", failing)
    how = carrying.CarryHow("t", "test", cast(Any, Open(origin={})), QUICK)
    with open_database(database_dsn) as database:
        report = carrying.carry_out(database, database_dsn, PLAN, how)
    # Every operation is applied and verified; nobody takes no number for none.
    assert report.status is Status.PASSED
    told = {one.check: one for one in report.findings}["orphans_not_counted"]
    assert told.severity is Severity.WARNING
    assert "nowhere" in told.message
    assert counted(database_dsn) == 0
