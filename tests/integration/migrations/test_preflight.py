"""The preflight names what is missing before anything is changed, and what it could not see."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from studioops.backups.seen import Seen
from studioops.errors import NoSuchDatabase, Refused
from studioops.migrations.carrying import require_clear
from studioops.migrations.operations import (
    AddForeignKey,
    CreateIndex,
    Key,
    SetNotNull,
    TableName,
    convert_columns,
)
from studioops.migrations.plan import Plan
from studioops.migrations.preflight import look, looking, room
from studioops.postgres import open_database
from tests.integration.migrations.driving import run
from tests.integration.migrations.histories import add, history_in, planned

SHOP, STALL = TableName("public", "shop"), TableName("public", "stall")
PLAN = Plan(
    (
        CreateIndex(STALL, ("shop_id",), "stall_shop"),
        AddForeignKey(Key(STALL, ("shop_id",), SHOP, ("id",)), "stall_shop_fkey"),
    )
)
PATIENCE_S = 30
OWNER, GUEST, WORD = "preflight_owner", "preflight_guest", "plain-word"


@dataclass
class World:
    cluster: Any
    name: str

    def seen(self, role: str = OWNER, plan: Plan = PLAN) -> Seen:
        dsn = self.cluster.dsn(self.name, role, WORD) if role else self.cluster.dsn(self.name)
        with open_database(dsn) as database:
            return look(database, plan)

    def admin(self, *statements: str) -> None:
        run(self.cluster.dsn(self.name), *statements)


@pytest.fixture(scope="module")
def roles(cluster: Any) -> Iterator[None]:
    names = (OWNER, GUEST)
    run(cluster.dsn(), *(f"CREATE ROLE {one} LOGIN PASSWORD '{WORD}'" for one in names))
    yield
    run(cluster.dsn(), *(f"DROP ROLE {one}" for one in names))


@pytest.fixture
def world(cluster: Any, roles: None) -> Iterator[World]:
    name = cluster.clone("template0")
    made = World(cluster, name)
    made.admin(
        f"ALTER DATABASE {name} OWNER TO {OWNER}",
        f"ALTER SCHEMA public OWNER TO {OWNER}",
        f"SET ROLE {OWNER}; CREATE TABLE shop (id bigint PRIMARY KEY); "
        "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id bigint)",
    )
    yield made
    cluster.drop(name)


def checks(seen: Seen, *, failing: bool = True) -> set[str]:
    return {one.check for one in seen.findings if one.severity.fails is failing}


def test_an_owner_may_and_what_he_can_not_see_is_listed(world: World) -> None:
    seen = world.seen()
    assert not checks(seen), seen.findings
    unseen = {"room_not_seen", "replicas_not_seen", "long_transactions_not_seen"}
    assert checks(seen, failing=False) == unseen
    require_clear(seen)


def test_a_superuser_sees_all_of_it(world: World) -> None:
    assert not world.seen(role="").findings


def test_whoever_does_not_own_a_table_is_told_who_does(world: World) -> None:
    seen = world.seen(GUEST)
    assert {"not_owner", "no_right_for_journal", "no_right_to_refer"} <= checks(seen)
    with pytest.raises(Refused) as refused:
        require_clear(seen)
    assert "more)" in refused.value.message
    owner = next(one for one in seen.findings if one.check == "not_owner")
    assert OWNER in owner.message
    assert GUEST in owner.repair


def test_each_repair_is_what_was_missing(world: World) -> None:
    before = {one.check for one in world.seen(GUEST).findings if one.severity.fails}
    for _ in range(6):
        failing = [one for one in world.seen(GUEST).findings if one.severity.fails]
        if not failing:
            break
        world.admin(failing[0].repair.rpartition("type: ")[2])
    assert before
    assert not checks(world.seen(GUEST))
    world.admin(f"DROP OWNED BY {GUEST}", f"REVOKE {OWNER} FROM {GUEST}")


def test_an_operation_that_can_not_be_done_is_told_now(world: World) -> None:
    absent = Plan((SetNotNull(STALL, "gone"),))
    seen = world.seen(plan=absent)
    assert checks(seen) == {"operation_refuses"}
    assert "gone" in seen.findings[0].message


def test_what_an_earlier_operation_makes_is_not_asked_for_yet(world: World) -> None:
    world.admin("INSERT INTO stall VALUES (1, NULL)")
    assert not checks(world.seen(plan=Plan((*PLAN.operations, SetNotNull(STALL, "shop_id")))))


def test_a_long_transaction_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "LONG_S", 0.0)
    dsn = world.cluster.dsn(world.name)
    with psycopg.connect(dsn, application_name="somebody's report") as other:
        other.execute("SELECT FROM shop")
        seen, pid = world.seen(role=""), other.info.backend_pid
    found = next(one for one in seen.findings if one.check == "long_transaction")
    assert "somebody's report" in found.message
    assert str(pid) in found.repair


def test_a_full_disk_is_no_surprise(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        free = 10

    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: Full)
    assert checks(world.seen(role="")) == {"no_room"}


def test_a_database_that_is_read_only_is_told(world: World) -> None:
    world.admin(f"ALTER DATABASE {world.name} SET default_transaction_read_only = on")
    assert "read_only" in checks(world.seen())


def test_a_standby_takes_no_change(standby: Any, world: World) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            with open_database(standby.dsn(world.name)) as database:
                seen = look(database, PLAN)
            break
        except NoSuchDatabase:
            # It has not replayed so far yet.
            assert time.monotonic() < until
            time.sleep(0.1)
    assert "standby" in checks(seen)


def test_what_a_revision_changes_first_is_not_asked_for_yet(world: World, tmp_path: Path) -> None:
    """As a plan that was completed on a copy has it: made for columns as revisions leave them."""
    world.admin("ALTER TABLE stall ALTER COLUMN shop_id SET DEFAULT 1")
    with psycopg.connect(world.cluster.dsn(world.name), row_factory=dict_row) as session:
        as_left = convert_columns(session, {(STALL, "shop_id"): "text"})
    world.admin("ALTER TABLE stall ALTER COLUMN shop_id DROP DEFAULT")
    ini = history_in(tmp_path)
    add(
        ini, "a1", None, "op.execute('ALTER TABLE public.stall ALTER COLUMN shop_id SET DEFAULT 1')"
    )
    revision = planned(world.cluster.dsn(world.name), ini)
    assert not checks(world.seen("", Plan((*revision, as_left))))
    assert checks(world.seen("", Plan((as_left,)))) == {"operation_refuses"}
