"""What is shown of a value, and where two configurations differ."""

from __future__ import annotations

import re
from dataclasses import dataclass

from studioops.settings.reading import FALSE, TRUE, Origin, Reading
from studioops.settings.variables import NESTED, Variable, by_name, is_secret, variable_of

MASK = "***"
USERINFO = re.compile(r"//\S*@")
QUERY = re.compile(r"([?&][^=&\s]*(?:key|token|secret|passw|sig)[^=&\s]*=)[^&\s]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Difference:
    """A variable that two configurations have different values of.

    Args:
        name: of the variable.
        left: its value in the one, as it may be shown; empty where it is not set.
        right: its value in the other.
        origin: where the other one has it from.
    """

    name: str
    left: str
    right: str
    origin: Origin


def shown(name: str, text: str) -> str:
    """A value as it may be shown: of a secret nothing, of an address no password."""
    if text and is_secret(name):
        return MASK
    return QUERY.sub(rf"\1{MASK}", USERINFO.sub(f"//{MASK}@", text))


def names_of(*readings: Reading) -> tuple[str, ...]:
    """Every declared variable in its order, and behind one the entries of it that are set."""
    entries = sorted({name for one in readings for name in one.found if NESTED in name})
    return tuple(
        name
        for top, declared in by_name().items()
        for name in (
            top,
            *(one for one in entries if declared.nested and one.startswith(top + NESTED)),
        )
    )


def differences(left: Reading, right: Reading) -> tuple[Difference, ...]:
    """Where two configurations differ in what is in force.

    Args:
        left: the one, such as a file.
        right: the other, such as what runs.
    """
    return tuple(
        Difference(
            name, shown(name, left.text(name)), shown(name, right.text(name)), right.origin(name)
        )
        for name in names_of(left, right)
        if not _same(variable_of(name), left.text(name), right.text(name))
    )


def _same(declared: Variable | None, left: str, right: str) -> bool:
    """Whether both say the same, however each is spelt."""
    kind = declared.kind if declared else ""
    if kind == "true or false":
        pair = (left.lower(), right.lower())
        return pair[0] == pair[1] or any(set(pair) <= words for words in (TRUE, FALSE))
    if kind.startswith(("number", "whole number")):
        try:
            return float(left) == float(right)
        except ValueError:
            return left == right
    return left == right
