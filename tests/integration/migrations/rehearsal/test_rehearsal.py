"""A rehearsal on a real backup: green opens the gate, a broken way back keeps it shut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pytest

from studioops.backups.drill import Aims, DrillHow, drill
from studioops.backups.origin import identity_of, origin_of
from studioops.backups.shelf import Shelf
from studioops.backups.take import How, take
from studioops.errors import NoProvenBackup, Refused
from studioops.ledger import Ledger, RunRef, open_ledger
from studioops.migrations.admission import Admission
from studioops.migrations.carrying import CarryHow, carry_out
from studioops.migrations.operations import (
    AddForeignKey,
    Change,
    CreateIndex,
    Key,
    Lock,
    Operation,
    Session,
    Stage,
    Step,
    TableName,
)
from studioops.migrations.operations.step import run_back
from studioops.migrations.plan import Plan
from studioops.migrations.planner import Estimate, Proposal
from studioops.migrations.rehearsal import RehearseHow, rehearse
from studioops.model import Report, Status
from studioops.objectstore.encryption import Keyring
from studioops.objectstore.vault import DirectoryVault
from studioops.postgres import open_database
from tests.integration.migrations.driving import run, state_of

SHOP, STALL = TableName("public", "shop"), TableName("public", "stall")
PLAN = Plan(
    (
        CreateIndex(STALL, ("shop_id",), "stall_shop"),
        AddForeignKey(Key(STALL, ("shop_id",), SHOP, ("id",)), "stall_shop_fkey"),
    )
)
TABLES = (
    "CREATE TABLE shop (id bigint PRIMARY KEY)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id bigint)",
    "INSERT INTO shop SELECT n FROM generate_series(1, 20) AS n",
    "INSERT INTO stall SELECT n, 1 + n % 20 FROM generate_series(1, 100) AS n",
)
NO_ESTIMATE = Estimate(0, 0, "", "", "", "")
NO_AIMS = Aims(float("inf"), float("inf"), newest=False)


@dataclass(frozen=True)
class Deface(Operation):
    """Changes rows, and its way back forgets one of them."""

    kind: ClassVar[str] = "deface"
    stage: ClassVar[Stage] = Stage.CLEAN

    words_back: str

    def words(self) -> str:
        return "deface the stalls"

    def steps(self) -> tuple[Step, ...]:
        def forward(session: Session) -> dict[str, Any]:
            session.execute("UPDATE public.stall SET shop_id = 1 + shop_id % 20")
            return {}

        back = psycopg.sql.SQL(self.words_back)
        return (Change("deface", Lock.ROW, forward, Lock.ROW, run_back(back.format())),)

    def validate(self, _: Session) -> tuple[str, ...]:
        return ()

    verify = validate


@dataclass
class World:
    """A target, its backups, and a ledger."""

    dsn: str
    shelf: Shelf
    ledger: Ledger

    def rehearse(self, plan: Plan = PLAN) -> Report:
        with open_database(self.dsn) as target:
            how = RehearseHow(self.dsn, "test", jobs=1)
            none = (NO_ESTIMATE,) * len(plan.operations)
            report, rehearsed = rehearse(target, self.shelf, Proposal(plan, none), how)
        assert rehearsed.plan == plan
        return report

    def recorded(self, plan: Plan = PLAN) -> Report:
        report = self.rehearse(plan)
        self.ledger.record(report, RunRef(plan.hash[:8], "cli", "migrate rehearse"))
        return report

    def backup(self) -> None:
        """Taken, drilled, and the drill recorded."""
        with open_database(self.dsn) as target:
            backup_id = take(target, self.shelf, How()).backup_id
        how = DrillHow(self.dsn, None, NO_AIMS, "test", jobs=1)
        report = drill(self.shelf, backup_id, how)
        self.ledger.record(report, RunRef(backup_id, "cli", "backup drill"))

    def apply(self, plan: Plan = PLAN, **how: Any) -> Report:
        with open_database(self.dsn) as target:
            origin = identity_of(origin_of(target))
            ages = {"backup_age_s": 3600, "rehearsal_age_s": 3600} | how
            admission = Admission(plan, origin, self.ledger, **ages)
            return carry_out(target, self.dsn, plan, CarryHow("shop", "test", admission))


@pytest.fixture(scope="module")
def proven(cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One database, backed up and drilled once."""
    names = [cluster.clone("template0") for _ in range(2)]
    run(cluster.dsn(names[0]), *TABLES)
    keyring = Keyring("a", {"a": bytes(range(32))})
    shelf = Shelf(DirectoryVault(Path(tmp_path_factory.mktemp("vault"))), keyring, "shop")
    with open_ledger(cluster.dsn(names[1])) as ledger:
        ledger.migrate()
        world = World(cluster.dsn(names[0]), shelf, ledger)
        world.backup()
        yield world
    for name in names:
        cluster.drop(name)


