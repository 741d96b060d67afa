"""The keys of backups as tasks reach them: from the connection, else from the settings."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from studioops.errors import SettingsError
from studioops.orchestration.vaults import keyring

NEW, OLD = bytes(range(32)), bytes(range(32, 64))


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings from this test alone."""
    monkeypatch.chdir(tmp_path)


def text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def connect(monkeypatch: pytest.MonkeyPatch, **fields: Any) -> None:
    words = json.dumps({"conn_type": "generic", **fields})
    monkeypatch.setenv("AIRFLOW_CONN_STUDIOOPS_BACKUP_KEYS", words)


def declare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIOOPS_BACKUP_KEY_ID", "set")
    monkeypatch.setenv("STUDIOOPS_BACKUP_KEYS__SET", text(OLD))


def test_the_connection_holds_the_current_key_and_the_older_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    declare(monkeypatch)
    connect(monkeypatch, login="K2", password=text(NEW), extra={"k1": text(OLD)})
    keys = keyring()
    assert (keys.current, dict(keys.keys)) == ("k2", {"k2": NEW, "k1": OLD})


def test_without_a_connection_the_settings_keys_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch)
    keys = keyring()
    assert (keys.current, dict(keys.keys)) == ("set", {"set": OLD})


def test_without_either_the_line_says_how_to_make_one() -> None:
    with pytest.raises(SettingsError) as caught:
        keyring()
    assert "'studioops_backup_keys'" in caught.value.message
    assert caught.value.next_step.startswith("airflow connections add studioops_backup_keys ")


@pytest.mark.parametrize(
    "fields",
    [
        {"login": "k"},
        {"password": text(NEW)},
        {"login": "k", "password": "hunter2-of-the-test"},
        {"login": "k", "password": text(NEW), "extra": {"old": "hunter2-of-the-test"}},
        {"login": "a key", "password": text(NEW)},
    ],
    ids=["no key", "no id", "no base64", "an older one", "no name"],
)
def test_a_connection_that_holds_no_key_is_named_and_its_value_is_not(
    monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]
) -> None:
    declare(monkeypatch)
    connect(monkeypatch, **fields)
    with pytest.raises(SettingsError) as caught:
        keyring()
    assert caught.value.message.startswith("the Airflow connection 'studioops_backup_keys': ")
    assert "login" in caught.value.next_step
    assert "hunter2" not in f"{caught.value} {caught.value.next_step}"
    assert text(NEW) not in f"{caught.value} {caught.value.next_step}"
