"""Airflow's connections as the plain values that rooms take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from studioops.errors import SettingsError
from studioops.orchestration.connections import (
    contract_path,
    database_url,
    open_evidence,
    open_reader,
    open_store,
    open_target,
)
from studioops.postgres import parse_dsn
from studioops.settings.declarations import SHIPPED_CONTRACT

PASSWORD = "p@ss w/ö'r\\d%:#"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings from this test alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)


def connection(monkeypatch: pytest.MonkeyPatch, name: str, **fields: Any) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(fields))


def shop(monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
    fields = {"conn_type": "postgres", "host": "db.example", "port": 5433, "login": "keeper"}
    connection(monkeypatch, "shop", **fields, password=PASSWORD, schema="shop", **more)


@pytest.mark.parametrize("look", [database_url, open_target])
def test_a_connection_that_is_missing_says_how_to_make_it(look: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        look("nowhere")
    assert caught.value.message == "Airflow has no connection called 'nowhere'"
    assert caught.value.next_step.startswith("airflow connections add nowhere --conn-uri postgres")


def test_a_missing_ledger_or_store_is_named() -> None:
    with pytest.raises(SettingsError, match="studioops_ledger"):
        open_evidence()
    with pytest.raises(SettingsError, match="studioops_object_store"):
        open_store(1)


def test_every_part_of_a_connection_arrives_whatever_its_letters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop(monkeypatch)
    assert conninfo_to_dict(database_url("shop")) == {
        "host": "db.example",
        "port": "5433",
        "user": "keeper",
        "password": PASSWORD,
        "dbname": "shop",
    }


def test_the_extra_reaches_libpq_without_the_hooks_own_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop(monkeypatch, extra={"sslmode": "verify-full", "cursor": "dictcursor", "iam": False})
    words = conninfo_to_dict(database_url("shop"))
    assert words["sslmode"] == "verify-full"
    assert not {"cursor", "iam"} & set(words)


def test_what_is_opened_never_shows_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    shop(monkeypatch)
    with open_target("shop") as database:
        assert PASSWORD not in repr(database)
        assert database.limits.read_only
        assert database.dsn == parse_dsn(database_url("shop"))


def test_limits_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    shop(monkeypatch)
    monkeypatch.setenv("STUDIOOPS_STATEMENT_TIMEOUT", "12")
    with open_target("shop") as database:
        assert database.limits.statement_timeout == 12


def test_a_contract_is_the_declared_one_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIOOPS_TARGETS__SHOP__URL", "postgresql://h/shop")
    assert contract_path("shop") is None
    monkeypatch.setenv("STUDIOOPS_TARGETS__SHOP__CONTRACT", "/somewhere/shop.yaml")
    assert contract_path("Shop") == Path("/somewhere/shop.yaml")
    assert contract_path("unknown") is None


def test_studioops_keeps_its_contract_where_only_airflow_knows_its_connection() -> None:
    assert contract_path("studioops") == SHIPPED_CONTRACT


@pytest.mark.parametrize("secure", [False, True])
def test_the_store_is_reached_where_the_connection_says(
    monkeypatch: pytest.MonkeyPatch, secure: bool
) -> None:
    known = {"conn_type": "generic", "host": "store", "port": 9000, "login": "key"}
    extra = {"secure": secure, "region": "eu-west-1"}
    connection(monkeypatch, "studioops_object_store", **known, password=PASSWORD, extra=extra)
    with open_store(1) as store:
        assert store.client.meta.endpoint_url == f"http{'s' if secure else ''}://store:9000"
        assert store.client.meta.region_name == "eu-west-1"
        assert PASSWORD not in repr(store)


def test_a_replica_that_is_declared_and_not_connected_is_told_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop(monkeypatch)
    with open_target("shop") as primary, open_reader("shop", primary) as (read, server):
        assert (read, server) == (primary, "the primary")
        monkeypatch.setenv("STUDIOOPS_TARGETS__SHOP__URL", "postgresql://db.example/shop")
        monkeypatch.setenv("STUDIOOPS_TARGETS__SHOP__REPLICA", "postgresql://twin.example/shop")
        with pytest.raises(SettingsError, match="no connection called 'shop_replica'"):
            open_reader("shop", primary)