def test_green_there_back_and_there_again_and_the_target_is_as_it_was(proven: World) -> None:
    before = state_of(proven.dsn)
    report = proven.rehearse()
    assert report.status is Status.PASSED, report.findings
    assert [one.name for one in report.subjects] == ["copy", "there", "back", "there again"]
    assert not state_of(proven.dsn).differences(before)
    ways = [one["way"] for one in report.evidence["steps"]]
    assert ways == ["there"] * 3 + ["back"] * 3 + ["there again"] * 3
    assert {one["lock"] for one in report.evidence["steps"]} >= {"CONCURRENTLY", "ACCESS EXCLUSIVE"}
    with psycopg.connect(proven.dsn) as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
    assert not [one for (one,) in names if one.startswith("studioops_drill")]


def test_a_way_back_that_forgets_a_row_is_caught_and_the_gate_stays_shut(proven: World) -> None:
    back = "UPDATE public.stall SET shop_id = 1 + (shop_id + 18) % 20 WHERE id <> 7"
    plan = Plan((Deface(back),))
    report = proven.recorded(plan)
    assert report.status is Status.FAILED
    assert [one.object for one in report.findings] == ["rows public.stall"]
    assert report.subjects[-1].status is Status.NOT_CHECKED
    with pytest.raises(Refused, match="its last rehearsal ended failed"):
        proven.apply(plan)


def test_a_way_back_that_breaks_is_caught(proven: World) -> None:
    report = proven.rehearse(Plan((Deface("UPDATE public.nothing SET x = 1"),)))
    assert report.status is Status.FAILED
    assert "THE WAY BACK STOPPED" in report.findings[0].message


def test_a_plan_that_can_not_be_applied_is_caught_and_its_way_back_is_gone(proven: World) -> None:
    key = replace(PLAN.operations[1].key, columns=("id",))
    broken = Plan((CreateIndex(STALL, ("shop_id",), "a"), AddForeignKey(key, "stall_id_fkey")))
    report = proven.rehearse(broken)
    told = {one.name: one.status for one in report.subjects}
    assert told["there"] is Status.FAILED
    assert told["back"] is Status.PASSED
    assert told["there again"] is Status.NOT_CHECKED


def test_gates_closed_open_and_closed_again(proven: World) -> None:
    with pytest.raises(Refused, match="never rehearsed"):
        proven.apply()
    with pytest.raises(Refused, match="production") as refused:
        proven.apply(waived="I am in a hurry")
    assert "rehearse" in refused.value.next_step
    assert proven.recorded().status is Status.PASSED
    with pytest.raises(Refused, match="h old where"):
        proven.apply(backup_age_s=0.0001)
    # Somebody changes the schema after the rehearsal.
    run(proven.dsn, "ALTER TABLE stall ADD note text")
    with pytest.raises(Refused, match="definitions have changed"):
        proven.apply()
    with pytest.raises(Refused, match=r"changed since backup .*note"):
        proven.rehearse()
    run(proven.dsn, "ALTER TABLE stall DROP note")
    done = proven.apply()
    assert done.status is Status.PASSED
    assert [one["open"] for one in done.evidence["gates"]] == [True, True]


def test_a_waiver_is_evidence_in_the_journal(proven: World) -> None:
    plan = Plan((CreateIndex(SHOP, ("id",), "shop_again"),))
    done = proven.apply(plan, waived="the store is away", production=False)
    assert done.evidence["waived"] == "the store is away"
    with psycopg.connect(proven.dsn) as connection:
        kept = connection.execute(
            "SELECT admitted ->> 'waived' FROM studioops.migration_runs WHERE plan_hash = %s",
            [plan.hash],
        ).fetchone()
    assert kept == ("the store is away",)


def test_another_database_under_the_same_name_is_refused(proven: World, cluster: Any) -> None:
    name = cluster.clone("template0")
    try:
        run(cluster.dsn(name), *TABLES)
        other = replace(proven, dsn=cluster.dsn(name))
        with pytest.raises(Refused, match="no drill of a backup of this database"):
            other.apply()
        with pytest.raises(Refused, match="of another database"):
            other.rehearse()
    finally:
        cluster.drop(name)


def test_without_a_proven_backup_there_is_no_rehearsal(proven: World, tmp_path: Path) -> None:
    empty = replace(proven, shelf=replace(proven.shelf, vault=DirectoryVault(tmp_path)))
    with pytest.raises(NoProvenBackup):
        empty.rehearse()
