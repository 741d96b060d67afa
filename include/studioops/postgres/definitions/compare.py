"""What differs between two readings of definitions."""

from __future__ import annotations

import json
from typing import Any

from studioops.postgres.definitions.model import Definitions, Difference

# What the server spells itself, so that another major version may spell it otherwise.
DEPARSED = {
    "column": ("default", "compression"),
    "constraint": ("definition",),
    "index": ("definition",),
    "materialized view": ("definition",),
    "policy": ("using", "check"),
    "publication": ("tables", "generated"),
    "rule": ("definition",),
    "statistics": ("definition",),
    "table": ("partition by", "bound"),
    "trigger": ("definition",),
    "type": ("constraints", "default"),
    "view": ("definition",),
}
# What another major version knows more of.
VERSIONED = ("role", "database", "collation")
MAINTAIN_SINCE = 17


def compare_definitions(
    before: Definitions, after: Definitions, *, majors: tuple[int, int]
) -> list[Difference]:
    """Every definition that is new, gone or another one.

    Args:
        before: by kind and name, as they were.
        after: as they are.
        majors: of the servers they were read on.

    Returns:
        in the order of kind and name. One whose text may only be spelled otherwise by another
        major version says that it is not comparable.
    """
    return [
        Difference(kind, name, one, other, _comparable(kind, one, other, majors))
        for kind in sorted({*before, *after})
        for name in sorted({*before.get(kind, {}), *after.get(kind, {})})
        if (one := _text(before, kind, name, majors)) != (other := _text(after, kind, name, majors))
    ]


def _text(side: Definitions, kind: str, name: str, majors: tuple[int, int]) -> str | None:
    text = side.get(kind, {}).get(name)
    straddles = min(majors) < MAINTAIN_SINCE <= max(majors)
    if text is None or not straddles or kind not in ("privilege", "default privilege"):
        return text
    # An owner has every right there is, and 17 knows one more.
    return "\n".join(line for line in text.split("\n") if ": MAINTAIN" not in line)


def _comparable(kind: str, one: str | None, other: str | None, majors: tuple[int, int]) -> bool:
    if one is None or other is None or majors[0] == majors[1]:
        return True
    if kind == "function":
        # A body in quotes is kept as it was written; one that was parsed is spelled anew.
        return "\nAS $" in one or "\nAS $" in other
    if kind in VERSIONED:
        return False
    if kind not in DEPARSED:
        return True
    if kind == "constraint" and _is_plain(one) and _is_plain(other):
        return True
    return _rest(kind, one) != _rest(kind, other)


def _is_plain(text: str) -> bool:
    """Whether a constraint holds no expression."""
    definition = str(json.loads(text).get("definition", ""))
    return definition.startswith(("FOREIGN KEY", "PRIMARY KEY", "UNIQUE"))


def _rest(kind: str, text: str) -> dict[str, Any]:
    return {name: value for name, value in json.loads(text).items() if name not in DEPARSED[kind]}
