"""A hard time limit around calls whose own limits have holes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T], give_up: Callable[[], None]) -> T:
    """Do some work, and wait for it no longer than that.

    Looking a name up has no limit at all, and drivers' limits start anew with every packet. So
    the work has a thread of its own, which does not keep the process from ending.

    Args:
        seconds: how long to wait.
        work: what to do.
        give_up: called when the time is over, to end what the work waits for.

    Returns:
        what the work returns.

    Raises:
        TimeoutError: the time was over.
        Exception: whatever the work raises.
    """
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as error:  # noqa: BLE001 - the caller gets it
            result.set_exception(error)

    Thread(target=run, name="studioops probe", daemon=True).start()
    try:
        return result.result(timeout=seconds)
    except TimeoutError:
        give_up()
        raise
