"""Every way on every database, each in turn, and what that took."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from bench.publishing import Told
from bench.scan.cases import Case
from bench.scan.ways import GX_ONE, PLANNING, WAYS, Run


@dataclass
class Measured:
    """What the ways took on one database.

    Args:
        case: the database.
        load: of the machine before the first one, runnable processes.
        seconds: by way, of each round.
        peaks: by way that is a process, the most memory it ever had, in MB.
    """

    case: Case
    load: float
    seconds: dict[str, list[float]] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)

    def median(self, way: str) -> float | None:
        """What a way took; None where it was not measured.

        Args:
            way: its name.
        """
        return median(self.seconds[way]) if self.seconds.get(way) else None

    def plain(self) -> dict[str, object]:
        """Plain values, for the plot."""
        medians = {way: self.median(way) for way in self.seconds}
        return {**asdict(self.case), "name": self.case.name, "medians": medians}


def measure(case: Case, dsn: str, ways: Sequence[str], rounds: int, tell: Told) -> Measured:
    """Measure the ways on one database.

    Args:
        case: the database.
        dsn: how to connect.
        ways: their names.
        rounds: how often each has its turn; a slow one once where the database is large.
        tell: told what is going on.

    Raises:
        RuntimeError: a way failed, or did not look at every reference.
    """
    measured = Measured(case, round(os.getloadavg()[0], 1))
    with _directory() as directory:
        runs = {}
        for way in chosen(case, ways):
            (directory / way).mkdir()
            runs[way] = WAYS[way].prepare(dsn, directory / way)
        # In turn, so that a machine that grows slower does so for each of them.
        for number in range(rounds):
            for way, run in runs.items():
                if number and WAYS[way].slow and not case.quick:
                    continue
                _note(measured, way, _checked(run(), case, way))
                tell(f"{case.name}: {WAYS[way].title} {measured.seconds[way][-1]:.2f} s")
    return measured


def chosen(case: Case, ways: Sequence[str]) -> Iterator[str]:
    """The ways that say something of a case.

    Args:
        case: the database.
        ways: the names of those that are wanted.
    """
    # A suite a table and one suite are the same where there is one table.
    left_out = {PLANNING, GX_ONE} if case.rows is not None else set()
    return (way for way in ways if way not in left_out)


def _note(measured: Measured, way: str, run: Run) -> None:
    measured.seconds.setdefault(way, []).append(run.seconds)
    if run.peak_mb is not None:
        measured.peaks[way] = max(run.peak_mb, measured.peaks.get(way, 0))


def _checked(run: Run, case: Case, way: str) -> Run:
    """Nobody is called fast who has not looked."""
    if len(run.found) != case.references or any(run.found.values()):
        raise RuntimeError(f"{case.name}: {way} answers for {run.found}, not what was planted")
    return run


@contextmanager
def _directory() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="studioops-bench-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
