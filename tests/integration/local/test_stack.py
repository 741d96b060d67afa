"""The whole local stack: healed after a kill of anything, closed to others, gone after a stop.

One Airflow serves all of them; the tests leave it running, and the last one stops it for a look.
"""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import boto3
import psutil
import psycopg
import pytest
import requests
from dotenv import dotenv_values

from studioops.errors import LocalStackError
from studioops.local import stack
from studioops.local.airflow_server import COMPONENTS
from studioops.local.parts import Parts
from studioops.local.ports import LOOPBACK
from studioops.local.processes import is_alive, wait_for, with_descendants
from studioops.local.stack import StackInfo
from studioops.local.state import LocalPaths, State

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def parts(airflow_stack: StackInfo) -> Parts:
    """The parts of the running stack, looked at and not changed."""
    return Parts(LocalPaths(airflow_stack.directory), say=print, keep=False)


@pytest.fixture
def values(airflow_stack: StackInfo) -> dict[str, str]:
    """What the stack wrote for the settings."""
    found = dotenv_values(airflow_stack.directory / "stack.env")
    return {name: value or "" for name, value in found.items()}


def postgres_pid(parts: Parts) -> int:
    return parts.postgres().pid() or 0


def object_store_pid(parts: Parts) -> int:
    return parts.object_store().session.running() or 0


def component_pid(parts: Parts, name: str) -> int:
    return parts.airflow(0).session(name).running() or 0


def processes(parts: Parts) -> list[psutil.Process]:
    """Every process of the stack."""
    airflow = parts.airflow(0)
    found = parts.postgres().processes() + parts.object_store().session.members()
    for name in COMPONENTS:
        found += airflow.session(name).members()
    return with_descendants(found)


def projects(values: dict[str, str]) -> int:
    """Rows that the demonstration's own maintenance leaves as they are."""
    with psycopg.connect(values["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM projects").fetchone()
    return int(row[0]) if row else -1


def objects(values: dict[str, str]) -> int:
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{values['MINIO_ENDPOINT']}",
        aws_access_key_id=values["MINIO_ACCESS_KEY"],
        aws_secret_access_key=values["MINIO_SECRET_KEY"],
        region_name="us-east-1",
    )
    return len(client.list_objects_v2(Bucket="documents").get("Contents", []))


def test_it_is_all_there_after_one_command(
    airflow_stack: StackInfo, values: dict[str, str]
) -> None:
    found = stack.status()
    assert found.running, found.parts
    assert projects(values) > 0
    assert objects(values) > 0
    assert airflow_stack.airflow_password not in repr(airflow_stack)


def test_a_second_up_finds_the_first(airflow_stack: StackInfo, parts: Parts) -> None:
    before = {process.pid for process in parts.postgres().processes()}
    said: list[str] = []
    assert stack.up(said.append) == airflow_stack
    assert said == []
    assert postgres_pid(parts) in before


def test_the_login_works_and_nothing_else_does(airflow_stack: StackInfo) -> None:
    def log_in(user: str, password: str) -> int:
        body = {"username": user, "password": password}
        url = f"{airflow_stack.airflow_url}/auth/token"
        return requests.post(url, json=body, timeout=20).status_code

    assert log_in(airflow_stack.airflow_user, airflow_stack.airflow_password) == 201
    for user in ("admin", "viewer", "airflow"):
        assert log_in(user, user) == 401


def connections(process: psutil.Process) -> list:
    """The sockets of a process; Airflow shuts those that hold a task's secrets to its own account."""
    try:
        return process.net_connections("inet")
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return []


def test_everything_listens_on_loopback_alone(parts: Parts) -> None:
    listening = {
        (process.name(), one.laddr.ip)
        for process in processes(parts)
        for one in connections(process)
        if one.status == psutil.CONN_LISTEN
    }
    assert len(listening) >= 3
    assert {address for _, address in listening} == {LOOPBACK}


def test_what_holds_secrets_is_private(airflow_stack: StackInfo) -> None:
    root = airflow_stack.directory
    for name in (
        "secrets.json",
        "stack.env",
        "state.json",
        "airflow/users.json",
        "objects/s3.json",
    ):
        assert stat.S_IMODE((root / name).stat().st_mode) == 0o600, name
    for name in ("airflow", "logs", "objects", "postgres"):
        assert stat.S_IMODE((root / name).stat().st_mode) == 0o700, name


def test_no_secret_is_in_a_command_line_or_in_the_state(parts: Parts) -> None:
    told = ""
    for one in processes(parts):
        # A task's process may have ended since it was listed.
        with suppress(psutil.NoSuchProcess):
            told += " ".join(one.cmdline())
    told += parts.paths.state.read_text()
    assert not [name for name, value in parts.secrets.items() if value in told]


@pytest.mark.parametrize(
    ("part", "pid"),
    [
        ("PostgreSQL", postgres_pid),
        ("object store", object_store_pid),
        ("Airflow scheduler", lambda parts: component_pid(parts, "scheduler")),
        ("Airflow api-server", lambda parts: component_pid(parts, "api-server")),
    ],
)
def test_up_heals_what_was_killed(
    airflow_stack: StackInfo,
    parts: Parts,
    values: dict[str, str],
    part: str,
    pid: Callable[[Parts], int],
) -> None:
    killed, before = psutil.Process(pid(parts)), (projects(values), objects(values))
    killed.kill()
    assert wait_for(lambda: not is_alive(killed), 10)
    found = stack.status()
    assert not found.running
    assert next(one for one in found.parts if one.name == part).state == "stopped"
    assert stack.up(print) == airflow_stack
    assert stack.status().running
    assert pid(parts) not in (0, killed.pid)
    assert (projects(values), objects(values)) == before


def test_lost_secrets_are_told_of_and_not_replaced(airflow_stack: StackInfo, parts: Parts) -> None:
    # On the same file system, which may be in memory.
    kept = parts.paths.secrets.rename(parts.paths.secrets.with_name("kept"))
    try:
        with pytest.raises(LocalStackError, match="is gone"):
            stack.up(print)
        assert not parts.paths.secrets.exists()
    finally:
        kept.rename(parts.paths.secrets)


def test_down_leaves_nobody_also_after_a_kill(airflow_stack: StackInfo, parts: Parts) -> None:
    everybody = processes(parts)
    assert len(everybody) > 12
    os.kill(component_pid(parts, "scheduler"), signal.SIGKILL)
    stack.down(print)
    assert [one for one in everybody if is_alive(one)] == []
    assert {part.state for part in stack.status().parts} == {"stopped"}
    stack.down(print)
    assert stack.up(print) == airflow_stack
    assert stack.status().running


def test_a_stack_that_was_never_started_is_looked_at_and_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIOOPS_LOCAL_DIR", str(tmp_path / "none"))
    said: list[str] = []
    stack.down(said.append)
    assert said == ["nothing to stop: this stack was never started"]
    assert {part.state for part in stack.status().parts} == {"stopped"}
    assert not (tmp_path / "none").exists()


def test_two_stacks_have_nothing_in_common(airflow_stack: StackInfo, tmp_path: Path) -> None:
    other = Parts(LocalPaths(tmp_path / "other"), say=print, keep=False)
    mine = State(LocalPaths(airflow_stack.directory))
    taken = {port for ports in mine.get("ports").values() for port in ports.values()}
    fresh = other.ports("objects", ("s3", "filer")) | other.ports("airflow", ("web",))
    assert not taken & set(fresh.values())
    assert other.state.instance != mine.instance
