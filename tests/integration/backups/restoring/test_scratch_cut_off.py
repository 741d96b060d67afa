"""Scratch databases of a process that a signal ends: none is left."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from studioops.backups.restoring import scratch as module
from studioops.backups.restoring.lease import Lease
from studioops.backups.restoring.scratch import drop_scratch, make_scratch

NOW = datetime.now(UTC)


def lease() -> Lease:
    return Lease("tests", NOW + timedelta(hours=1))


@pytest.mark.parametrize("seed", range(4))
def test_cut_off_by_a_signal_it_is_not_left(cluster, names, seed):
    """Wherever it strikes: in CREATE DATABASE, which takes some hundredths, or in what follows."""

    made: list[str] = []

    def end(*_: object) -> None:
        if not made:
            raise SystemExit(143)

    before, known = signal.signal(signal.SIGUSR1, end), names()
    moment = 0.005 + 0.04 * random.Random(seed).random()
    timer = threading.Timer(moment, os.kill, (os.getpid(), signal.SIGUSR1))
    timer.start()
    try:
        with suppress(SystemExit):
            made.append(make_scratch(cluster.dsn(), lease=lease()).name)
        timer.join()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert names() == known | set(made)


@pytest.mark.parametrize("seed", range(4))
def test_a_drop_that_a_signal_cuts_off_is_done_again(cluster, names, monkeypatch, seed):
    """The driver cancels the statement that a signal strikes in."""

    def end(*_: object) -> None:
        raise SystemExit(143)

    def timed(*words: str) -> None:
        if not timer.ident:
            timer.start()
        work(*words)

    made, work = make_scratch(cluster.dsn(), lease=lease()), module._drop_ours
    monkeypatch.setattr(module, "_drop_ours", timed)
    before = signal.signal(signal.SIGUSR1, end)
    moment = 0.02 * random.Random(seed).random()
    timer = threading.Timer(moment, os.kill, (os.getpid(), signal.SIGUSR1))
    try:
        with suppress(SystemExit):
            drop_scratch(cluster.dsn(), made.name)
            timer.join()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert made.name not in names()


@pytest.mark.parametrize("step", ["on_server", "scratch_databases", "drop_for_good", "_drop"])
def test_cut_off_at_any_step_of_a_drop(cluster, names, monkeypatch, step):
    made, work, cut = make_scratch(cluster.dsn(), lease=lease()), getattr(module, step), []

    def once(*words, **named):
        if not cut:
            cut.append(step)
            raise SystemExit(143)
        return work(*words, **named)

    monkeypatch.setattr(module, step, once)
    with pytest.raises(SystemExit):
        drop_scratch(cluster.dsn(), made.name)
    assert cut
    assert made.name not in names()


def test_a_session_that_was_cut_off_and_goes_on_is_ended(cluster, names, sql):
    name = f"studioops_drill_{NOW:%Y%m%dt%H%M%S}_abcdef"
    asleep = f"SELECT pg_sleep(30) AS {name}"
    with psycopg.connect(cluster.dsn(), autocommit=True) as session:
        pid = session.info.backend_pid
        session.pgconn.send_query(asleep.encode())
        active = f"SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND state = 'active'"
        while not sql(cluster.dsn(), active):
            time.sleep(0.01)
        module._unmake(cluster.dsn(), name)
        assert sql(cluster.dsn(), active) == []
        session.close()
