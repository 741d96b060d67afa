"""The secret that signs sessions, and how it does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studioops.model import Finding, Severity
from studioops.settings.reading import Reading
from studioops.settings.rules.strength import weakness

MAKE_ONE = "python3 -c 'import secrets; print(secrets.token_hex(32))'"
ALGORITHM = re.compile(r"(HS|RS|ES|PS)(256|384|512)|EdDSA")
WHY = "whoever guesses it signs in as anybody"


def jwt_secret(reading: Reading) -> Iterator[Finding]:
    """JWT_SECRET_KEY has 32 characters, no placeholder, no "dev", "test", "your_", and chance."""
    secret = reading.text("JWT_SECRET_KEY")
    weak = weakness(secret) if secret else None
    if weak:
        severity = Severity.CRITICAL if reading.production else Severity.ERROR
        repair = f"set JWT_SECRET_KEY to what this prints: {MAKE_ONE}"
        yield Finding("jwt_secret", "JWT_SECRET_KEY", severity, weak, WHY, repair)


def jwt_algorithm(reading: Reading) -> Iterator[Finding]:
    """JWT_ALGORITHM signs: ``none`` does not."""
    if not ALGORITHM.fullmatch(reading.text("JWT_ALGORITHM")):
        yield Finding(
            "jwt_algorithm",
            "JWT_ALGORITHM",
            Severity.CRITICAL if reading.production else Severity.ERROR,
            "is no algorithm that signs",
            "sessions that nobody signed are anybody's",
            "set JWT_ALGORITHM=HS256",
        )
