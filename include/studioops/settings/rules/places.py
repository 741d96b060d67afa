"""Where things are, and how one speaks to them: TLS, schemes, the level of logs."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from studioops.model import Finding, Severity
from studioops.settings.reading import Reading

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOCAL = ("localhost", "127.", "::1", "0.0.0.0")  # noqa: S104  (compared with, not bound to)
ADDRESSES = ("OPENAI_BASE_URL", "TRELLO_BASE_URL", "LANGFUSE_HOST")


def log_level(reading: Reading) -> Iterator[Finding]:
    """LOG_LEVEL is one of the five."""
    text = reading.text("LOG_LEVEL")
    if text not in LEVELS:
        yield Finding(
            "log_level",
            "LOG_LEVEL",
            Severity.ERROR,
            f"is none of {', '.join(LEVELS)}",
            "the application does not start, or logs what nobody asked for",
            f"set LOG_LEVEL={text.upper() if text.upper() in LEVELS else 'INFO'}",
        )


def store_address(reading: Reading) -> Iterator[Finding]:
    """MINIO_ENDPOINT is host:port without a scheme, and production has one."""
    text = reading.text("MINIO_ENDPOINT")
    if "://" in text or "/" in text:
        yield Finding(
            "store_address",
            "MINIO_ENDPOINT",
            Severity.ERROR,
            "is no host:port",
            "no client takes it",
            "write host:port alone; MINIO_SECURE says whether it speaks TLS",
        )
    elif not text and reading.production:
        yield Finding(
            "store_address",
            "MINIO_ENDPOINT",
            Severity.WARNING,
            "is not set in production",
            "the object store is a required service, and nobody can look at it",
            "set MINIO_ENDPOINT to host:port",
        )


def store_tls(reading: Reading) -> Iterator[Finding]:
    """An object store on this machine speaks no TLS, one of production does."""
    host = reading.text("MINIO_ENDPOINT").lower().rpartition("://")[2].strip("[")
    secure, local = reading.flag("MINIO_SECURE"), host.startswith(LOCAL)
    if host and secure is local and (secure or reading.production):
        yield Finding(
            "store_tls",
            "MINIO_SECURE",
            Severity.WARNING,
            "is on for a store on this machine" if secure else "is off in production",
            "such a store seldom speaks TLS" if secure else "keys and documents travel readable",
            f"set MINIO_SECURE={'false' if secure else 'true'}",
        )


def service_address(reading: Reading) -> Iterator[Finding]:
    """The address of a service is an http or https URL."""
    for name in ADDRESSES:
        text = reading.text(name)
        if text and not _is_address(text):
            yield Finding(
                "service_address",
                name,
                Severity.ERROR,
                "is no address of a service",
                "nothing can reach the service by it",
                "write https://host, with a path where it has one",
            )


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
