"""The databases' addresses, and how many connections are kept."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from studioops.model import Finding, Severity
from studioops.settings.reading import Reading

EXAMPLE = "postgresql://user:password@host:5432/database"
FEWEST, MOST = 5, 50


def database_url(reading: Reading) -> Iterator[Finding]:
    """DATABASE_URL is the URL of a PostgreSQL database; LEDGER_URL and STUDIOOPS_DRILL_URL too."""
    for name in ("DATABASE_URL", "LEDGER_URL", "STUDIOOPS_DRILL_URL"):
        text = reading.text(name)
        # The application takes a URL alone; ours takes libpq's key=value words too.
        wrong = _fault(text) if text and (name == "DATABASE_URL" or "://" in text) else None
        if wrong:
            yield Finding(
                "database_url",
                name,
                Severity.ERROR,
                wrong,
                "nothing can connect by it",
                f"write {EXAMPLE}; in the password @, :, / and # are %40, %3A, %2F and %23",
            )


def pool_size(reading: Reading) -> Iterator[Finding]:
    """DB_POOL_SIZE is at least 5 and at most 50."""
    size = reading.number("DB_POOL_SIZE")
    if size is None or FEWEST <= size <= MOST:
        return
    few = size < FEWEST
    yield Finding(
        "pool_size",
        "DB_POOL_SIZE",
        Severity.WARNING,
        f"{size:g} is {'under' if few else 'over'} {FEWEST if few else MOST}",
        "requests wait for a connection" if few else "each process takes that many of the server's",
        f"set it to between {FEWEST} and {MOST}",
    )


def _fault(text: str) -> str | None:
    """What is wrong with an address; never quotes it."""
    scheme, separator, rest = text.strip().partition("://")
    dialect = scheme.partition("+")[0].lower()
    if not separator or dialect not in ("postgresql", "postgres"):
        return "is no PostgreSQL URL"
    try:
        parts = urlsplit(f"postgresql://{rest}")
        _ = parts.port
    except ValueError:
        return "has a port or host that is none"
    if parts.netloc.count("@") > 1:
        return "has more than one @"
    return None if parts.path.strip("/") else "names no database"
