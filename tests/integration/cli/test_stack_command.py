"""``up``, ``down`` and ``status`` as they are typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from studioops.local.parts import Parts
from studioops.local.state import LocalPaths

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "status.json"


@pytest.fixture
def never_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stack that was never started."""
    directory = tmp_path / "stack"
    monkeypatch.setenv("STUDIOOPS_LOCAL_DIR", str(directory))
    return directory


def studioops(*words: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("studioops")
    return subprocess.run(
        [str(program), *words], capture_output=True, text=True, check=False, timeout=300
    )


def published(done: subprocess.CompletedProcess[str]) -> dict:
    """The document on stdout, held against its published schema."""
    document = json.loads(done.stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    return document


def test_status_of_nothing_is_not_checked(never_started: Path) -> None:
    done = studioops("status", "--json")
    document = published(done)
    assert done.returncode == 3
    assert document["schema_version"] == 1
    assert document["status"] == "not_checked"
    assert {part["state"] for part in document["parts"]} == {"stopped"}
    assert "studioops up" in done.stderr
    assert not never_started.exists()


def test_looking_where_postgresqls_account_cannot_enter_writes_nothing(
    never_started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studioops.local import postgres_programs, stack

    # As in a clone in root's home: the account reaches neither the directory nor the wheel.
    monkeypatch.setattr("studioops.local.server_user.ServerUser.runs", lambda *_: False)
    monkeypatch.setattr(postgres_programs, "_copy", lambda *_: pytest.fail("copied"))
    assert {part.state for part in stack.status().parts} == {"stopped"}
    assert not never_started.exists()


def test_down_of_nothing_is_well(never_started: Path) -> None:
    done = studioops("down")
    assert done.returncode == 0
    assert "never started" in done.stderr
    assert not never_started.exists()


@pytest.fixture
def with_data(never_started: Path) -> Path:
    """A stack with a database cluster, and where that lies; as root outside of the stack."""
    parts = Parts(LocalPaths(never_started), say=print)
    parts.postgres().create()
    return parts.postgres_home()


def test_data_are_deleted_only_when_told(never_started: Path, with_data: Path) -> None:
    done = studioops("down", "--delete-data")
    assert done.returncode == 4
    assert "nothing was deleted" in done.stderr
    assert (with_data / "data").exists()
    done = studioops("down", "--delete-data", "--yes")
    assert (done.returncode, done.stdout) == (0, "the local stack is deleted\n")
    assert not never_started.exists()
    assert not with_data.exists()


def test_down_alone_keeps_the_data(never_started: Path, with_data: Path) -> None:
    assert studioops("down").returncode == 0
    assert (with_data / "data").exists()
    assert studioops("down", "--delete-data", "--yes").returncode == 0


def test_a_broken_state_is_one_line_with_the_next_step(never_started: Path) -> None:
    never_started.mkdir()
    (never_started / "state.json").write_text("{")
    done = studioops("status", "--json")
    assert done.returncode == 5
    assert json.loads(done.stdout)["error"]["code"] == "local_stack"
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("airflow_stack")
@pytest.mark.timeout(600)
def test_status_of_a_running_stack() -> None:
    done = studioops("status", "--json")
    document = published(done)
    assert (done.returncode, document["status"]) == (0, "passed")
    assert {part["state"] for part in document["parts"]} == {"running"}
    assert "password" not in document["login"]
    table = studioops("status")
    assert table.returncode == 0
    assert table.stdout.count("running") == len(document["parts"])
    assert document["directories"]["PostgreSQL's data"] in table.stdout


@pytest.mark.usefixtures("airflow_stack")
@pytest.mark.timeout(600)
def test_a_second_up_is_quick_and_prints_the_login() -> None:
    done = studioops("up")
    assert done.returncode == 0, done.stderr
    assert "Airflow: http://127.0.0.1:" in done.stdout
    assert "login: admin, password: " in done.stdout
