from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from studioops import errors
from studioops.postgres import Limits, Pool, fetch, open_database


def setting(database, name: str) -> str:
    with database.transaction() as connection:
        return fetch(connection, f"SHOW {name}")[0][name]


def test_every_transaction_has_its_limits(database_dsn):
    limits = Limits(statement_timeout=7, lock_timeout=1.5)
    with open_database(database_dsn, limits=limits, application="scan") as database:
        assert setting(database, "statement_timeout") == "7s"
        assert setting(database, "lock_timeout") == "1500ms"
        assert setting(database, "row_security") == "off"
        assert setting(database, "search_path") == "pg_catalog"
        assert setting(database, "transaction_isolation") == "repeatable read"
        assert setting(database, "application_name") == "studioops scan"


def test_a_reading_database_cannot_write(database_dsn):
    with (
        open_database(database_dsn) as database,
        pytest.raises(errors.DatabaseError) as caught,
        database.transaction() as connection,
    ):
        connection.exec_driver_sql("CREATE TABLE public.t (n int)")
    assert "read-only transaction" in caught.value.message


def test_a_writing_one_can_and_commits(database_dsn):
    with open_database(database_dsn, limits=Limits(read_only=False)) as database:
        with database.transaction() as connection:
            connection.exec_driver_sql("CREATE TABLE public.t (n int)")
        with database.transaction() as connection:
            assert fetch(connection, "SELECT count(*) AS n FROM public.t") == [{"n": 0}]


def test_a_failed_transaction_leaves_nothing_and_the_pool_usable(database_dsn):
    with open_database(database_dsn, limits=Limits(read_only=False)) as database:
        with pytest.raises(errors.DatabaseError), database.transaction() as connection:
            connection.exec_driver_sql("CREATE TABLE public.t (n int); SELECT 1/0")
        with database.transaction() as connection:
            assert fetch(connection, "SELECT to_regclass('public.t') AS t") == [{"t": None}]


def test_limits_do_not_leak_into_the_session(database_dsn):
    with open_database(database_dsn, pool=Pool(size=1, overflow=0)) as database:
        assert setting(database, "statement_timeout") == "15min"
        raw = database.engine.raw_connection()
        assert raw.driver_connection.execute("SHOW statement_timeout").fetchone() == ("0",)
        raw.close()


def test_a_connection_that_died_in_the_pool_is_replaced(database_dsn, cluster):
    with open_database(database_dsn, pool=Pool(size=1, overflow=0)) as database:
        first = setting(database, "server_version")
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'studioops'"
            )
        assert setting(database, "server_version") == first


def test_an_exhausted_pool_is_busy_not_unreachable(database_dsn):
    pool = Pool(size=1, overflow=0, timeout=0.1)
    with (
        open_database(database_dsn, pool=pool) as database,
        database.transaction(),
        pytest.raises(errors.DatabaseBusy, match="every connection of the pool"),
    ):
        setting(database, "server_version")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"password": "falsch"}, errors.AuthenticationFailed),
        ({"user": "nobody_here"}, errors.AuthenticationFailed),
        ({"dbname": "nowhere"}, errors.NoSuchDatabase),
        ({"port": "1"}, errors.DatabaseUnreachable),
        ({"host": "no.such.host.invalid"}, errors.DatabaseUnreachable),
    ],
)
def test_the_real_servers_refusals(database_dsn, change, kind):
    dsn = make_conninfo(database_dsn, **change)
    with open_database(dsn) as database, pytest.raises(kind) as caught, database.transaction():
        pass
    assert "falsch" not in caught.value.message
    assert database.dsn.params["password"] not in caught.value.message


SLEEPER = """
import sys
from studioops.postgres import open_database
with open_database(sys.argv[1], application="orphan") as database, database.transaction() as found:
    print("ready", flush=True)
    found.exec_driver_sql("SELECT pg_sleep(120)")
"""
ASLEEP = "SELECT FROM pg_stat_activity WHERE application_name = 'studioops orphan' AND wait_event = 'PgSleep'"


@pytest.mark.postgres(14)
def test_a_statement_whose_client_was_killed_ends(database_dsn, cluster):
    """It would hold its locks and its snapshot to its end, with nobody to hear of it."""
    client = subprocess.Popen([sys.executable, "-c", SLEEPER, database_dsn], stdout=subprocess.PIPE)
    try:
        assert client.stdout.readline() == b"ready\n"
        with psycopg.connect(cluster.dsn(), autocommit=True) as admin:
            _wait_for(lambda: admin.execute(ASLEEP).fetchall(), 30)
            client.kill()
            _wait_for(lambda: not admin.execute(ASLEEP).fetchall(), 15)
    finally:
        client.kill()
        client.communicate()


@pytest.mark.postgres(14)
def test_what_the_server_was_told_of_clients_that_are_gone_stands(database_dsn):
    name = "client_connection_check_interval"
    with open_database(database_dsn) as database:
        assert setting(database, name) == "2s"
    told = make_conninfo(database_dsn, options=f"-c {name}=7s")
    with open_database(told) as database:
        assert setting(database, name) == "7s"


def _wait_for(look, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_peer_that_never_answers_is_given_up_after_the_connect_timeout():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        dsn = f"postgresql://u:p@127.0.0.1:{port}/d?connect_timeout=2"
        began = time.monotonic()
        with (
            open_database(dsn) as database,
            pytest.raises(errors.DatabaseUnreachable),
            database.transaction(),
        ):
            pass
        assert time.monotonic() - began < 8


def test_a_peer_that_speaks_another_language():
    def answer() -> None:
        peer, _ = server.accept()
        peer.recv(100)
        peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer)
        thread.start()
        dsn = f"postgresql://u:p@127.0.0.1:{server.getsockname()[1]}/d?sslmode=disable"
        with (
            open_database(dsn) as database,
            pytest.raises(errors.DatabaseUnreachable),
            database.transaction(),
        ):
            pass
        thread.join()


def test_a_connection_that_is_cut_off_while_it_is_made_is_closed_at_once():
    """Left half open, its server process would keep DROP DATABASE waiting, ours too."""

    class Ended(BaseException):
        pass

    def end(*_: object) -> None:
        raise Ended

    with socket.create_server(("127.0.0.1", 0)) as server:
        dsn = f"postgresql://u:p@127.0.0.1:{server.getsockname()[1]}/d?sslmode=disable"
        before = signal.signal(signal.SIGUSR1, end)
        timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGUSR1))
        timer.start()
        try:
            with (
                open_database(dsn) as database,
                pytest.raises(Ended) as kept,
                database.transaction(),
            ):
                pass
        finally:
            signal.signal(signal.SIGUSR1, before)
        peer, _ = server.accept()
        peer.settimeout(2)
        assert peer.recv(1000)
        # The error is still at hand, as where a `finally` goes on working.
        assert kept.value is not None
        assert peer.recv(1000) == b""
        peer.close()
