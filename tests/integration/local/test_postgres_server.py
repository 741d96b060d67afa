"""A PostgreSQL of our own: closed to others, whole after a crash, never mistaken for another."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from studioops.errors import LocalStackError, NotOurs
from studioops.local.ports import LOOPBACK, is_free, pick
from studioops.local.postgres_cluster import SUPERUSER
from studioops.local.postgres_programs import find_programs
from studioops.local.postgres_server import PostgresServer
from studioops.local.processes import is_alive, wait_for
from studioops.local.server_user import server_user

PASSWORD = "a-password-of-this-test"


def server_in(directory: Path) -> PostgresServer:
    user = server_user()
    return PostgresServer(
        programs=find_programs(user, directory),
        user=user,
        home=directory / "postgres",
        log=directory / "postgres.log",
        password=PASSWORD,
    )


@pytest.fixture
def server(stack_dir: Path) -> Iterator[PostgresServer]:
    """A server that is made and started by the test."""
    directory = stack_dir / "own"
    directory.mkdir()
    one = server_in(directory)
    one.create()
    yield one
    one.stop()
    shutil.rmtree(directory)


@pytest.fixture
def port(server: PostgresServer) -> int:
    """The port of the started server."""
    free = pick(1)[0]
    server.start(free)
    return free


def ask(server: PostgresServer, port: int, question: str) -> str:
    with psycopg.connect(server.dsn(port), autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    return str(row[0]) if row else ""


def crash(server: PostgresServer) -> int:
    pid = server.pid()
    assert pid is not None
    os.kill(pid, 9)
    assert wait_for(lambda: server.pid() is None, 5)
    return pid


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("SHOW server_encoding", "UTF8"),
        ("SHOW data_checksums", "on"),
        ("SHOW listen_addresses", LOOPBACK),
        ("SHOW unix_socket_directories", ""),
        ("SHOW password_encryption", "scram-sha-256"),
        ("SHOW fsync", "on"),
        ("SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules", "scram-sha-256"),
        ("SELECT rolpassword LIKE 'SCRAM%' FROM pg_authid WHERE rolname = CURRENT_USER", "True"),
        ("SHOW shared_preload_libraries", "pg_stat_statements"),
    ],
)
def test_a_server_is_made_as_it_should_be(
    cluster_of_defaults: str, question: str, answer: str
) -> None:
    with psycopg.connect(cluster_of_defaults) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    assert str(row[0]) == answer


@pytest.fixture(scope="module")
def cluster_of_defaults(stack_dir: Path) -> Iterator[str]:
    """A server without the options that make tests fast."""
    directory = stack_dir / "defaults"
    directory.mkdir()
    one = server_in(directory)
    one.create()
    free = pick(1)[0]
    one.start(free)
    yield one.dsn(free)
    one.stop()


@pytest.mark.parametrize("password", ["", "postgres", "password", SUPERUSER])
def test_nobody_comes_in_without_the_password(cluster_of_defaults: str, password: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(cluster_of_defaults, password=password)


def test_it_never_runs_as_root_and_listens_on_loopback_alone(
    server: PostgresServer, port: int
) -> None:
    processes = server.processes()
    assert len(processes) > 3
    assert all(0 not in one.uids() for one in processes)
    listening = [
        one.laddr
        for process in processes
        for one in process.net_connections("all")
        if one.status == psutil.CONN_LISTEN
    ]
    assert {(address.ip, address.port) for address in listening} == {(LOOPBACK, port)}


def test_the_password_is_in_no_command_line_and_no_log(server: PostgresServer, port: int) -> None:
    told = " ".join(word for one in server.processes() for word in one.cmdline())
    assert PASSWORD not in told + server.log.read_text()
    assert PASSWORD not in repr(server)
    assert list(server.home.glob("initdb-*")) == []


def test_a_crash_loses_nothing_that_was_committed(server: PostgresServer, port: int) -> None:
    with psycopg.connect(server.dsn(port)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    crash(server)
    server.start(port)
    assert ask(server, port, "SELECT count(*) FROM kept") == "1000"


def test_a_backend_that_outlived_its_postmaster_is_ended(server: PostgresServer, port: int) -> None:
    endless = "SELECT count(*) FROM generate_series(1, 100000000000)"
    busy = threading.Thread(target=lambda: _quietly(server, port, endless))
    busy.start()
    assert wait_for(lambda: _busy(server, port), 10)
    crash(server)
    orphans = server.processes()
    assert orphans, "the busy backend should have outlived its postmaster"
    server.start(port)
    busy.join(10)
    assert not any(map(is_alive, orphans))
    assert ask(server, port, "SELECT 1") == "1"


def _quietly(server: PostgresServer, port: int, question: str) -> None:
    with pytest.raises(psycopg.OperationalError):
        ask(server, port, question)


def _busy(server: PostgresServer, port: int) -> bool:
    question = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%100000000000%'"
    return int(ask(server, port, question)) > 1


def test_a_stranger_with_the_noted_pid_is_let_be(server: PostgresServer, port: int) -> None:
    note = server.data / "postmaster.pid"
    old = crash(server)
    note.write_text(note.read_text().replace(str(old), str(os.getpid()), 1))
    assert server.pid() is None
    server.start(port)
    assert server.pid() not in (None, os.getpid())


def test_a_port_with_a_foreign_server_is_not_ours(
    server: PostgresServer, port: int, cluster_of_defaults: str
) -> None:
    theirs = int(psycopg.conninfo.conninfo_to_dict(cluster_of_defaults)["port"] or 0)
    with pytest.raises(NotOurs) as caught:
        server.ensure_ours(theirs)
    assert str(theirs) in caught.value.message
    assert PASSWORD not in caught.value.message
    server.stop()
    with pytest.raises(NotOurs):
        server.start(theirs)
    assert server.pid() is None


def test_a_foreign_server_with_the_same_password_is_not_ours_either(
    server: PostgresServer, port: int
) -> None:
    other = PostgresServer(
        server.programs, server.user, server.home / "other", server.log, PASSWORD
    )
    with pytest.raises(NotOurs):
        other.ensure_ours(port)


def test_what_an_interrupted_initdb_left_is_no_cluster(stack_dir: Path) -> None:
    directory = stack_dir / "interrupted"
    directory.mkdir()
    one = server_in(directory)
    (one.home / "initdb-abc" / "data").mkdir(parents=True)
    one.create()
    assert (one.data / "PG_VERSION").exists()
    shutil.rmtree(directory)


def test_a_failing_initdb_says_why(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(server.data)
    monkeypatch.setattr("studioops.local.postgres_cluster._locale", lambda: "no_SUCH.locale")
    with pytest.raises(LocalStackError, match=r"initdb failed: .*no_SUCH"):
        server.create()
    assert not server.data.exists()


def test_a_server_that_does_not_start_says_why(server: PostgresServer) -> None:
    broken = PostgresServer(
        server.programs, server.user, server.home, server.log, PASSWORD, ("no_such_setting=1",)
    )
    with pytest.raises(LocalStackError, match="no_such_setting"):
        broken.start(pick(1)[0])


def test_data_of_another_major_are_left_alone(server: PostgresServer) -> None:
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(LocalStackError, match="PostgreSQL 12") as caught:
        server.create()
    assert "PG_BIN" in caught.value.next_step


def test_a_stop_leaves_nobody(server: PostgresServer, port: int) -> None:
    processes = server.processes()
    with psycopg.connect(server.dsn(port)):
        server.stop()
    assert server.processes() == []
    assert not any(map(is_alive, processes))
    assert is_free(port)
    server.stop()


def test_a_server_that_hangs_is_stopped_all_the_same(
    server: PostgresServer, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studioops.local.postgres_server.STOP_PATIENCE_S", 1)
    for process in server.processes():
        process.suspend()
    server.stop()
    assert server.processes() == []
