"""A scan's evidence in words: the same ones in a terminal, in a log and on a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from studioops.postgres import PRIMARY


def orphans_line(summary: Mapping[str, int]) -> str:
    """The line that a script looks for.

    Args:
        summary: of a scan's document.
    """
    unseen, all_of_them = summary["not_checked"], summary["relationships"]
    if unseen == all_of_them:
        return f"orphans: not known, none of {all_of_them} relationships was looked at"
    return (
        f"orphans: {summary['orphans']} in {summary['relationships_with_orphans']} relationships "
        f"({summary['malformed']} malformed, "
        f"{summary['behind_valid_constraint']} behind a valid constraint)"
    )


def reading_line(document: Mapping[str, Any]) -> str:
    """How a scan has read: by which strategies, on how many connections, where.

    Args:
        document: a scan's; one of an older version says nothing of it.

    Returns:
        one line, or an empty text.
    """
    reading = document.get("reading")
    if not reading:
        return ""
    taken = Counter(one["strategy"] for one in document["relationships"] if one.get("strategy"))
    ways = ", ".join(f"{name} {count}" for name, count in taken.most_common()) or "nothing"
    return (
        f"read by: {ways}; connections: {reading['connections']}; snapshots: "
        f"{reading['snapshot']}; server: {reading.get('server', PRIMARY)}"
    )


def orphans_message(
    orphans: int, rows: int, parent: str, valid: str, sample: Sequence[Mapping[str, Any]]
) -> str:
    """What a finding says of orphans.

    Args:
        orphans: how many rows.
        rows: of how many.
        parent: what they should refer to.
        valid: the constraint that claims that there are none; an empty text without one.
        sample: some of them.
    """
    words = [f"{orphans} of {rows} rows have no parent in {parent}"]
    words += [f"although {valid} claims to be valid"] if valid else []
    for first in sample[:1]:
        words.append(f"the first: {_values(first['row'])} refers to {_values(first['reference'])}")
    return ", ".join(words)


def malformed_message(malformed: int, kinds: str) -> str:
    """What a finding says of values that can't be what they must.

    Args:
        malformed: how many.
        kinds: the types that they can't be.
    """
    return f"{malformed} of these values can't be {kinds} at all"


def _values(named: Mapping[str, str | None]) -> str:
    return ", ".join(f"{name}={value}" for name, value in named.items()) or "a row"


def foreign_key_line(entry: Mapping[str, Any]) -> str:
    """The actions that a foreign key has, on delete and on update, and those wanted otherwise.

    Args:
        entry: a relationship of a scan's document.
    """
    # The ledger keeps documents of older versions, which said less.
    constraint, wanted = entry["constraint"], entry.get("wanted") or {}
    asked = [wanted.get(name) or "any" for name in ("on_delete", "on_update")]
    if constraint is None:
        return "missing" if asked == ["any", "any"] else f"missing, wants {' / '.join(asked)}"
    actual = [constraint["on_delete"], constraint["on_update"]]
    words = [" / ".join(actual)]
    if any(one not in ("any", other) for one, other in zip(asked, actual, strict=True)):
        words.append(f"wants {' / '.join(asked)}")
    words += ["NOT VALID"] if not constraint["validated"] else []
    words += ["NOT ENFORCED"] if not constraint.get("enforced", True) else []
    return ", ".join(words)
