"""A report as PostgreSQL's jsonb and text can hold it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from studioops.model import Status


def plain(value: Any) -> Any:
    """The value as JSON values alone.

    Args:
        value: anything. NUL and lone surrogates (a file name, a driver's text) are replaced,
            since PostgreSQL refuses them; NaN and what JSON does not know become text.

    Returns:
        dictionaries, lists, texts, numbers, booleans and None.
    """
    if isinstance(value, Mapping):
        return {_text(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return _text(value)


def one_each(subjects: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Subjects of one name made one, by the worst of them, so that no fault hides behind a pass.

    Args:
        subjects: of one report, as its JSON has them.

    Returns:
        one a name, in the first one's place.
    """
    named: dict[str, list[Mapping[str, Any]]] = {}
    for subject in subjects:
        named.setdefault(subject["name"], []).append(subject)
    return [_worst(same) for same in named.values()]


def _worst(same: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    statuses = {Status(each["status"]) for each in same}
    worst = next(iter(statuses)) if len(statuses) == 1 else Status.worst(statuses)
    reasons = [each["reason"] for each in same if each["status"] == worst and each["reason"]]
    return {
        **same[0],
        "status": str(worst),
        "reason": "; ".join(dict.fromkeys(reasons)),
        "seconds": sum(each["seconds"] for each in same),
    }


def _text(value: Any) -> str:
    return str(value).replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
