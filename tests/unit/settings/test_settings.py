from __future__ import annotations

from pathlib import Path

import pytest

from studioops.errors import SettingsError, UsageError
from studioops.settings import load_settings


@pytest.fixture(autouse=True)
def empty(monkeypatch, tmp_path):
    """A directory without files and an environment without our variables."""
    import os

    from studioops.settings import Settings

    names = {field.alias for field in Settings.model_fields.values()}
    for name in list(os.environ):
        if name in names or name.startswith("STUDIOOPS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_nothing_is_required():
    settings = load_settings()
    assert (settings.environment, settings.targets, settings.ledger_url) == (
        "development",
        {},
        None,
    )


def test_database_url_is_the_target_studioops_with_the_shipped_contract(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:geheim@h/d")
    target = load_settings().target("studioops")
    assert target.url.get_secret_value() == "postgresql://a:geheim@h/d"
    assert target.contract is not None
    assert target.contract.name == "studioops.yaml"
    assert target.contract.is_file()


def test_any_number_of_targets_by_name(monkeypatch):
    monkeypatch.setenv("STUDIOOPS_TARGETS__Shop__URL", "postgresql://a:b@h/shop")
    monkeypatch.setenv("STUDIOOPS_TARGETS__SHOP__CONTRACT", "shop.yaml")
    monkeypatch.setenv("STUDIOOPS_TARGETS__CRM__URL", "postgresql://a:b@h/crm")
    settings = load_settings()
    assert set(settings.targets) == {"shop", "crm"}
    assert settings.target("SHOP").contract == Path("shop.yaml")


def test_the_environment_beats_dot_env_beats_the_local_stack(monkeypatch, tmp_path):
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local/stack.env").write_text(
        "DATABASE_URL=one\nLEDGER_URL=one\nMINIO_REGION=one\n"
    )
    (tmp_path / ".env").write_text("LEDGER_URL=two\nMINIO_REGION=two\n")
    monkeypatch.setenv("MINIO_REGION", "three")
    settings = load_settings()
    found = (
        settings.database_url.get_secret_value(),
        settings.ledger_url.get_secret_value(),
        settings.minio_region,
    )
    assert found == ("one", "two", "three")


def test_an_empty_variable_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("DB_POOL_SIZE", "")
    assert load_settings().database_url is None
    assert load_settings().db_pool_size == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_POOL_SIZE", "geheim"),
        ("DB_POOL_SIZE", "0"),
        ("MINIO_SECURE", "geheim"),
        ("STUDIOOPS_ENV", "geheim"),
        ("STUDIOOPS_SCAN_BATCHES", "65"),
        ("STUDIOOPS_TARGETS__SHOP__URI", "geheim"),
        ("STUDIOOPS_TARGETS", "{geheim"),
    ],
)
def test_a_bad_value_is_named_by_its_variable_and_never_shown(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    told = f"{caught.value.message} {caught.value.next_step}"
    assert name in told
    assert "geheim" not in told


def test_an_unknown_target_names_the_known_ones(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:b@h/d")
    with pytest.raises(UsageError, match=r"no target is called 'crm' \(known: studioops\)"):
        load_settings().target("crm")


def test_secrets_never_show_in_what_is_printed(monkeypatch):
    for name in ("DATABASE_URL", "LEDGER_URL", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"):
        monkeypatch.setenv(name, "geheim")
    settings = load_settings()
    assert "geheim" not in f"{settings!r} {settings} {settings.targets!r}"
