"""The judgement of a configuration: a rule a function, over what is in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from studioops.model import Finding, Severity
from studioops.settings.reading import Reading
from studioops.settings.rules.database import database_url, pool_size
from studioops.settings.rules.keys import half_a_pair, openai_key, trello_key, trello_token
from studioops.settings.rules.places import log_level, service_address, store_address, store_tls
from studioops.settings.rules.production import (
    cors_in_production,
    debug_in_production,
    missing,
    rate_limit_off,
)
from studioops.settings.rules.secrets import backup_key, default_secret, placeholder_left
from studioops.settings.rules.sign_in import jwt_algorithm, jwt_secret
from studioops.settings.rules.values import bad_value, broken_line, unknown_name

__all__ = ["RULES", "is_valid", "judge"]

RULES: tuple[Callable[[Reading], Iterator[Finding]], ...] = (
    broken_line,
    bad_value,
    unknown_name,
    missing,
    database_url,
    pool_size,
    jwt_secret,
    jwt_algorithm,
    openai_key,
    trello_key,
    trello_token,
    half_a_pair,
    placeholder_left,
    default_secret,
    backup_key,
    log_level,
    store_address,
    store_tls,
    service_address,
    debug_in_production,
    cors_in_production,
    rate_limit_off,
)


def judge(reading: Reading) -> tuple[Finding, ...]:
    """Every fault of a configuration, the worst first; no text of it holds a secret.

    Args:
        reading: what is in force.
    """
    severities = tuple(reversed(Severity))
    found = [finding for rule in RULES for finding in rule(reading)]
    return tuple(sorted(found, key=lambda one: severities.index(one.severity)))


def is_valid(findings: Iterable[Finding]) -> bool:
    """Whether a configuration is fit: no error and nothing critical."""
    return not any(one.severity.fails for one in findings)
