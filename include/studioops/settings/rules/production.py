"""What only production asks for."""

from __future__ import annotations

from collections.abc import Iterator

from studioops.model import Finding, Severity
from studioops.settings.environment import Environment
from studioops.settings.reading import FALSE, Reading
from studioops.settings.variables import variables

OPEN = ("DEBUG", "DEVELOPMENT_MODE", "API_DEBUG", "DEBUG_MODE", "DEV_MODE")


def missing(reading: Reading) -> Iterator[Finding]:
    """Production has its required secrets; development has those that are made for it."""
    if reading.environment is Environment.TEMPLATE:
        return
    for one in variables():
        if reading.text(one.name) or not (one.required if reading.production else one.fresh):
            continue
        yield Finding(
            "missing",
            one.name,
            Severity.ERROR if reading.production else Severity.WARNING,
            f"is not set: {one.description}",
            "the application does not start without",
            f"set {one.name} in the environment"
            if reading.production
            else "`studioops config setup --env development` makes one",
        )


def debug_in_production(reading: Reading) -> Iterator[Finding]:
    """Production runs with debug and development mode off."""
    for name in OPEN if reading.production else ():
        text = reading.text(name).strip().lower()
        if text and text not in FALSE:
            yield Finding(
                "debug_in_production",
                name,
                Severity.CRITICAL,
                "is on in production",
                "errors show code, values and settings to whoever calls",
                f"set {name}=false",
            )


def cors_in_production(reading: Reading) -> Iterator[Finding]:
    """In production no other origin calls the API, and never any origin whatever."""
    if not (reading.production and reading.flag("API_CORS_ENABLED")):
        return
    everybody = "*" in reading.text("API_CORS_ORIGINS")
    yield Finding(
        "cors_in_production",
        "API_CORS_ORIGINS" if everybody else "API_CORS_ENABLED",
        Severity.ERROR if everybody else Severity.WARNING,
        "lets in pages of every origin" if everybody else "is on in production",
        "a page of somebody else acts in the name of whoever opens it",
        "name the origins that need it" if everybody else "set API_CORS_ENABLED=false",
    )


def rate_limit_off(reading: Reading) -> Iterator[Finding]:
    """In production callers are held back."""
    if reading.production and not reading.flag("API_RATE_LIMIT_ENABLED"):
        yield Finding(
            "rate_limit_off",
            "API_RATE_LIMIT_ENABLED",
            Severity.WARNING,
            "is off in production",
            "one caller can take all of the API, and try passwords as fast as it answers",
            "set API_RATE_LIMIT_ENABLED=true",
        )
