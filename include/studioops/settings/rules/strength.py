"""How good a secret is: placeholders, known defaults, length, chance."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise
from urllib.parse import unquote, urlsplit

PLACEHOLDER = re.compile(
    r"your[_-]|change[_-]?me|replace[_-]?me|place[_-]?holder|example|insert[_-]|x{6}|^<.*>$|^\.{3}$",
    re.IGNORECASE,
)
KNOWN_DEFAULTS = """
    admin airflow changeit default guest langfuse letmein minio minio123 minioadmin
    miniosecret miniopassword openai pass passw0rd password password1 postgres postgresql
    qwerty redis root rootpassword s3cr3t secret secretkey studioops studioops123 test
    test123 trello welcome 123456 12345678 123456789 1234567890
"""
TELLTALES = ("dev", "test", "your_")
ENOUGH_CHARACTERS = 32
ENOUGH_BITS = 64
STEP = 1
REPEATS = "repeats itself: it can be guessed"
WORD = re.compile(r"(\w+)\s*=\s*'?([^'\s]+)")


def placeholder(secret: str) -> bool:
    """Whether it is what a template says, and no secret."""
    return PLACEHOLDER.search(secret) is not None


def known_default(secret: str) -> bool:
    """Whether it is what products come with, or what is tried first."""
    return secret.lower() in KNOWN_DEFAULTS.split()


def password_in(text: str) -> tuple[str, str]:
    """The user and the password of a URL, or of libpq's words; any other text is a password."""
    if "://" not in text:
        words = dict(WORD.findall(text))
        known = "host" in words or "dbname" in words
        return (words.get("user", ""), words.get("password", "")) if known else ("", text)
    try:
        parts = urlsplit(text)
    except ValueError:
        return "", ""
    return unquote(parts.username or ""), unquote(parts.password or "")


def bits(secret: str) -> float:
    """How much chance is in a text, at most: repeated parts and runs like 1234 count once."""
    unit = _unit(secret)
    if not unit:
        return 0.0
    length = len(unit)
    each = -sum(n / length * math.log2(n / length) for n in Counter(unit).values())
    surprising = 1 + sum(abs(ord(after) - ord(before)) > STEP for before, after in pairwise(unit))
    return each * surprising


def weakness(secret: str) -> str | None:
    """What is wrong with a secret that signs; None where nothing is. Never quotes it.

    Args:
        secret: in use for signing, such as JWT_SECRET_KEY.
    """
    if placeholder(secret):
        return "is a placeholder"
    if known_default(secret):
        return "is a known default"
    if len(secret) < ENOUGH_CHARACTERS:
        return f"has {len(secret)} characters; {ENOUGH_CHARACTERS} are the least"
    told = next((word for word in TELLTALES if word in secret.lower()), None)
    if told:
        return f"has {told!r} in it, as secrets have that were made up for a trial"
    if bits(secret) < ENOUGH_BITS:
        return REPEATS
    return None


def _unit(secret: str) -> str:
    """The shortest part whose repetition makes the text."""
    for length in range(1, len(secret)):
        part = secret[:length]
        if (part * (len(secret) // length + 1))[: len(secret)] == secret:
            return part
    return secret
