"""Our backup, with and without fingerprints, and our drill of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from bench.backup.ways.way import JOBS, Answer, Asked
from studioops.backups.drill import Aims, DrillHow, drill
from studioops.backups.shelf import Shelf
from studioops.backups.sound import PROOFS
from studioops.backups.take import How, take
from studioops.model import Report, Status, Stopwatch
from studioops.objectstore import ObjectStore
from studioops.objectstore.encryption import Keyring
from studioops.objectstore.vault import BucketVault
from studioops.postgres import open_database
from studioops.settings import Settings

KEYRING = Keyring("bench", {"bench": bytes(range(32))})
TARGET = "bench"
# What a command has where nobody sets anything.
RANGE_ROWS = Settings.model_fields["scan_range_rows"].default
A_DAY = 24 * 3600.0
FAITHFUL = ("definitions", "sequences", "rows")
# The step that these and the proofs of soundness are told apart of.
JUDGED = "judged"
PROOF_NAMES = [proof.__name__ for proof in PROOFS]
UNPROVEN = (Status.FAILED, Status.NOT_CHECKED)


def take_bare(asked: Asked, store: ObjectStore) -> Answer:
    """A backup without fingerprints.

    Args:
        asked: which database and bucket.
        store: a client.
    """
    return _take(asked, store, fingerprints=False)


def take_whole(asked: Asked, store: ObjectStore) -> Answer:
    """A backup that a drill can hold rows against.

    Args:
        asked: which database and bucket.
        store: a client.
    """
    return _take(asked, store, fingerprints=True)


def prove(asked: Asked, store: ObjectStore) -> Answer:
    """The whole drill.

    Args:
        asked: which backup, bucket and server.
        store: a client.

    Raises:
        RuntimeError: it did not prove everything.
    """
    how = DrillHow(asked.server, None, Aims(A_DAY, A_DAY, newest=True), "bench", JOBS, RANGE_ROWS)
    watch, looks = Stopwatch(), Looks()
    report = drill(_shelf(asked, store), asked.backup, how, looks.see)
    seconds = watch.seconds
    if report.status is not Status.PASSED:
        unproven = [one for one in report.subjects if one.status in UNPROVEN]
        raise RuntimeError(f"the drill proved nothing: {unproven} {report.findings}")
    return Answer(seconds, dict(_steps(report, looks)))


@dataclass
class Looks:
    """When each proof of soundness began, as the drill tells who waits."""

    began: dict[str, float] = field(default_factory=dict)

    def see(self, name: str, _done: int, _total: int) -> None:
        """Told what is being looked at."""
        if name in PROOF_NAMES:
            self.began[name] = time.monotonic()

    def seconds(self) -> Iterator[tuple[str, float]]:
        """Of each proof but the last one, which a contract alone gives work."""
        names = [name for name in PROOF_NAMES if name in self.began]
        for name, following in pairwise(names):
            yield name.replace("_", " "), self.began[following] - self.began[name]


def _take(asked: Asked, store: ObjectStore, *, fingerprints: bool) -> Answer:
    watch = Stopwatch()
    with open_database(asked.dsn) as database:
        shelf = _shelf(asked, store)
        manifest = take(database, shelf, How(jobs=JOBS, fingerprints=fingerprints))
    seconds = watch.seconds
    if bool(manifest.tables) is not fingerprints or shelf.ids() != [manifest.backup_id]:
        raise RuntimeError("the backup is not what was asked for")
    return Answer(seconds, manifest.steps, manifest.backup_id, manifest.size)


def _shelf(asked: Asked, store: ObjectStore) -> Shelf:
    return Shelf(BucketVault(store, asked.bucket), KEYRING, TARGET)


def _steps(report: Report, looks: Looks) -> Iterator[tuple[str, float]]:
    """What the drill says of its steps, and what was seen of each proof."""
    seconds = {one.name: one.seconds for one in report.subjects}
    for name, took in report.evidence["steps"].items():
        if name != JUDGED:
            yield name, took
    for name in FAITHFUL:
        yield f"{name} compared", seconds[f"faithful: {name}"]
    yield from looks.seconds()
