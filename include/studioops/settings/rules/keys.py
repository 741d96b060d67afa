"""The keys of services: what each looks like, and that none comes alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studioops.model import Finding, Severity
from studioops.settings.reading import Reading

SHAPES = {
    "openai_key": (
        "OPENAI_API_KEY",
        re.compile(r"sk-[A-Za-z0-9_-]+"),
        "does not look like a key of OpenAI: sk- and then letters, digits, - and _",
        "copy it anew from https://platform.openai.com/api-keys",
    ),
    "trello_key": (
        "TRELLO_API_KEY",
        re.compile(r"[0-9a-fA-F]{32}"),
        "does not look like a key of Trello: 32 hexadecimal characters",
        "copy it anew from https://trello.com/power-ups/admin",
    ),
    "trello_token": (
        "TRELLO_API_TOKEN",
        re.compile(r"[0-9a-fA-F]{64}|ATTA[A-Za-z0-9_=-]{28,}"),
        "does not look like a token of Trello: 64 hexadecimal characters, or ATTA and more",
        "make one anew at https://trello.com/power-ups/admin",
    ),
}
PAIRS = (
    ("MINIO_ACCESS_KEY", "MINIO_SECRET_KEY", Severity.ERROR),
    ("TRELLO_API_KEY", "TRELLO_API_TOKEN", Severity.WARNING),
    ("LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY", Severity.WARNING),
    ("SMTP_USERNAME", "SMTP_PASSWORD", Severity.WARNING),
)


def openai_key(reading: Reading) -> Iterator[Finding]:
    """OPENAI_API_KEY begins with ``sk-`` and may hold ``-`` and ``_``."""
    yield from _shaped("openai_key", reading)


def trello_key(reading: Reading) -> Iterator[Finding]:
    """TRELLO_API_KEY is 32 hexadecimal characters."""
    yield from _shaped("trello_key", reading)


def trello_token(reading: Reading) -> Iterator[Finding]:
    """TRELLO_API_TOKEN is 64 hexadecimal characters, or one of the newer ATTA form."""
    yield from _shaped("trello_token", reading)


def half_a_pair(reading: Reading) -> Iterator[Finding]:
    """The key of a pair is set with its secret, and the secret with its key."""
    for key, secret, severity in PAIRS:
        absent, there = sorted((key, secret), key=lambda name: bool(reading.text(name)))
        if reading.text(there) and not reading.text(absent):
            yield Finding(
                "half_a_pair",
                absent,
                severity,
                f"is not set, and {there} is",
                "one is of no use without the other",
                f"set {absent}, or unset {there}",
            )


def _shaped(check: str, reading: Reading) -> Iterator[Finding]:
    name, shape, message, repair = SHAPES[check]
    text = reading.text(name)
    if text and not shape.fullmatch(text):
        why = "the service does not take it"
        yield Finding(check, name, Severity.ERROR, message, why, repair)
