"""Every way on one database, sides alternating, and what that took."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.apart import in_a_process
from bench.backup.ways import DRILL, DUMP, RESTORE, TAKE, TAKE_BARE, Answer
from bench.database import rest
from bench.publishing import Told
from studioops.objectstore import ObjectStore

# Ours first in one round, theirs first in the next; what is restored was stored in the same round.
ORDERS = ((TAKE, TAKE_BARE, DUMP, DRILL, RESTORE), (DUMP, TAKE_BARE, TAKE, RESTORE, DRILL))
MODULE = "bench.backup.ways"
UNTOLD = "else"


@dataclass
class Measured:
    """What the ways took on one database.

    Args:
        rows: of all its tables.
        size: of it, in bytes.
        load: of the machine before the first round, runnable processes.
        answers: by way, of each round.
    """

    rows: int
    size: int
    load: float
    answers: dict[str, list[Answer]] = field(default_factory=dict)

    def seconds(self, way: str) -> float:
        """The median of what a way took.

        Args:
            way: its name.
        """
        return median(one.seconds for one in self.answers[way])

    def ratio(self, way: str, other: str) -> float:
        """One way's time as a share of another's.

        Args:
            way: the one.
            other: the other.
        """
        return self.seconds(way) / self.seconds(other)

    def steps(self, way: str) -> dict[str, float]:
        """The median of each step of a way, and of what is in none.

        Args:
            way: its name.
        """
        answers = self.answers[way]
        names = dict.fromkeys(name for one in answers for name in one.steps)
        told = {name: median(one.steps.get(name, 0) for one in answers) for name in names}
        untold = median(one.seconds - sum(one.steps.values()) for one in answers)
        return {**told, UNTOLD: untold}

    def peak(self, way: str) -> float:
        """The most memory that a way's process had, in MB.

        Args:
            way: its name.
        """
        return max(one.peak for one in self.answers[way])

    def grown(self, way: str) -> float:
        """How much more memory that was than before it began, in MB.

        Args:
            way: its name.
        """
        return max(one.peak - one.before for one in self.answers[way])

    def plain(self) -> dict[str, Any]:
        """Plain values, for the plot."""
        return {"rows": self.rows, "steps": {way: self.steps(way) for way in self.answers}}


def measure(
    measured: Measured,
    places: Mapping[str, Any],
    store: ObjectStore,
    rounds: int,
    tell: Told,
) -> None:
    """Measure the ways on one database.

    Args:
        measured: of it; the answers are added.
        places: ``dsn``, ``server``, ``endpoint`` and ``keys``.
        store: a client.
        rounds: how often each has its turn.
        tell: told what is going on.

    Raises:
        RuntimeError: a way failed, or did not do all of its work.
    """
    for number in range(rounds):
        with _stage(places, store, f"{measured.rows}-{number}") as asked:
            for way in ORDERS[number % len(ORDERS)]:
                rest(places["server"])
                answer = Answer(**in_a_process(MODULE, way, asked[way]))
                measured.answers.setdefault(way, []).append(answer)
                asked[DRILL]["backup"] = answer.backup if way == TAKE else asked[DRILL]["backup"]
                tell(f"{measured.rows:,} rows, {way}: {answer.seconds:.2f} s")


@contextmanager
def _stage(
    places: Mapping[str, Any], store: ObjectStore, name: str
) -> Iterator[dict[str, dict[str, Any]]]:
    """What each way of a round is asked, its buckets made; they and what it wrote go at the end."""
    directory = Path(tempfile.mkdtemp(prefix="studioops-bench-"))
    common = {**places, "directory": str(directory / "dump"), "backup": ""}
    buckets = {way: f"bench-{way.replace('_', '-')}-{name}" for way in (TAKE, TAKE_BARE, DUMP)}
    buckets |= {DRILL: buckets[TAKE], RESTORE: buckets[DUMP]}
    try:
        for bucket in set(buckets.values()):
            store.ensure_buckets([bucket])
            # Its volumes are made by the first object.
            store.put(bucket, "first", b"x")
        yield {way: {**common, "bucket": bucket} for way, bucket in buckets.items()}
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        _remove(store, sorted(set(buckets.values())))


def _remove(store: ObjectStore, buckets: Sequence[str]) -> None:
    for bucket in buckets:
        for page in list(store.pages(bucket)):
            for one in page:
                store.client.delete_object(Bucket=bucket, Key=one.key)
        store.client.delete_bucket(Bucket=bucket)
