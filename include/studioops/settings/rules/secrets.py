"""Secrets that are none: placeholders, known defaults, a name as its own password."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator

from studioops.model import Finding, Severity
from studioops.settings.reading import Reading
from studioops.settings.rules.strength import (
    ENOUGH_BITS,
    REPEATS,
    bits,
    known_default,
    password_in,
    placeholder,
)
from studioops.settings.variables import NESTED, is_secret, variable_of

KEYS = "STUDIOOPS_BACKUP_KEYS"
KEY_BYTES = 32
MAKE_ONE = "openssl rand -base64 32"
# These name a key, and are no secret by themselves.
IDS = frozenset({"MINIO_ACCESS_KEY", "LANGFUSE_PUBLIC_KEY"})


def placeholder_left(reading: Reading) -> Iterator[Finding]:
    """No secret is what a template has in its place."""
    for name, secret in _secrets(reading):
        if placeholder(secret):
            yield Finding(
                "placeholder_left",
                name,
                Severity.CRITICAL if reading.production else Severity.ERROR,
                "is a placeholder",
                "it opens nothing, or what everybody can open who knows the template",
                f"set {name} to the real one, or leave it out",
            )


def default_secret(reading: Reading) -> Iterator[Finding]:
    """No secret is what its product comes with, or equal to the name beside it."""
    for name, secret in _secrets(reading):
        user, password = password_in(reading.text(name))
        own_name = bool(password) and password == user
        if own_name or (known_default(secret) and name not in IDS):
            yield Finding(
                "default_secret",
                name,
                Severity.CRITICAL if reading.production else Severity.WARNING,
                "has its user's name as password" if own_name else "is a known default",
                "it is among the first that anybody tries",
                f"change it where it is checked, then set {name}",
            )


def backup_key(reading: Reading) -> Iterator[Finding]:
    """Each key of backups is 32 bytes in base64, made by chance, and the chosen one is there."""
    keys = _keys(reading)
    for name, text in keys.items():
        wrong = _key_fault(text)
        if wrong:
            yield _unfit_key(name, wrong, f"set {name} to what this prints: {MAKE_ONE}")
    chosen = reading.text("STUDIOOPS_BACKUP_KEY_ID")
    wanted = f"{KEYS}{NESTED}{chosen.upper()}"
    if chosen and wanted not in keys:
        yield _unfit_key("STUDIOOPS_BACKUP_KEY_ID", "names a key that is not set", f"set {wanted}")


def _keys(reading: Reading) -> dict[str, str]:
    """The keys by their names, also those of one JSON text; another rule says where it is none."""
    try:
        whole = json.loads(reading.text(KEYS) or "{}")
    except ValueError:
        whole = {}
    entries = whole.items() if isinstance(whole, dict) else ()
    named = {f"{KEYS}{NESTED}{one.upper()}": str(text) for one, text in entries}
    start = KEYS + NESTED
    return named | {
        one: found.text for one, found in reading.found.items() if one.startswith(start)
    }


def _unfit_key(name: str, wrong: str, repair: str) -> Finding:
    why = "no backup can be taken with it, or anybody can read what is taken"
    return Finding("backup_key", name, Severity.ERROR, wrong, why, repair)


def _key_fault(text: str) -> str | None:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return "is no base64"
    if len(raw) != KEY_BYTES:
        return f"is {len(raw)} bytes; it takes {KEY_BYTES}"
    return REPEATS if bits(raw.decode("latin-1")) < ENOUGH_BITS else None


def _secrets(reading: Reading) -> Iterator[tuple[str, str]]:
    """Each secret that is set, of addresses the password; some are left to rules of their own."""
    for name in sorted(reading.found):
        own_rule = name == "JWT_SECRET_KEY" or name.startswith(KEYS)
        if variable_of(name) is not None and is_secret(name) and not own_rule:
            yield name, password_in(reading.text(name))[1]
