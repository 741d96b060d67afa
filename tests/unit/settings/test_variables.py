"""The declarations: complete, each once, and each default one that its own rules take."""

from __future__ import annotations

import pytest

from studioops.settings import Environment
from studioops.settings.reading import values_of
from studioops.settings.rules.values import bad_value
from studioops.settings.variables import by_name, is_secret, variable_of, variables

# What the application has, as it was found.
APPLICATION = """
DATABASE_URL DB_POOL_SIZE DB_MAX_OVERFLOW DB_POOL_TIMEOUT DB_POOL_RECYCLE DB_POOL_PRE_PING
OPENAI_API_KEY OPENAI_MODEL OPENAI_MAX_TOKENS OPENAI_TEMPERATURE
TRELLO_API_KEY TRELLO_API_TOKEN TRELLO_DEFAULT_BOARD_ID
MINIO_ENDPOINT MINIO_ACCESS_KEY MINIO_SECRET_KEY MINIO_SECURE MINIO_REGION
MINIO_DOCUMENTS_BUCKET MINIO_UPLOADS_BUCKET MINIO_EXPORTS_BUCKET MINIO_TEMP_BUCKET
LANGFUSE_HOST LANGFUSE_PUBLIC_KEY LANGFUSE_SECRET_KEY LOG_LEVEL LOG_FORMAT
JWT_SECRET_KEY JWT_ALGORITHM JWT_EXPIRATION_HOURS
API_CORS_ENABLED API_CORS_ORIGINS API_ALLOWED_HOSTS API_RATE_LIMIT API_RATE_LIMIT_ENABLED
HEALTH_CHECK_INTERVAL HEALTH_CHECK_TIMEOUT HEALTH_CHECK_RETRIES
DATABASE_HEALTH_TIMEOUT MINIO_HEALTH_TIMEOUT TRELLO_HEALTH_TIMEOUT OPENAI_HEALTH_TIMEOUT
BACKUP_SCHEDULE BACKUP_RETENTION_DAYS BACKUP_STORAGE_PATH MINIO_BACKUP_SCHEDULE
CPU_ALERT_THRESHOLD MEMORY_ALERT_THRESHOLD DISK_ALERT_THRESHOLD ERROR_RATE_ALERT_THRESHOLD
SMTP_HOST SMTP_PORT SMTP_PASSWORD REDIS_URL
"""


def test_every_variable_of_the_application_is_declared():
    assert set(APPLICATION.split()) <= set(by_name())


def test_none_is_declared_twice():
    names = [one.name for one in variables()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("one", variables(), ids=lambda one: one.name)
def test_each_says_what_it_is_for(one):
    assert one.description
    assert one.group
    assert not one.description.endswith(".")


@pytest.mark.parametrize("environment", Environment)
def test_each_default_can_be_what_it_is(environment):
    values = {one.name: one.value_in(environment) for one in variables()}
    text = "".join(f"{name}='{value}'\n" for name, value in values.items() if value is not None)
    reading = values_of(text)
    assert len(reading.found) > 60
    assert list(bad_value(reading)) == []


@pytest.mark.parametrize("one", variables(), ids=lambda one: one.name)
def test_what_is_named_like_a_secret_is_one(one):
    """Whoever declares another secret as plain text hears of it here."""
    words = set(one.name.split("_"))
    named = words & {"PASSWORD", "SECRET", "TOKEN"} or one.name.endswith(("_API_KEY", "_URL"))
    if named and not one.name.endswith("_BASE_URL"):
        assert one.secret


def test_an_entry_belongs_to_the_variable_that_it_is_of():
    assert variable_of("STUDIOOPS_TARGETS__SHOP__URL").name == "STUDIOOPS_TARGETS"
    assert variable_of("DB_POOL_SIZE__X") is None
    assert variable_of("NO_SUCH_THING") is None


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("STUDIOOPS_TARGETS", True),
        ("STUDIOOPS_TARGETS__SHOP", True),
        ("STUDIOOPS_TARGETS__SHOP__URL", True),
        ("STUDIOOPS_TARGETS__SHOP__DRILL", True),
        ("STUDIOOPS_TARGETS__SHOP__CONTRACT", False),
        ("STUDIOOPS_SERVICES__MAIL__URL", True),
        ("STUDIOOPS_SERVICES__MAIL__TIMEOUT", False),
        ("STUDIOOPS_BACKUP_KEYS__K2026", True),
        ("DB_POOL_SIZE", False),
        ("OPENAI_API_KEY", True),
        ("DECLARED_NOWHERE", True),
    ],
)
def test_which_names_are_secret(name, secret):
    assert is_secret(name) is secret
