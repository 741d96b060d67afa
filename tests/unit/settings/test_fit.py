"""Production does not start with what is critical; everything else starts."""

from __future__ import annotations

import pytest

from studioops.errors import Refused, SettingsError
from studioops.settings import load_settings


@pytest.fixture
def production(nothing, monkeypatch, good):
    """Production, fit."""
    for name, value in {**good, "STUDIOOPS_ENV": "production"}.items():
        monkeypatch.setenv(name, value)
    return nothing


def test_production_that_is_fit_starts(production):
    assert load_settings().environment == "production"


def test_a_warning_or_an_error_keeps_nobody_from_work(production, monkeypatch):
    monkeypatch.delenv("JWT_SECRET_KEY")
    monkeypatch.setenv("DB_POOL_SIZE", "4")
    assert load_settings().db_pool_size == 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "true"),
        ("DEVELOPMENT_MODE", "1"),
        ("JWT_SECRET_KEY", "geheim"),
        ("MINIO_SECRET_KEY", "minioadmin"),
        ("DATABASE_URL", "postgresql://postgres:changeme-geheim@h/d"),
    ],
)
def test_what_is_critical_is_refused_in_a_line_that_says_what_to_mend(
    production, monkeypatch, name, value
):
    monkeypatch.setenv(name, value)
    with pytest.raises(Refused) as refused:
        load_settings()
    assert refused.value.exit_code == 4
    assert refused.value.message.startswith(f"not fit for production: {name}: ")
    assert name in refused.value.next_step
    assert "geheim" not in refused.value.reason


def test_the_file_is_judged_too(production):
    (production / ".env").write_text("DEBUG=true\nDEVELOPMENT_MODE=true\n")
    with pytest.raises(Refused, match="1 more: `studioops config validate`"):
        load_settings()


@pytest.mark.parametrize("environment", ["development", "template"])
def test_elsewhere_nobody_is_kept_from_work(production, monkeypatch, environment):
    monkeypatch.setenv("STUDIOOPS_ENV", environment)
    monkeypatch.setenv("DEBUG", "true")
    monkeypatch.setenv("JWT_SECRET_KEY", "short")
    assert load_settings().environment == environment


def test_a_fault_in_what_only_the_application_reads_stops_no_command(nothing, monkeypatch):
    monkeypatch.setenv("OPENAI_TEMPERATURE", "hot")
    assert load_settings().environment == "development"


@pytest.mark.parametrize(
    "name", ["STUDIOOPS_TARGETS", "STUDIOOPS_SERVICES", "STUDIOOPS_BACKUP_KEYS"]
)
def test_what_is_no_json_is_named(nothing, monkeypatch, name):
    monkeypatch.setenv(name, "{geheim")
    with pytest.raises(SettingsError, match=f"{name} is no valid JSON") as caught:
        load_settings()
    assert f"{name}__NAME" in caught.value.next_step
    assert "geheim" not in caught.value.reason
