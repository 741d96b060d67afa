"""Since when each credential is the same, known by a keyed fingerprint and never by itself."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from studioops.ledger import Ledger
from studioops.services.credentials.credential import Credential
from studioops.services.credentials.held import Held
from studioops.services.credentials.weakness import weak_key

SETTING = "STUDIOOPS_FINGERPRINT_KEY"
MAKE_ONE = f"set {SETTING} to what this prints: openssl rand -hex 32"


@dataclass(frozen=True, slots=True)
class Ages:
    """Since when credentials are known.

    Args:
        first_seen: by their names.
        unknown: why nothing is known; empty where something is.
        next_step: what mends that; empty where nothing has to be mended.
    """

    first_seen: Mapping[str, datetime] = field(default_factory=dict)
    unknown: str = ""
    next_step: str = ""


def fingerprint(key: str, name: str, secret: str) -> str:
    """What stands for a secret: HMAC-SHA256, of no use to whoever has not got the key.

    Args:
        key: of our own.
        name: of the credential; two that hold the same secret don't show it.
        secret: in plain.
    """
    return hmac.new(key.encode(), f"{name}\0{secret}".encode(), sha256).hexdigest()


def remember(
    ledger: Ledger | None, key: str | None, credentials: Iterable[Held], at: datetime
) -> Ages:
    """Keep which secrets are in use, and tell since when they are. One that is new starts anew.

    Args:
        ledger: None where none is configured.
        key: of the fingerprints; None where none is set.
        credentials: those in use.
        at: now, with its offset.

    Raises:
        LedgerUnavailable: it is configured, and can't be used.
    """
    if ledger is None:
        return Ages(unknown="no ledger is configured to keep it")
    if not key:
        return Ages(unknown=f"{SETTING} is not set", next_step=MAKE_ONE)
    weak = weak_key(key)
    if weak:
        return Ages(unknown=f"{SETTING} {weak}", next_step=MAKE_ONE)
    prints = {one.name: fingerprint(key, one.name, one.secret) for one in credentials if one.secret}
    return Ages(ledger.see_credentials(prints, at))


def with_ages(credentials: Iterable[Credential], ages: Ages) -> list[Credential]:
    """The same credentials, each with since when it is known, or why nobody can tell.

    Args:
        credentials: as they were seen.
        ages: by their names.
    """
    return [_aged(one, ages) if one.configured else one for one in credentials]


def _aged(one: Credential, ages: Ages) -> Credential:
    if one.name in ages.first_seen:
        return replace(one, first_seen=ages.first_seen[one.name])
    why = ages.unknown or "nobody here knows the secret"
    return replace(one, unknown=(*one.unknown, f"its age: {why}"))
