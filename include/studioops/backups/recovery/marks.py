"""The journal of a recovery: a line in the comment of each database that it touched.

It lies in the server's shared catalog, so that it outlives the target, needs no ledger, and is
written in the same transaction as the renames.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from studioops.postgres import fetch, load_sql

HEAD = "studioops recovery: "


class Role(StrEnum):
    """What a database is to a recovery."""

    CLOSING = "closing"  # the target, closed and not yet renamed
    RECOVERED = "recovered"  # has the target's name now
    KEPT = "kept"  # had it before: the way back
    ASIDE = "aside"  # was recovered, until somebody went back


@dataclass(frozen=True, slots=True)
class Mark:
    """What the journal says of a database.

    Args:
        role: what it is to the recovery.
        run: of the recovery.
        of: the target's database, by name.
        partner: the other database; empty where there is none.
        at: when it became so, with its offset, in ISO 8601.
        backup: the id of the backup that was restored.
        opened: whether it took connections before it was closed.
        before: what the journal said of it until then.
    """

    role: Role
    run: str
    of: str
    partner: str
    at: str
    backup: str = ""
    opened: bool = True
    before: Mark | None = None

    @classmethod
    def of_words(cls, words: dict[str, Any]) -> Mark:
        """The mark that was written.

        Raises:
            ValueError: or TypeError or KeyError: it is none.
        """
        before = words.get("before")
        return cls(
            **{
                **words,
                "role": Role(words["role"]),
                "before": cls.of_words(before) if before else None,
            }
        )


@dataclass(frozen=True, slots=True)
class Known:
    """A database of the server.

    Args:
        name: its name.
        comment: of its users, without our line; None where there is none.
        mark: our line.
        allows: whether it takes connections.
        size: bytes, where it has a mark and we may ask; else None.
    """

    name: str
    comment: str | None
    mark: Mark | None
    allows: bool
    size: int | None = None


def read_comment(text: str | None) -> tuple[str | None, Mark | None]:
    """A database's comment as its users wrote it, and our line in it.

    Args:
        text: the whole comment.
    """
    kept: list[str] = []
    mark: Mark | None = None
    for line in (text or "").split("\n"):
        found = _mark(line)
        if found is None:
            kept.append(line)
        else:
            mark = found
    if mark is None:
        return text, None
    return "\n".join(kept) or None, mark


def write_comment(comment: str | None, mark: Mark | None) -> str | None:
    """The whole comment again.

    Args:
        comment: of its users.
        mark: ours, or None for no line.
    """
    lines = [comment] if comment else []
    if mark is not None:
        lines.append(HEAD + json.dumps(asdict(mark), ensure_ascii=True))
    return "\n".join(lines) or None


def read_databases(connection: Connection) -> dict[str, Known]:
    """Every database of the server, by name.

    Args:
        connection: to any of them.
    """
    rows = fetch(connection, load_sql(__package__, "databases"))
    return {row["name"]: _known(row) for row in rows}


def _known(row: dict[str, Any]) -> Known:
    return Known(row["name"], *read_comment(row["said"]), row["allows"], row["size"])


def _mark(line: str) -> Mark | None:
    """Anybody may write a comment: what is no mark of ours is a comment."""
    if not line.startswith(HEAD):
        return None
    try:
        return Mark.of_words(json.loads(line.removeprefix(HEAD)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
