"""Texts that PostgreSQL itself spells otherwise once they were read in again."""

from __future__ import annotations

import re

# x IN ('a', 'b') on a varchar is first shown as one cast of an array, and after a dump and a
# restore as an array of casts; from then on it stays. Both mean the same.
VALUE = r"(?:E?'(?:[^']|'')*'|NULL)::character varying(?:\(\d+\))?"
COLUMN = r"[a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*"
ELEMENT = f"(?:{VALUE}|{COLUMN})"
CAST_OF_ARRAY = re.compile(rf"\(ARRAY\[({ELEMENT}(?:, {ELEMENT})*)\]\)::text\[\]")
ONE = re.compile(ELEMENT)


def settled(text: str) -> str:
    """The text as it is after a dump and a restore.

    Args:
        text: of a definition.
    """
    if "::text[]" not in text:
        return text
    return CAST_OF_ARRAY.sub(_array_of_casts, text)


def _array_of_casts(match: re.Match[str]) -> str:
    return "ARRAY[" + ONE.sub(lambda one: f"({one[0]})::text", match[1]) + "]"
