"""What is shown of a value, and what counts as a difference."""

from __future__ import annotations

import pytest

from studioops.settings.comparing import differences, names_of, shown
from studioops.settings.reading import values_of


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("JWT_SECRET_KEY", "geheim", "***"),
        ("JWT_SECRET_KEY", "", ""),
        ("DATABASE_URL", "postgresql://a:geheim@h/d", "***"),
        ("STUDIOOPS_TARGETS__SHOP__URL", "postgresql://a:geheim@h/d", "***"),
        ("STUDIOOPS_TARGETS__SHOP__CONTRACT", "shop.yaml", "shop.yaml"),
        ("OPENAI_BASE_URL", "https://a:geheim@proxy/v1", "https://***@proxy/v1"),
        ("OPENAI_BASE_URL", "https://a:g@geheim@proxy/v1", "https://***@proxy/v1"),
        ("LANGFUSE_HOST", "https://h/?api_key=geheim&a=b", "https://h/?api_key=***&a=b"),
        ("DECLARED_NOWHERE", "geheim", "***"),
        ("DB_POOL_SIZE", "5", "5"),
    ],
)
def test_what_is_shown_of_a_value(name, text, told):
    assert shown(name, text) == told


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [
        ("MINIO_SECURE", "yes", "TRUE"),
        ("DB_POOL_TIMEOUT", "15.0", "15"),
        ("DB_POOL_SIZE", "5", ""),
        ("LOG_LEVEL", "INFO", "'INFO'"),
    ],
)
def test_what_says_the_same_is_no_difference(name, left, right):
    assert differences(values_of(f"{name}={left}\n"), values_of(f"{name}={right}\n")) == ()


def test_a_difference_tells_both_and_never_a_secret():
    left = values_of("DB_POOL_SIZE=7\nJWT_SECRET_KEY=geheim1\nSTUDIOOPS_TARGETS__A__URL=geheim\n")
    right = values_of("JWT_SECRET_KEY=geheim2\nSTUDIOOPS_TARGETS__B__CONTRACT=b.yaml\n")
    told = {one.name: (one.left, one.right, str(one.origin)) for one in differences(left, right)}
    assert told == {
        "DB_POOL_SIZE": ("7", "5", "default"),
        "JWT_SECRET_KEY": ("***", "***", ".env"),
        "STUDIOOPS_TARGETS__A__URL": ("***", "", "not set"),
        "STUDIOOPS_TARGETS__B__CONTRACT": ("", "b.yaml", ".env"),
    }


def test_an_entry_stands_behind_its_variable():
    names = names_of(
        values_of("STUDIOOPS_TARGETS__B__URL=x\nSTUDIOOPS_TARGETS__A__URL=y\nOTHER__A=z\n")
    )
    at = names.index("STUDIOOPS_TARGETS")
    assert names[at + 1 : at + 3] == ("STUDIOOPS_TARGETS__A__URL", "STUDIOOPS_TARGETS__B__URL")
    assert "OTHER__A" not in names
