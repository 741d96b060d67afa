"""The account of the server, and the programs that it can run."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from studioops.errors import LocalStackError
from studioops.local import postgres_programs
from studioops.local.parts import Parts
from studioops.local.postgres_programs import BIN_VARIABLE, find_programs
from studioops.local.server_user import USER_VARIABLE, ServerUser, outside_home, server_user
from studioops.local.state import LocalPaths

ROOT = os.geteuid() == 0


@pytest.fixture
def user(monkeypatch: pytest.MonkeyPatch) -> ServerUser:
    """Whoever runs the server here."""
    monkeypatch.delenv(USER_VARIABLE, raising=False)
    monkeypatch.delenv(BIN_VARIABLE, raising=False)
    return server_user()


@pytest.fixture
def open_dir(stack_dir: Path) -> Iterator[Path]:
    """A directory that every account can enter."""
    directory = stack_dir / "programs"
    directory.mkdir()
    yield directory
    shutil.rmtree(directory)


def test_the_server_is_never_root(user: ServerUser) -> None:
    assert user.uid != 0
    assert user.switched == ROOT
    assert bool(user.popen) == ROOT


@pytest.mark.parametrize("name", ["root", "no-such-account-here"])
def test_root_and_unknown_accounts_are_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setenv(USER_VARIABLE, name)
    with pytest.raises(LocalStackError, match=name) as caught:
        server_user()
    assert USER_VARIABLE in caught.value.next_step


def test_an_account_enters_what_it_may_and_nothing_else(user: ServerUser, open_dir: Path) -> None:
    assert user.can_enter(open_dir)
    assert not user.can_enter(open_dir / "absent")
    closed = open_dir / "closed"
    closed.mkdir()
    closed.chmod(0)
    assert not user.can_enter(closed)
    closed.chmod(0o700)


def test_what_is_given_to_the_account_is_its_own(user: ServerUser, open_dir: Path) -> None:
    user.own(open_dir, 0o700)
    found = open_dir.stat()
    assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (user.uid, 0o700)
    assert user.can_enter(open_dir)


def test_programs_that_fail_or_are_absent_do_not_run(user: ServerUser) -> None:
    assert user.runs(["/bin/sh", "-c", "exit 0"])
    assert not user.runs(["/bin/sh", "-c", "exit 1"])
    assert not user.runs(["/no/such/program"])


def test_the_wheels_programs_are_used_where_they_lie(user: ServerUser, open_dir: Path) -> None:
    found = find_programs(user, open_dir)
    assert found.major == 18
    assert user.runs([found.path("initdb"), "--version"])


def test_programs_out_of_reach_are_copied_once(
    user: ServerUser, open_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, site = open_dir / "closed", postgres_programs._wheel().parents[1]
    for part in (postgres_programs.PROGRAMS, postgres_programs.LIBRARIES):
        shutil.copytree(site / part, closed / part, symlinks=True)
    closed.chmod(0o700)
    wheel = closed / postgres_programs.PROGRAMS
    home = open_dir / "home"
    home.mkdir()
    user.own(home, 0o700)
    monkeypatch.setattr(postgres_programs, "_wheel", lambda: wheel)
    found = find_programs(user, home)
    before = found.directory.stat().st_mtime_ns
    assert find_programs(user, home).directory.stat().st_mtime_ns == before
    # Each of them, since some need libraries that lie beside the programs and some do not.
    for program in (*postgres_programs.NEEDED, "psql", "pg_dump"):
        assert user.runs([found.path(program), "--version"]), program
    if ROOT:
        assert found.directory.is_relative_to(home)
        assert len(list(home.iterdir())) == 1
    else:
        assert found.directory == wheel / "bin"


@pytest.mark.parametrize("place", ["empty", "absent"])
def test_a_directory_without_the_programs_is_told_of(
    user: ServerUser, open_dir: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (open_dir / "empty").mkdir()
    monkeypatch.setenv(BIN_VARIABLE, str(open_dir / place))
    with pytest.raises(LocalStackError, match="has no initdb, pg_ctl, postgres") as caught:
        find_programs(user, open_dir)
    assert BIN_VARIABLE in caught.value.next_step


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo 'postgres (PostgreSQL) 12.22'", "PostgreSQL 12; 13 to 18 are supported"),
        ("echo 'postgres (PostgreSQL) 19beta1'", "PostgreSQL 19; 13 to 18"),
        ("exit 1", "can't run"),
    ],
)
def test_programs_of_another_kind_are_refused(
    user: ServerUser, open_dir: Path, monkeypatch: pytest.MonkeyPatch, script: str, message: str
) -> None:
    for name in postgres_programs.NEEDED:
        (open_dir / name).write_text(f"#!/bin/sh\n{script}\n")
        (open_dir / name).chmod(0o755)
    monkeypatch.setenv(BIN_VARIABLE, str(open_dir))
    with pytest.raises(LocalStackError, match=message):
        find_programs(user, open_dir)


def test_data_lie_in_the_stack_where_the_account_gets_in(user: ServerUser, open_dir: Path) -> None:
    paths = LocalPaths(open_dir / ".local")
    assert Parts(paths, print).postgres_home() == paths.root / "postgres"


def test_data_lie_outside_where_it_does_not(user: ServerUser, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    paths = LocalPaths(closed / ".local")
    parts = Parts(paths, print)
    home = parts.postgres_home()
    if ROOT:
        assert home == outside_home(parts.state.instance)
        assert parts.state.instance in home.name
        closed.chmod(0o755)
    else:
        assert home == paths.root / "postgres"
    assert Parts(paths, print).postgres_home() == home, "decided once, kept for good"
