"""Whether each value can be what it should be, and each name is one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from studioops.model import Finding, Severity
from studioops.settings.application import ApplicationSettings
from studioops.settings.declarations import Settings
from studioops.settings.reading import Reading
from studioops.settings.variables import NESTED, by_name, variable_of, variables

OURS = "STUDIOOPS_"
ALIKE = 0.85
# Read by the local stack and by the tests, before there are any settings.
ELSEWHERE = frozenset({"STUDIOOPS_LOCAL_DIR", "STUDIOOPS_FAULTS"})


def bad_value(reading: Reading) -> Iterator[Finding]:
    """A value that can't be what its variable is: no number, out of bounds, no JSON."""
    for one in variables():
        yield from _judged(one.name, reading)


def broken_line(reading: Reading) -> Iterator[Finding]:
    """A line of ``.env`` that is neither a setting nor a comment."""
    for number in reading.broken:
        yield Finding(
            "broken_line",
            f"{reading.file}, line {number}",
            Severity.ERROR,
            "is neither NAME=VALUE nor a comment",
            "whoever reads the file leaves it out, and what it should set is not set",
            "write NAME=VALUE, with quotes around a value that has spaces, or put # before it",
        )


def unknown_name(reading: Reading) -> Iterator[Finding]:
    """A name that nobody reads and that looks like one that is read."""
    for name in reading.in_file:
        known = variable_of(name) is not None or name in ELSEWHERE
        meant = get_close_matches(name.partition(NESTED)[0], by_name(), 1, ALIKE)
        if known or not (meant or name.startswith(OURS)):
            continue
        yield Finding(
            "unknown_name",
            name,
            Severity.WARNING,
            f"nothing reads it{f'; {meant[0]} is one that is read' if meant else ''}",
            "a setting under a name with a slip sets nothing, and nobody hears of it",
            f"rename it to {meant[0]}" if meant else "see docs/configuration.md for the names",
        )


def _judged(name: str, reading: Reading) -> Iterator[Finding]:
    try:
        value = _value(name, reading)
        if value is not None:
            _adapter(name).validate_python(value)
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False):
            place = NESTED.join([name, *(str(part).upper() for part in fault["loc"])])
            yield _bad(place, fault["msg"])
    except (ValueError, TypeError):
        yield _bad(name, "is no valid JSON")


def _bad(name: str, said: str) -> Finding:
    declared = variable_of(name)
    return Finding(
        "bad_value",
        name,
        Severity.ERROR,
        f"{said[:1].lower()}{said[1:]}",
        "whatever reads it stops, or goes on with something else",
        f"set it to what it can be: {declared.kind if declared else 'see docs/configuration.md'}",
    )


def _value(name: str, reading: Reading) -> Any:
    """What is set, as the type takes it: entries of ``NAME__KEY`` put together."""
    text = reading.found[name].text if name in reading.found else None
    if not by_name()[name].nested:
        return text
    whole: Any = json.loads(text) if text else {}
    entries = [one for one in reading.found if one.startswith(name + NESTED)]
    for one in sorted(entries) if isinstance(whole, dict) else ():
        *path, last = one.lower().split(NESTED)[1:]
        inner = whole
        for part in path:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                raise TypeError(one)
        inner[last] = _leaf(reading.found[one].text)
    return whole if text or entries else None


def _leaf(text: str) -> Any:
    return json.loads(text) if text.startswith(("[", "{")) else text


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    fields = (*Settings.model_fields.values(), *ApplicationSettings.model_fields.values())
    declared = next(one for one in fields if one.alias == name)
    bounds = tuple(declared.metadata)
    kind: Any = Annotated[(declared.annotation, *bounds)] if bounds else declared.annotation
    return TypeAdapter(kind)
