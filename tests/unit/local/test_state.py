"""What the stack remembers: private, whole, and its own."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from studioops.errors import LocalStackError
from studioops.local.state import (
    SECRET_NAMES,
    LocalPaths,
    State,
    load_secrets,
    local_paths,
    read_json,
    write_private,
)


@pytest.fixture
def paths(tmp_path: Path) -> LocalPaths:
    """An empty stack directory."""
    return LocalPaths(tmp_path / ".local")


def mode(path: Path) -> int:
    """A file's permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private(tmp_path / "secret", "x")
    finally:
        os.umask(before)
    assert mode(tmp_path / "secret") == 0o600


def test_a_write_that_fails_leaves_the_old_file_and_no_debris(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "state.json"
    write_private(target, "old")

    def refuse(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="no space"):
        write_private(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("content", ["{", "[]", "null", ""])
def test_a_broken_state_file_is_told_of_and_not_overwritten(tmp_path: Path, content: str) -> None:
    file = tmp_path / "state.json"
    file.write_text(content)
    with pytest.raises(LocalStackError) as caught:
        read_json(file)
    assert str(file) in caught.value.message
    assert "studioops up" in caught.value.next_step
    assert file.read_text() == content


def test_values_are_remembered_by_the_next_command(paths: LocalPaths) -> None:
    State(paths).put(ports={"postgres": {"sql": 15432}})
    assert State(paths).get("ports") == {"postgres": {"sql": 15432}}
    assert State(paths).get("something else") is None
    assert mode(paths.state) == 0o600


def test_who_only_looks_writes_nothing(paths: LocalPaths) -> None:
    looking = State(paths, keep=False)
    looking.put(ports={})
    assert len(looking.instance) == 12
    load_secrets(paths, keep=False)
    assert not paths.root.exists()


def test_the_instance_stays_the_same(paths: LocalPaths) -> None:
    first = State(paths).instance
    assert State(paths).instance == first
    assert State(LocalPaths(paths.root.with_name("other"))).instance != first


def test_a_copy_is_a_stack_of_its_own(paths: LocalPaths) -> None:
    original = State(paths)
    instance = original.instance
    original.put(ports={"postgres": {"sql": 15432}}, postgres_home="/elsewhere")
    copy = LocalPaths(paths.root.with_name("copy"))
    write_private(copy.state, paths.state.read_text())
    copied = State(copy)
    assert copied.get("ports") is None
    assert copied.get("postgres_home") is None
    assert copied.instance != instance


def test_a_moved_stack_stays_what_it_was(paths: LocalPaths) -> None:
    instance = State(paths).instance
    moved = LocalPaths(paths.root.with_name("moved"))
    paths.root.rename(moved.root)
    assert State(moved).instance == instance


def test_secrets_are_random_private_and_kept(paths: LocalPaths) -> None:
    first = load_secrets(paths)
    assert set(first) == set(SECRET_NAMES)
    assert len(set(first.values())) == len(SECRET_NAMES)
    assert min(map(len, first.values())) >= 20
    assert mode(paths.secrets) == 0o600
    assert load_secrets(paths) == first
    other = load_secrets(LocalPaths(paths.root.with_name("other")))
    assert not set(other.values()) & set(first.values())


def test_airflow_takes_the_keys(paths: LocalPaths) -> None:
    known = load_secrets(paths)
    Fernet(known["airflow_fernet_key"])
    assert len(known["airflow_jwt_secret"]) >= 64


def test_a_secret_that_a_release_adds_is_made_and_the_others_stay(paths: LocalPaths) -> None:
    known = dict(load_secrets(paths))
    del known["ledger_password"]
    write_private(paths.secrets, json.dumps(known))
    again = load_secrets(paths)
    assert again["ledger_password"]
    assert {name: again[name] for name in known} == known


def test_the_directory_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIOOPS_LOCAL_DIR", str(tmp_path / "a" / ".." / "b"))
    assert local_paths().root == tmp_path / "b"
    monkeypatch.delenv("STUDIOOPS_LOCAL_DIR")
    assert local_paths().root.name == ".local"
    assert (local_paths().root.parent / "include" / "studioops").is_dir()
