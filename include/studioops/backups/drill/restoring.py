"""A backup brought into an empty database: fetched, restored, its lost foreign keys put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from studioops.backups.drill.fetch import fetch_dump
from studioops.backups.model import Manifest
from studioops.backups.restoring.judging import REPAIRS, judge_restore, lost_keys
from studioops.backups.restoring.kinds import Kind
from studioops.backups.restoring.missing_keys import PutBack, put_back
from studioops.backups.restoring.restore import Restored, RestoreStopped, restore
from studioops.backups.seen import Seen
from studioops.backups.shelf import Shelf
from studioops.backups.steps import Steps
from studioops.backups.workplace import workplace
from studioops.model import Status, Stopwatch
from studioops.postgres import fetch, open_database
from studioops.postgres.client_tools import needs_tls, tools_for
from studioops.postgres.dsn import parse_dsn

Progress = Callable[[str, int, int], None]
VERSION = """
SELECT current_setting('server_version_num')::int / 10000 AS major,
    current_setting('server_version') AS version
"""


@dataclass(frozen=True)
class Restoration:
    """How a restore went.

    Args:
        seen: whether the files were whole, and what pg_restore said.
        seconds: until the copy could be used.
        server: the version of the server that holds the copy.
        unvalidated: foreign keys that could only be added as NOT VALID.
        steps: seconds of each step, by name.
    """

    seen: Seen
    seconds: float
    server: str
    unvalidated: tuple[str, ...] = ()
    steps: Mapping[str, float] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        """Whether there is a copy that can be judged: its files were whole."""
        return self.seen.subjects[0].status is Status.PASSED

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "seen": self.seen.as_json(),
            "seconds": self.seconds,
            "server": self.server,
            "unvalidated": list(self.unvalidated),
            "steps": dict(self.steps),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Restoration:
        """The one that :meth:`as_json` wrote."""
        words = {name: document[name] for name in cls.__dataclass_fields__}
        words["seen"] = Seen.from_json(words["seen"])
        words["unvalidated"] = tuple(words["unvalidated"])
        return cls(**words)


def restore_backup(
    shelf: Shelf, manifest: Manifest, dsn: str, *, jobs: int, progress: Progress | None = None
) -> Restoration:
    """Restore a backup into an empty database.

    Args:
        shelf: where the backup lies.
        manifest: the backup's.
        dsn: of the empty database.
        jobs: connections of pg_restore, and files that are fetched at the same time.
        progress: told what is being fetched, how much of it is there, and of how much.

    Returns:
        how it went; where a file is not whole, nothing is restored.

    Raises:
        ObjectStoreError: the vault can't be read.
        DatabaseError: the server went away.
        RestoreStopped: pg_restore was killed, or the server's disk is full.
        ToolMissing: no pg_restore fits the server and the archive.
    """
    watch, steps = Stopwatch(), Steps()
    major, version = _server(dsn)
    tools = tools_for(max(major, _tool_major(manifest)), tls=needs_tls(parse_dsn(dsn)))
    with workplace() as place:
        fetching = partial(fetch_dump, shelf, manifest, place, workers=jobs, progress=progress)
        files = steps.time("fetch", fetching)
        if files.status is not Status.PASSED:
            reason = files.subjects[0].reason or "the files are not whole; next: use another backup"
            unseen = Seen.unseen("restore", reason)
            return Restoration(
                Seen.together([files, unseen]), watch.seconds, version, steps=steps.seconds
            )
        restored = steps.time("restore", partial(restore, place, dsn, tools=tools, jobs=jobs))
    _require_room(restored, dsn)
    back = steps.time("foreign keys put back", partial(_put_back, dsn, restored))
    return Restoration(
        Seen.together([files, judge_restore(restored, back)]),
        watch.seconds,
        version,
        tuple(f"{one.table}.{one.name}" for one in back if one.how == "not valid"),
        steps.seconds,
    )


def _require_room(restored: Restored, dsn: str) -> None:
    """What a full disk left out is the server's trouble: no proof may say it of the backup."""
    said = next((one.text for one in restored.messages.of(Kind.DISK_FULL)), None)
    if said is not None:
        connection = parse_dsn(dsn)
        raise RestoreStopped(
            f"{connection.where}: the copy found no room: {connection.redact(said)}",
            REPAIRS[Kind.DISK_FULL],
        )


def _put_back(dsn: str, restored: Restored) -> Sequence[PutBack]:
    lost = lost_keys(restored.messages)
    return put_back(dsn, lost) if lost else ()


def _server(dsn: str) -> tuple[int, str]:
    with open_database(dsn, application="drill") as database, database.transaction() as connection:
        row = fetch(connection, VERSION)[0]
    return int(row["major"]), str(row["version"])


def _tool_major(manifest: Manifest) -> int:
    """pg_restore of an older version can't read what a newer pg_dump wrote."""
    return int(manifest.tool.split()[-1].partition(".")[0])
