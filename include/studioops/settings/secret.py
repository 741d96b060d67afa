"""A secret in plain, for whoever uses it."""

from __future__ import annotations

from pydantic import SecretStr


def plain(value: SecretStr | None) -> str | None:
    """What a setting that is a secret holds; None where it is not set.

    Args:
        value: the setting.
    """
    return value.get_secret_value() if value is not None else None
