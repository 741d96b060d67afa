"""Scratch databases are made for one, and dropped by whoever comes later; nobody else's ever is."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import psutil
import psycopg
import pytest

from studioops.backups.restoring import scratch as module
from studioops.backups.restoring.lease import Lease, this_process_lease
from studioops.backups.restoring.locale import NoSuchLocale
from studioops.backups.restoring.scratch import NAME, drop_scratch, make_scratch
from studioops.backups.restoring.sweep import sweep_scratch
from studioops.errors import NoSuchDatabase, NotOurs, PermissionDenied, UsageError

NOW = datetime.now(UTC)
LATER = NOW + timedelta(hours=1)
BY_HAND = "studioops_drill_of_mine"


def lease(owner: str = "tests", until: datetime = LATER, **words) -> Lease:
    return Lease(owner, until, **words)


def sweep(cluster, owner: str = "dag restore_drill now", now: datetime = NOW) -> list[str]:
    return sweep_scratch(cluster.dsn(), owner=owner, now=now)


def test_it_is_made_signed_closed_to_others_and_dropped(cluster, names, sql):
    cluster.run("CREATE ROLE {} LOGIN PASSWORD 'x'", "stranger")
    made = make_scratch(cluster.dsn(), lease=lease("dag restore_drill run 1", pid=7, host="h"))
    assert NAME.match(made.name)
    assert sql(made.dsn, "SELECT current_database()::text") == [(made.name,)]
    comment = f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{made.name}'"
    found = Lease.from_comment(sql(cluster.dsn(), comment)[0][0])
    assert found == lease("dag restore_drill run 1", pid=7, host="h")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(cluster.dsn(made.name, user="stranger", password="x"))
    assert cluster.server.password not in repr(made)
    drop_scratch(cluster.dsn(), made.name)
    assert made.name not in names()
    drop_scratch(cluster.dsn(), made.name)
    cluster.run("DROP ROLE {}", "stranger")


def test_encoding_and_locale_are_the_original_s(cluster, names, sql):
    like = {"encoding": "LATIN1", "collate": "C", "ctype": "C", "provider": "c", "icu_locale": None}
    made = make_scratch(cluster.dsn(), lease=lease(), like=like)
    asked = "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()"
    assert sql(made.dsn, asked) == [("LATIN1", "C")]


@pytest.mark.postgres(17)
def test_the_builtin_provider(cluster, names, sql):
    like = {
        "encoding": "UTF8",
        "collate": "C",
        "ctype": "C",
        "provider": "b",
        "icu_locale": "C.UTF-8",
    }
    made = make_scratch(cluster.dsn(), lease=lease(), like=like)
    asked = (
        "SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname = current_database()"
    )
    assert sql(made.dsn, asked) == [("b", "C.UTF-8")]


@pytest.mark.parametrize(
    ("like", "said"),
    [
        (
            {"encoding": "UTF8", "collate": "xx_XX.utf8", "ctype": "xx_XX.utf8"},
            "collate xx_XX.utf8",
        ),
        ({"encoding": "KLINGON"}, "encoding KLINGON"),
    ],
)
def test_a_locale_that_the_server_has_not(cluster, names, like, said):
    before = names()
    with pytest.raises(NoSuchLocale, match=said) as caught:
        make_scratch(cluster.dsn(), lease=lease(), like={"provider": "c", **like})
    assert "locale -a" in caught.value.next_step
    assert names() == before


def test_without_the_right_it_says_which(cluster, names):
    cluster.run("CREATE ROLE {} LOGIN PASSWORD 'x'", "no rights")
    with pytest.raises(PermissionDenied, match="CREATEDB") as caught:
        make_scratch(cluster.dsn(user="no rights", password="x"), lease=lease())
    assert 'ALTER ROLE "no rights" CREATEDB' in caught.value.next_step
    cluster.run("DROP ROLE {}", "no rights")


def test_a_server_s_database_that_is_not_there(cluster, names):
    with pytest.raises(NoSuchDatabase):
        make_scratch(cluster.dsn("not there"), lease=lease())


def test_a_prefix_that_is_not_ours(cluster):
    with pytest.raises(UsageError, match="prod"):
        make_scratch(cluster.dsn(), lease=lease(), prefix="prod")


def test_one_that_can_not_be_signed_does_not_stay(cluster, names, monkeypatch):
    def refuse(*_: object) -> None:
        raise psycopg.errors.InsufficientPrivilege("no comment")

    monkeypatch.setattr(module, "_sign", refuse)
    before = names()
    with pytest.raises(PermissionDenied):
        make_scratch(cluster.dsn(), lease=lease())
    assert names() == before


def test_what_is_not_ours_is_never_dropped(cluster, names):
    looks = f"studioops_drill_{NOW - timedelta(days=9):%Y%m%dt%H%M%S}_abcdef"
    for name in (BY_HAND, looks):
        cluster.run("CREATE DATABASE {} TEMPLATE template0", name)
        with pytest.raises(NotOurs, match="not dropped"):
            drop_scratch(cluster.dsn(), name)
    cluster.run("COMMENT ON DATABASE {} IS 'mine'", looks)
    assert sweep(cluster) == []
    assert {BY_HAND, looks, "postgres"} <= names()
    with pytest.raises(NotOurs):
        drop_scratch(cluster.dsn(), "postgres")


def test_one_in_use_is_dropped_all_the_same(cluster, names):
    made = make_scratch(cluster.dsn(), lease=lease())
    with psycopg.connect(made.dsn) as user:
        drop_scratch(cluster.dsn(), made.name)
        assert made.name not in names()
        with pytest.raises(psycopg.OperationalError):
            user.execute("SELECT 1")
        user.close()


def test_one_with_a_subscription_of_the_original_is_dropped_without_touching_its_slot(
    cluster, names, sql
):
    made = make_scratch(cluster.dsn(), lease=lease())
    sql(
        made.dsn,
        "CREATE SUBSCRIPTION theirs CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = 'precious')",
    )
    drop_scratch(cluster.dsn(), made.name)
    assert made.name not in names()


def test_the_sweep_drops_what_is_over_and_leaves_what_is_not(cluster, names):
    host = socket.gethostname()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    me = psutil.Process()
    over = {
        "time": lease(until=NOW - timedelta(seconds=1)),
        "process": lease(host=host, pid=dead.pid, started=me.create_time()),
        "pid given out again": lease(host=host, pid=os.getpid(), started=me.create_time() - 9000),
        "another run": lease("dag restore_drill run before"),
    }
    alive = {
        "this process": this_process_lease(1),
        "another host": lease(host="elsewhere", pid=dead.pid),
        "this run": lease("dag restore_drill now"),
        "another DAG": lease("dag backup run before"),
        "a command": lease("command line"),
    }
    made = {why: make_scratch(cluster.dsn(), lease=one).name for why, one in (over | alive).items()}
    assert sorted(sweep(cluster)) == sorted(made[why] for why in over)
    assert names() & set(made.values()) == {made[why] for why in alive}
    assert sweep(cluster) == []


def test_one_that_was_killed_before_its_comment(cluster, names, sql):
    hour, day = (
        f"studioops_drill_{NOW - timedelta(minutes=minutes):%Y%m%dt%H%M%S}_abcdef"
        for minutes in (30, 1500)
    )
    used, connected = day.replace("abcdef", "abcde0"), day.replace("abcdef", "abcde1")
    for name in (hour, day, used, connected):
        cluster.run("CREATE DATABASE {} TEMPLATE template0", name)
    # Somebody made it by hand, and put rows there.
    sql(cluster.dsn(used), "CREATE TABLE mine (a int)")
    with psycopg.connect(cluster.dsn(connected)):
        assert sweep(cluster) == [day]
    assert {hour, used} <= names()


def test_another_s_is_left_alone(cluster, names):
    cluster.run("CREATE ROLE {} LOGIN CREATEDB PASSWORD 'x'", "other owner")
    make_scratch(cluster.dsn(), lease=lease(until=NOW - timedelta(hours=1)))
    server = cluster.dsn(user="other owner", password="x")
    assert sweep_scratch(server, owner="any", now=NOW) == []
    assert len(sweep(cluster)) == 1
    cluster.run("DROP ROLE {}", "other owner")


def test_two_sweeps_at_once(cluster, names):
    made = {make_scratch(cluster.dsn(), lease=lease(until=NOW)).name for _ in range(4)}
    dropped: list[str] = []
    threads = [threading.Thread(target=lambda: dropped.extend(sweep(cluster))) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert set(dropped) == made
    assert not names() & made


CRASH = """
import os, signal, sys
from datetime import UTC, datetime
from studioops.backups.restoring import scratch
from studioops.backups.restoring.lease import this_process_lease
if sys.argv[2] == "before":
    scratch._sign = lambda *words: os.kill(os.getpid(), signal.SIGKILL)
made = scratch.make_scratch(sys.argv[1], lease=this_process_lease(1))
print(made.name, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_killed_process_leaves_what_the_sweep_finds(cluster, names, when):
    before = names()
    done = subprocess.run([sys.executable, "-c", CRASH, cluster.dsn(), when], check=False)
    assert done.returncode == -9
    (left,) = names() - before
    assert re.match(NAME, left)
    assert sweep(cluster) == ([left] if when == "after" else [])
    assert sweep(cluster, now=datetime.now(UTC) + timedelta(minutes=61)) == (
        [left] if when == "before" else []
    )
