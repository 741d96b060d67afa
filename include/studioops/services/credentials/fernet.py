"""Airflow's Fernet key, which encrypts its connections and variables."""

from __future__ import annotations

import base64
import binascii

from studioops.model import Status
from studioops.services.credentials.credential import Credential
from studioops.services.credentials.weakness import weak_password
from studioops.services.state import Cause
from studioops.settings.rules.strength import ENOUGH_BITS, REPEATS, bits

NAME = "fernet key"
PLACE = "AIRFLOW__CORE__FERNET_KEY"
KEY_BYTES = 32
MAKE_ONE = (
    "make one: python3 -c 'import base64, secrets; "
    "print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())'"
)
MAY = ("read every connection and variable of Airflow",)


def check_fernet(text: str | None, *, name: str = NAME) -> Credential:
    """Judge a Fernet key.

    Args:
        text: one key, or several with commas between (the first encrypts, all decrypt); None where
            none is known here. Airflow works without one too, and keeps its connections readable.
        name: to report it by.
    """
    if not text:
        return Credential.absent(name, f"set {PLACE}; the DAG credential_validation sees Airflow's")
    keys = text.split(",")
    for number, key in enumerate(keys, 1):
        wrong = _fault(key)
        if wrong:
            said = f"{PLACE}: key {number} of {len(keys)} {wrong}"
            return Credential(name, Status.FAILED, Cause.UNAUTHORISED, said, MAKE_ONE)
    weak = _weakness(keys)
    said = f"{PLACE} {weak}" if weak else f"{PLACE}: {len(keys)} of 32 bytes, made by chance"
    return Credential(name, Status.PASSED, Cause.OK, said, may=MAY, weak=weak)


def _fault(key: str) -> str:
    """Why a text is no key at all; empty where it is one."""
    raw = _bytes(key)
    if raw is None:
        return "is no base64 with - and _"
    return "" if len(raw) == KEY_BYTES else f"is {len(raw)} bytes; it takes {KEY_BYTES}"


def _weakness(keys: list[str]) -> str:
    for key in keys:
        raw = (_bytes(key) or b"").decode("latin-1")
        # 32 letters are as many bytes, and nobody draws them by chance.
        weak = weak_password(raw) or (REPEATS if bits(raw) < ENOUGH_BITS else "")
        if weak or raw.isascii():
            return weak or "is a text, and not bytes made by chance"
    return ""


def _bytes(key: str) -> bytes | None:
    try:
        return base64.b64decode(key.strip(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
