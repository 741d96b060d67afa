"""Credentials: how old one may be, and what their fingerprints are made with."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class CredentialSettings(BaseSettings):
    """Credentials that are looked after."""

    credential_days: float = Field(
        90,
        alias="STUDIOOPS_CREDENTIAL_DAYS",
        gt=0,
        le=36_500,
        description="days after which a credential should be renewed",
    )
    fingerprint_key: SecretStr | None = Field(
        None,
        alias="STUDIOOPS_FINGERPRINT_KEY",
        description="tells by fingerprints how old credentials are; at least 32 characters, made "
        "by chance, and the same for as long as ages shall count",
    )
