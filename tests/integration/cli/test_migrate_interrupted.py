"""Ctrl-C in a migration: the line says how the target stands, and what to type."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager

import psycopg
import pytest

from tests.integration.cli.conftest import KEPT
from tests.warm import PROGRAM

CONTRACT = """
target: shop
relationships:
  - {child: stall.shop_id, parent: shop.id, on_delete: CASCADE}
"""
TABLES = (
    "CREATE TABLE shop (id bigint PRIMARY KEY)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id bigint)",
    "INSERT INTO stall VALUES (1, 7)",
)
WAITS = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
    "AND datname = current_database()"
)
GO = ("--waive", "a test", "--yes", "--contract", "shop.yaml")


@pytest.fixture
def shop(studioops, sql, tmp_path):
    (tmp_path / "shop.yaml").write_text(CONTRACT, encoding="utf-8")

    def run(command: str, *words: str):
        return studioops("migrate", command, *words, "--dsn", run.dsn)

    run.dsn, run.path = sql(*TABLES), tmp_path
    return run


@contextmanager
def locked(dsn: str, lock: str):
    with psycopg.connect(dsn) as other:
        other.execute(f"LOCK TABLE {lock}")  # type: ignore[call-overload]
        yield


def stopped(shop, number: signal.Signals, command: str, *words: str) -> tuple[int, str]:
    """A command that waits for a lock is sent a signal; its exit code and what it says."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    process = subprocess.Popen(
        [PROGRAM, "migrate", command, *words, "--dsn", shop.dsn],
        cwd=shop.path,
        env=kept,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with psycopg.connect(shop.dsn, autocommit=True) as looking:
        until = time.monotonic() + 30
        while looking.execute(WAITS).fetchone() == (0,):
            assert time.monotonic() < until
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    return process.returncode, out + err


def test_in_between_it_says_so_on_both_ways(shop):
    with locked(shop.dsn, "shop IN SHARE MODE"):
        code, said = stopped(shop, signal.SIGINT, "apply", *GO)
    assert code == 5, said
    assert "stopped by Ctrl-C: the migration of shop stands in between (applying), at add" in said
    assert "studioops migrate status --dsn" in said
    assert "studioops migrate rollback --dsn" in said
    assert shop("status").code == 5
    done = shop("apply", *GO)
    assert done.code == 0, done.err

    with locked(shop.dsn, "shop IN SHARE MODE"):
        code, said = stopped(shop, signal.SIGTERM, "rollback", "--yes")
    assert code == 5, said
    assert "stopped by SIGTERM: the migration of" in said
    assert "(reverting), at " in said
    assert "studioops migrate rollback --dsn" in said
    assert shop("rollback", "--yes").code == 0


def test_before_anything_it_says_that_nothing_was_changed(shop):
    with locked(shop.dsn, "stall IN ACCESS EXCLUSIVE MODE"):
        code, said = stopped(shop, signal.SIGINT, "apply", *GO)
    assert code == 130, said
    assert "stopped by Ctrl-C before it was done: nothing was changed; next: run it again" in said
    assert "nothing was ever migrated" in shop("status").out
