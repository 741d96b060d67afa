"""A recovery killed at every boundary, and refused by the server at every step."""

from __future__ import annotations

import os
import signal
import threading

import psycopg
import pytest

from studioops.backups.recovery import sessions
from studioops.backups.recovery import swap as swapping
from studioops.backups.recovery.back import BackHow, go_back
from studioops.backups.recovery.plan import plan_recovery
from studioops.errors import DatabaseError, LeftInBetween, Refused
from studioops.model import Status

BEFORE = ("closing", "ending sessions", "in the transaction")


def killed_at(world, boundary):
    def kill(name):
        if name == boundary:
            os.kill(os.getpid(), signal.SIGKILL)

    pid = os.fork()
    if pid == 0:
        try:
            world.recover(boundary=kill)
        finally:
            os._exit(7)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL


def back(world):
    return go_back(world.dsn, BackHow("shop", lambda _: None))


def allows(world):
    return world.ask(
        f"SELECT datallowconn FROM pg_database WHERE datname = '{world.name}'", "postgres"
    )


def comment(world):
    return world.ask(
        f"SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        f"WHERE datname = '{world.name}'",
        "postgres",
    )


@pytest.mark.parametrize("boundary", BEFORE)
def test_killed_before_the_end_the_target_is_closed_and_told(world, boundary):
    world.admin("COMMENT ON DATABASE {db} IS 'ours'")
    world.backup()
    world.write("INSERT INTO orders (note) VALUES ('newest')")
    killed_at(world, boundary)
    assert not allows(world)

    plan = plan_recovery(world.dsn, world.shelf)
    assert plan.status is Status.FAILED
    (left,) = [one for one in plan.findings if one.check == "recovery_left"]
    assert "did not come to its end" in left.message
    assert plan.evidence["lost"]["not_looked_at"][0].startswith("the target: ")

    report = back(world)
    assert [one.name for one in report.subjects] == [
        "opened again after a recovery that was killed"
    ]
    assert allows(world)
    assert comment(world) == "ours"
    assert world.ask("SELECT count(*) FROM orders") == 6


@pytest.mark.parametrize("boundary", BEFORE)
def test_the_next_run_finishes(world, boundary):
    world.backup()
    world.write("INSERT INTO orders (note) VALUES ('newest')")
    killed_at(world, boundary)
    report = world.recover()
    assert report.status is Status.PASSED, report.subjects
    assert "left closed by an earlier recovery" in world.said[0]
    # The scratch database of the killed run is gone too.
    assert world.databases() == {world.name, report.evidence["kept"]}
    assert world.ask("SELECT count(*) FROM orders") == 5
    back(world)
    assert world.ask("SELECT count(*) FROM orders") == 6


def test_killed_after_the_renames_all_is_done(world):
    world.backup()
    world.write("INSERT INTO orders (note) VALUES ('newest')")
    killed_at(world, "renaming")
    assert allows(world)
    assert world.ask("SELECT count(*) FROM orders") == 5
    plan = plan_recovery(world.dsn, world.shelf)
    assert [one["role"] for one in plan.evidence["kept"]] == ["kept"]
    assert plan.evidence["way_back"] == plan.evidence["kept"][0]["database"]
    back(world)
    assert world.ask("SELECT count(*) FROM orders") == 6


@pytest.mark.parametrize("boundary", BEFORE)
def test_any_failure_opens_the_target_again(world, boundary):
    world.admin("COMMENT ON DATABASE {db} IS 'ours'")
    world.backup()

    def fail(name):
        if name == boundary:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.recover(boundary=fail)
    assert allows(world)
    assert comment(world) == "ours"
    assert world.databases() == {world.name}


@pytest.mark.parametrize("boundary", BEFORE)
def test_our_sessions_cut_by_the_server(world, boundary):
    """As when the server ends every backend: what was begun is undone, or found to be done."""
    world.backup()

    def cut(name):
        if name == boundary:
            world.admin(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name LIKE 'studioops%'"
            )

    try:
        swapped = world.recover(boundary=cut).evidence["swapped"]
    except DatabaseError:
        swapped = False
    assert allows(world)
    assert len(world.databases()) == (2 if swapped else 1)
    assert world.ask("SELECT count(*) FROM orders") == 5


def test_only_the_answer_to_the_commit_was_lost(world, monkeypatch):
    world.backup()
    world.write("INSERT INTO orders (note) VALUES ('newest')")
    rename = swapping._Swap.rename

    def lost(self):
        rename(self)
        raise DatabaseError("the connection was lost", "look")

    monkeypatch.setattr(swapping._Swap, "rename", lost)
    report = world.recover()
    assert report.evidence["swapped"]
    assert world.ask("SELECT count(*) FROM orders") == 5


def test_a_server_that_stays_away_is_told_with_what_to_type(world, monkeypatch):
    world.backup()
    monkeypatch.setattr(swapping, "RETURN_PATIENCE_S", 0.0)

    def away(*_):
        raise DatabaseError("no connection", "look")

    def fail(name):
        if name == "closing":
            monkeypatch.setattr(swapping, "reopen", away)
            raise DatabaseError("no connection", "look")

    with pytest.raises(LeftInBetween) as caught:
        world.recover(boundary=fail)
    assert "recover back" in caught.value.next_step
    assert f'ALTER DATABASE "{world.name}" ALLOW_CONNECTIONS true' in caught.value.next_step
    back(world)
    assert allows(world)


def test_sessions_that_do_not_end_leave_the_target_open(world, monkeypatch):
    """One that came before the door was closed, of a role that we may not touch."""
    monkeypatch.setattr(sessions, "STRANGERS_PATIENCE_S", 0.2)
    world.backup()
    world.admin("GRANT CONNECT ON DATABASE {db} TO shop_stranger")
    stranger = world.cluster.dsn(world.name, "shop_stranger", "plain-word")
    opened = []

    def approve(_):
        opened.append(psycopg.connect(stranger))

    with pytest.raises(Refused, match="shop_stranger"):
        world.recover(approve=approve)
    assert allows(world)
    opened[0].execute("SELECT 1")
    opened[0].close()


def test_a_stranger_that_leaves_by_itself_is_waited_for(world):
    world.backup()
    stranger = world.cluster.dsn(world.name, "shop_stranger", "plain-word")

    sessions_of_strangers = []

    def leave(name):
        if name == "closing":
            threading.Timer(0.5, sessions_of_strangers[0].close).start()

    report = world.recover(
        approve=lambda _: sessions_of_strangers.append(psycopg.connect(stranger)), boundary=leave
    )
    assert report.status is Status.PASSED, report.subjects
