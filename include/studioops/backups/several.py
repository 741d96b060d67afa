"""Work on several things at once, a few ahead of whoever takes the results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event
from typing import TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")
AHEAD = 2


def several(
    work: Callable[[Job], Done], jobs: Iterable[Job], workers: int, stop: Event
) -> Iterator[Done]:
    """The results, as they come.

    Args:
        work: done in a thread of its own; its first error ends all.
        jobs: taken in this thread, a few at a time.
        workers: threads.
        stop: set where somebody failed, so that the others need not come to their end.
    """
    pending: set[Future[Done]] = set()
    with ThreadPoolExecutor(workers, "several") as threads:
        try:
            for job in jobs:
                pending.add(threads.submit(work, job))
                if len(pending) >= workers * AHEAD:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    yield from (one.result() for one in done)
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        except BaseException:
            stop.set()
            for one in pending:
                one.cancel()
            raise
