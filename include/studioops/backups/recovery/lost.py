"""What a recovery would lose: the target as it is now, held against the backup's manifest."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg.sql import SQL, Identifier

from studioops.backups.model import Manifest
from studioops.errors import DatabaseError
from studioops.postgres import Database, fetch, load_sql

# Larger tables are guessed from the statistics: a count reads the whole of them.
COUNTED_BYTES = 64 << 20
COUNTING_S = 30.0
# A manifest lists them beside the tables.
LARGE_OBJECTS = "large objects"
NOT_LOOKED_AT = (
    "rows that were updated (a row that was changed is no row more or less)",
    "rows that were deleted where as many came",
    "objects in buckets: a recovery leaves them as they are",
)


@dataclass(frozen=True, slots=True)
class TableLoss:
    """A table that has other rows now than in the backup.

    Args:
        table: its name.
        then: rows in the backup.
        now: rows now.
        exact: whether they were counted; guessed from the statistics otherwise.
    """

    table: str
    then: int
    now: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """What is known of what would be lost: an estimate, never all of it.

    Args:
        since: everything that was committed after this moment is lost, with its offset.
        seconds: for which nothing would be kept.
        tables: with other rows now.
        new_tables: that the backup does not have.
        gone_tables: that only the backup has.
        sequences: by how much each has moved on since.
        counted: how many tables were counted.
        not_looked_at: what nobody looked at, and why.
    """

    since: datetime
    seconds: float
    tables: tuple[TableLoss, ...] = ()
    new_tables: tuple[str, ...] = ()
    gone_tables: tuple[str, ...] = ()
    sequences: Mapping[str, int] | None = None
    counted: int = 0
    not_looked_at: tuple[str, ...] = NOT_LOOKED_AT

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        words = asdict(self)
        lists = {name: list(value) for name, value in words.items() if isinstance(value, tuple)}
        moment = self.since.isoformat()
        return {**words, **lists, "since": moment, "sequences": dict(self.sequences or {})}


@dataclass(frozen=True, slots=True)
class Live:
    """A table of the target.

    Args:
        rows: how many; None where nobody knows.
        exact: whether they were counted.
        unread: why nobody could count them; empty otherwise.
    """

    rows: int | None
    exact: bool
    unread: str = ""


def estimate_loss(target: Database, manifest: Manifest, now: datetime) -> Loss:
    """What would be lost, as far as a quick look tells.

    Args:
        target: the damaged database.
        manifest: of the backup.
        now: with its offset.

    Raises:
        DatabaseError: the target can't be read at all.
    """
    with target.transaction(isolation="READ COMMITTED") as connection:
        listed = fetch(connection, load_sql(__package__, "live_tables"))
        sequences = fetch(connection, load_sql(__package__, "live_sequences"))
    live = dict(_count(target, listed, manifest))
    known = {*manifest.tables, *manifest.left_out}
    return Loss(
        manifest.snapshot_at,
        (now - manifest.snapshot_at).total_seconds(),
        tuple(_differences(live, manifest)),
        tuple(one["name"] for one in listed if one["name"] not in known) if known else (),
        tuple(sorted(set(manifest.tables) - {one["name"] for one in listed} - {LARGE_OBJECTS})),
        _moved(sequences, manifest),
        sum(one.exact for one in live.values()),
        (*_unread(live, manifest), *NOT_LOOKED_AT),
    )


def nothing_known(manifest: Manifest, now: datetime, reason: str) -> Loss:
    """The same where nobody can look at the target.

    Args:
        manifest: of the backup.
        now: with its offset.
        reason: why.
    """
    seconds = (now - manifest.snapshot_at).total_seconds()
    return Loss(manifest.snapshot_at, seconds, not_looked_at=(f"the target: {reason}",))


def _count(
    target: Database, listed: list[dict[str, Any]], manifest: Manifest
) -> Iterator[tuple[str, Live]]:
    until = time.monotonic() + COUNTING_S
    for one in listed:
        if one["name"] not in manifest.tables:
            continue
        if one["size"] > COUNTED_BYTES or time.monotonic() > until:
            yield one["name"], Live(one["guess"], exact=False)
            continue
        statement = SQL("SELECT count(*) AS rows FROM ONLY {}").format(
            Identifier(one["schema"], one["relation"])
        )
        try:
            with target.transaction(isolation="READ COMMITTED") as connection:
                yield one["name"], Live(fetch(connection, statement)[0]["rows"], exact=True)
        except DatabaseError as error:
            yield one["name"], Live(None, exact=False, unread=error.message)


def _differences(live: Mapping[str, Live], manifest: Manifest) -> Iterator[TableLoss]:
    for name, one in live.items():
        then = manifest.tables[name].rows
        if one.rows is not None and one.rows != then:
            yield TableLoss(name, then, one.rows, one.exact)


def _moved(rows: list[dict[str, Any]], manifest: Manifest) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        then = manifest.sequences.get(row["name"])
        if then is None or row["value"] is None:
            continue
        # A sequence that was never called stands at its start, which its first call hands out.
        moved = (row["value"] - then.after) // then.increment + (not then.called)
        if moved:
            found[row["name"]] = moved
    return found


def _unread(live: Mapping[str, Live], manifest: Manifest) -> Iterator[str]:
    if not manifest.tables:
        yield "rows: the backup was taken without fingerprints, so nobody knows how many it has"
    for name, one in live.items():
        if one.unread:
            yield f"{name}: {one.unread}"
        elif one.rows is None:
            yield f"{name}: too large to be counted, and it has no statistics (ANALYZE)"
