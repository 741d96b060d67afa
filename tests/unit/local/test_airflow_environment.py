"""What Airflow's processes are told: our settings, our connections, nothing of the caller's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from studioops.local.airflow_environment import (
    airflow_environment,
    users_document,
    users_file,
)
from studioops.local.state import CHECKOUT, LocalPaths, load_secrets
from studioops.settings import Settings

AWKWARD = "p@ss:w/or#d %?&"
ENCODED = "p%40ss%3Aw%2For%23d%20%25%3F%26"


def environment(tmp_path: Path, **settings: Any) -> dict[str, str]:
    return airflow_environment(
        home=tmp_path / "airflow",
        port=18080,
        metadata_url="postgresql://airflow:secret@127.0.0.1:15432/airflow",
        secrets=load_secrets(LocalPaths(tmp_path), keep=False),
        settings=Settings(_env_file=None, **settings),
        files={"STUDIOOPS_SCAN_BATCHES": "7", "LOG_LEVEL": "DEBUG"},
    )


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests."""
    for name in ("DATABASE_URL", "LEDGER_URL", "MINIO_ENDPOINT", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "name",
    [
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONPATH",
        "PGHOST",
        "PGPASSWORD",
        "AIRFLOW__CORE__EXECUTOR_OF_SOMEBODY",
        "AIRFLOW_CONFIG",
    ],
)
def test_what_would_mix_up_two_airflows_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "the caller's")
    assert "the caller's" not in environment(tmp_path).values()


def test_the_callers_own_connections_and_variables_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", "postgres://w")
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    found = environment(tmp_path)
    assert found["AIRFLOW_CONN_WAREHOUSE"] == "postgres://w"
    assert found["STUDIOOPS_SCAN_BATCHES"] == "7"
    assert found["LOG_LEVEL"] == "ERROR", "the environment beats the settings' files"


def test_all_is_on_loopback_and_nothing_is_sent_home(tmp_path: Path) -> None:
    found = environment(tmp_path)
    assert found["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert found["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"].startswith("http://127.0.0.1:18080/")
    assert found["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"
    assert found["SCARF_ANALYTICS"] == "false"


def test_both_drivers_get_airflows_own_database(tmp_path: Path) -> None:
    found = environment(tmp_path)
    rest = "://airflow:secret@127.0.0.1:15432/airflow"
    assert found["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"postgresql+psycopg2{rest}"
    assert found["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"] == f"postgresql+asyncpg{rest}"


def test_dags_run_on_a_local_executor_from_the_checkout(tmp_path: Path) -> None:
    found = environment(tmp_path)
    assert found["AIRFLOW__CORE__DAGS_FOLDER"] == str(CHECKOUT / "dags")
    assert found["AIRFLOW__CORE__PLUGINS_FOLDER"] == str(CHECKOUT / "plugins")
    assert found["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert found["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"
    assert found["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] == "False"


def test_a_proxy_is_not_asked_for_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", "intranet")
    found = environment(tmp_path)
    assert found["NO_PROXY"] == found["no_proxy"] == "intranet,127.0.0.1,localhost"


def test_a_target_becomes_a_connection_of_its_name(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://us%40er:{ENCODED}@db.example:6432/app%20db?sslmode=require"
    connection = json.loads(environment(tmp_path, database_url=url)["AIRFLOW_CONN_STUDIOOPS"])
    assert connection == {
        "conn_type": "postgres",
        "host": "db.example",
        "port": 6432,
        "login": "us@er",
        "password": AWKWARD,
        "schema": "app db",
        "extra": {"sslmode": "require"},
    }


def test_libpqs_words_make_a_connection_too(tmp_path: Path) -> None:
    targets = {"Shop": {"url": "host=db.example dbname=shop user=reader"}}
    found = environment(tmp_path, declared_targets=targets)
    connection = json.loads(found["AIRFLOW_CONN_SHOP"])
    assert connection["schema"] == "shop"
    assert connection["port"] is None
    assert connection["password"] is None


def test_a_contracts_path_is_absolute_since_tasks_work_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    target = {"url": "postgresql://db.example/shop", "contract": "contracts/shop.yaml"}
    found = environment(tmp_path, declared_targets={"shop": target})
    expected = tmp_path / "contracts" / "shop.yaml"
    assert found["STUDIOOPS_TARGETS__SHOP__CONTRACT"] == str(expected)
    assert found["STUDIOOPS_TARGETS__SHOP__URL"] == target["url"]


def test_ledger_and_object_store_are_connections(tmp_path: Path) -> None:
    found = environment(
        tmp_path,
        ledger_url="postgresql://ledger:x@127.0.0.1:1/ledger",
        minio_endpoint="127.0.0.1:9000",
        minio_access_key="KEY",
        minio_secret_key=AWKWARD,
        minio_region="eu-1",
    )
    assert json.loads(found["AIRFLOW_CONN_STUDIOOPS_LEDGER"])["login"] == "ledger"
    assert json.loads(found["AIRFLOW_CONN_STUDIOOPS_OBJECT_STORE"]) == {
        "conn_type": "generic",
        "host": "127.0.0.1",
        "port": 9000,
        "login": "KEY",
        "password": AWKWARD,
        "extra": {"region": "eu-1", "secure": False},
    }


def test_what_is_not_configured_is_no_connection(tmp_path: Path) -> None:
    assert not [name for name in environment(tmp_path) if name.startswith("AIRFLOW_CONN_STUDIO")]


def test_the_users_have_random_passwords(tmp_path: Path) -> None:
    secrets = load_secrets(LocalPaths(tmp_path), keep=False)
    users = json.loads(users_document(secrets))
    assert set(users) == {"admin", "viewer"}
    assert len(set(users.values())) == 2
    assert not set(users) & set(users.values())
    named = environment(tmp_path)["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]
    assert named == str(users_file(tmp_path / "airflow"))


def test_keys_of_services_go_by_connections_that_airflow_masks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {name: f"secret-{name}" for name in ("OPENAI_API_KEY", "TRELLO_API_KEY")}
    keys["TRELLO_API_TOKEN"] = "secret-TRELLO_API_TOKEN"
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    found = environment(tmp_path, **keys)
    assert not set(keys) & set(found)
    openai = json.loads(found["AIRFLOW_CONN_STUDIOOPS_OPENAI"])
    trello = json.loads(found["AIRFLOW_CONN_STUDIOOPS_TRELLO"])
    assert openai["password"] == keys["OPENAI_API_KEY"]
    assert (trello["login"], trello["password"]) == tuple(list(keys.values())[1:])


def test_the_key_of_fingerprints_goes_by_a_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIOOPS_FINGERPRINT_KEY", "secret-of-fingerprints")
    found = environment(tmp_path, STUDIOOPS_FINGERPRINT_KEY="secret-of-fingerprints")
    assert "STUDIOOPS_FINGERPRINT_KEY" not in found
    told = json.loads(found["AIRFLOW_CONN_STUDIOOPS_FINGERPRINT"])
    assert told["password"] == "secret-of-fingerprints"


def test_services_are_looked_at_less_often_here_unless_somebody_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEALTH_CHECK_INTERVAL", raising=False)
    assert environment(tmp_path)["HEALTH_CHECK_INTERVAL"] == "300"
    monkeypatch.setenv("HEALTH_CHECK_INTERVAL", "90")
    assert environment(tmp_path)["HEALTH_CHECK_INTERVAL"] == "90"
