from __future__ import annotations

import pytest

from studioops.backups.model import folder_of
from studioops.backups.recovery.choose import choose_backup
from studioops.backups.recovery.plan import plan_recovery
from studioops.errors import (
    CouldNotCheck,
    DatabaseUnreachable,
    NoProvenBackup,
    NoSuchBackup,
    ObjectStoreUnreachable,
)
from studioops.model import Status


def ids(world, *faithful):
    """Backups a second apart by their ids; only the manifest counts here."""
    first = world.backup(faithful=None)
    made = []
    for number, status in enumerate(faithful):
        one = f"20260101T00000{number}Z-0000000{number}"
        changed = type(first)(**{**vars(first), "backup_id": one})
        world.shelf.keep(changed)
        if status is not None:
            world.prove(changed, status)
        made.append(one)
    names = [one.name for one in world.shelf.vault.entries(folder_of("shop", first.backup_id))]
    world.shelf.vault.remove(names)
    return made


def test_the_newest_that_was_proven_faithful(world):
    old, good, *newer = ids(
        world, Status.PASSED, Status.PASSED, Status.FAILED, Status.NOT_CHECKED, None
    )
    chosen = choose_backup(world.shelf)
    assert chosen.manifest.backup_id == good
    assert len(chosen.passed_over) == len(newer)
    assert "was not faithful in the drill of" in chosen.passed_over[-1]
    assert choose_backup(world.shelf, old).manifest.backup_id == old


def test_the_last_verdict_counts(world):
    (one,) = ids(world, Status.PASSED)
    world.prove(world.shelf.manifest(one), Status.NOT_CHECKED)
    assert choose_backup(world.shelf).manifest.backup_id == one
    world.prove(world.shelf.manifest(one), Status.FAILED)
    for asked in (one, None):
        with pytest.raises(NoProvenBackup, match="rows_differ") as caught:
            choose_backup(world.shelf, asked)
        # Another drill alone would say the same.
        assert "drill it first" not in caught.value.next_step
        assert f"`studioops backup drill {one} --target shop --repairs`" in caught.value.next_step


def test_one_that_was_never_proven_is_refused_with_what_to_type(world):
    (one,) = ids(world, None)
    with pytest.raises(NoProvenBackup) as caught:
        choose_backup(world.shelf, one)
    assert caught.value.exit_code == 4
    assert f"`studioops backup drill {one} --target shop`" in caught.value.next_step
    with pytest.raises(NoSuchBackup):
        choose_backup(world.shelf, "20260101T000009Z-00000909")


def test_a_damaged_one_is_passed_over_by_default(world):
    good, bad = ids(world, Status.PASSED, Status.PASSED)
    path = world.shelf.vault.root / folder_of("shop", bad) / "manifest"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    chosen = choose_backup(world.shelf)
    assert chosen.manifest.backup_id == good
    assert "can't be read" in chosen.passed_over[0]
    with pytest.raises(CouldNotCheck):
        choose_backup(world.shelf, bad)


def test_a_store_that_is_away_is_no_answer(world, monkeypatch):
    def away(*_):
        raise ObjectStoreUnreachable("no store", "start it")

    monkeypatch.setattr(type(world.shelf.vault), "folders", away)
    with pytest.raises(ObjectStoreUnreachable) as caught:
        plan_recovery(world.dsn, world.shelf)
    assert caught.value.exit_code == 3


def test_the_plan_tells_what_would_be_lost(world):
    manifest = world.backup()
    world.write(
        "INSERT INTO orders (note) SELECT 'x' FROM generate_series(1, 3)",
        "DROP TABLE items",
        'CREATE TABLE "New one" (a int)',
    )
    plan = plan_recovery(world.dsn, world.shelf)
    assert plan.status is Status.PASSED, plan.subjects
    lost = plan.evidence["lost"]
    assert lost["since"] == manifest.snapshot_at.isoformat()
    assert lost["tables"] == [{"table": "public.orders", "then": 5, "now": 8, "exact": True}]
    assert lost["new_tables"] == ['public."New one"']
    assert lost["gone_tables"] == ["public.items"]
    assert lost["sequences"] == {"public.orders_id_seq": 3}
    assert any("updated" in one for one in lost["not_looked_at"])


def test_large_tables_are_guessed_and_hidden_rows_are_told(world, monkeypatch):
    world.write(
        "ALTER TABLE items ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE items FORCE ROW LEVEL SECURITY",
        "ANALYZE orders",
    )
    manifest = world.backup()
    monkeypatch.setattr("studioops.backups.recovery.lost.COUNTED_BYTES", -1)
    world.write("INSERT INTO orders (note) VALUES ('x')", "ANALYZE orders")
    lost = plan_recovery(world.dsn, world.shelf).evidence["lost"]
    assert [one["exact"] for one in lost["tables"]] == [False]
    monkeypatch.undo()
    lost = plan_recovery(world.dsn, world.shelf).evidence["lost"]
    assert any(one.startswith("public.items: ") for one in lost["not_looked_at"])
    assert manifest.tables


def test_a_target_that_is_gone_is_told_and_planned(world):
    world.backup()
    world.cluster.drop(world.name)
    plan = plan_recovery(world.dsn, world.shelf)
    assert plan.status is Status.NOT_CHECKED
    (unseen,) = [one for one in plan.subjects if one.status is Status.NOT_CHECKED]
    assert unseen.name == "what would be lost"
    assert "; next: the recovery itself does not need it" in unseen.reason
    assert plan.evidence["carried_from"] == "the backup"


def test_a_server_that_is_away_can_not_be_planned_for(world):
    world.backup()
    with pytest.raises(DatabaseUnreachable):
        plan_recovery(world.dsn.replace(str(world.cluster.port), "1"), world.shelf)
