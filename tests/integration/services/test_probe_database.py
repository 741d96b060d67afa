"""The database's probe against a real server: every way to be down, and none of them raises."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from studioops.local.postgres_server import PostgresServer
from studioops.model import Status
from studioops.postgres import open_database
from studioops.services import Cause, ServiceState, probe_database
from studioops.services.probes import database as room

SECRET = "a-secret-that-nobody-should-see"


def look(url: str, **options: float) -> ServiceState:
    """One look; checked to show no secret."""
    with open_database(url) as database:
        state = probe_database(database, **options)  # type: ignore[arg-type]
    secret = conninfo_to_dict(url).get("password") or SECRET
    assert str(secret) not in repr(state)
    assert state == ServiceState.from_json(state.as_json())
    return state


def down(state: ServiceState, cause: Cause) -> ServiceState:
    assert (state.status, state.cause) == (Status.FAILED, cause), state
    assert state.next_step
    assert "\n" not in state.message
    return state


def changed(dsn: str, **words: Any) -> str:
    return make_conninfo(dsn, **words)


def test_nobody_listens() -> None:
    state = down(look(f"postgresql://u:{SECRET}@127.0.0.1:1/d"), Cause.REFUSED)
    assert "127.0.0.1:1/d: no connection" in state.message


def test_no_such_host() -> None:
    down(look(f"postgresql://u:{SECRET}@nowhere.invalid/d"), Cause.DNS)


def test_peer_that_never_answers_costs_no_more_than_the_limit(silent_port: int) -> None:
    began = time.monotonic()
    state = look(f"postgresql://u:{SECRET}@127.0.0.1:{silent_port}/d", timeout=0.5)
    assert time.monotonic() - began < 1
    down(state, Cause.TIMEOUT)
    assert "timed out after 0.5 s" in state.message
    assert 500 <= state.latency_ms < 1000


def test_server_that_goes_silent_after_the_login(
    database_dsn: str, line_to: Callable[[int, bytes], int]
) -> None:
    port = line_to(int(conninfo_to_dict(database_dsn)["port"] or 0), b"pg_stat_database")
    began = time.monotonic()
    state = look(changed(database_dsn, port=port), timeout=0.6)
    assert time.monotonic() - began < 1.2
    down(state, Cause.TIMEOUT)
    for thread in threading.enumerate():
        if thread.name == "studioops probe":
            thread.join(2)
            assert not thread.is_alive(), "the look's own thread must end, too"


def test_stopped_server_and_the_same_going_on(own_postgres: tuple[PostgresServer, int]) -> None:
    """A server that is frozen takes connections, in its kernel's queue, and never answers."""
    server, port = own_postgres
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        down(look(server.dsn(port), timeout=0.5), Cause.TIMEOUT)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert look(server.dsn(port)).status is Status.PASSED


def test_killed_in_between_and_back(own_postgres: tuple[PostgresServer, int]) -> None:
    server, port = own_postgres
    with open_database(server.dsn(port)) as database:
        assert probe_database(database).status is Status.PASSED
        pid = server.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        server.stop()
        down(probe_database(database), Cause.REFUSED)
        server.start(port)
        assert probe_database(database).status is Status.PASSED


def test_wrong_password(database_dsn: str) -> None:
    state = down(look(changed(database_dsn, password=SECRET)), Cause.UNAUTHORISED)
    assert "password authentication failed" in state.message


def test_unknown_role(database_dsn: str) -> None:
    down(look(changed(database_dsn, user="nobody_knows", password=SECRET)), Cause.UNAUTHORISED)


def test_no_such_database(database_dsn: str) -> None:
    down(look(changed(database_dsn, dbname="nowhere")), Cause.NO_SUCH_DATABASE)


def test_role_with_every_connection_in_use(database_dsn: str) -> None:
    role = f"busy_{conninfo_to_dict(database_dsn)['dbname']}"
    with psycopg.connect(database_dsn, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN CONNECTION LIMIT 0 PASSWORD '{SECRET}'")
        try:
            state = look(changed(database_dsn, user=role, password=SECRET))
        finally:
            admin.execute(f"DROP ROLE {role}")
    down(state, Cause.BUSY)


def test_role_that_may_not_connect(database_dsn: str) -> None:
    name = conninfo_to_dict(database_dsn)["dbname"]
    role = f"stranger_{name}"
    with psycopg.connect(database_dsn, autocommit=True) as admin:
        admin.execute(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")
        admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{SECRET}'")
        try:
            state = look(changed(database_dsn, user=role, password=SECRET))
        finally:
            admin.execute(f"DROP ROLE {role}")
    down(state, Cause.FORBIDDEN)


def test_something_else_answers(object_store_server: Any) -> None:
    state = look(f"postgresql://u:{SECRET}@{object_store_server.endpoint}/d", timeout=2)
    assert state.status is Status.FAILED
    assert state.cause in (Cause.NONSENSE, Cause.RESET, Cause.TIMEOUT)


def test_well(database_dsn: str) -> None:
    state = look(database_dsn)
    assert (state.status, state.cause, state.next_step) == (Status.PASSED, Cause.OK, "")
    assert state.latency_ms > 0
    assert state.details["server_version"][:2].isdigit()
    assert 0 < state.details["connections"] < state.details["max_connections"]


def test_well_for_a_role_without_any_right(database_dsn: str) -> None:
    role = f"plain_{conninfo_to_dict(database_dsn)['dbname']}"
    with psycopg.connect(database_dsn, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{SECRET}'")
        try:
            state = look(changed(database_dsn, user=role, password=SECRET))
        finally:
            admin.execute(f"DROP ROLE {role}")
    assert (state.status, state.cause) == (Status.PASSED, Cause.OK)


def test_slow_is_degraded(database_dsn: str) -> None:
    state = look(database_dsn, slow_after=0.0001)
    assert (state.status, state.cause) == (Status.PASSED, Cause.SLOW)
    assert "pg_stat_activity" in state.next_step


def test_crowded_is_degraded(database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "CROWDED", 0)
    state = look(database_dsn)
    assert (state.status, state.cause) == (Status.PASSED, Cause.CROWDED)
    assert "connections are in use" in state.message


def test_leaves_no_connection_behind(database_dsn: str) -> None:
    for _ in range(3):
        look(database_dsn)
    with psycopg.connect(database_dsn, autocommit=True) as admin:
        for _ in range(50):
            row = admin.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE application_name = 'studioops probe' AND datname = current_database()"
            ).fetchone()
            if row == (0,):
                return
            time.sleep(0.02)
    pytest.fail("a probe's connection stayed open")
