"""Ctrl-C, SIGTERM and SIGHUP end a command as an error would: it clears up, then says so."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from studioops.errors import CouldNotCheck

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BASE = 128


@dataclass
class Ending:
    """What ended a command early.

    Args:
        number: of the signal; 0 while there was none.
    """

    number: int = 0

    def hear(self, number: int, _: FrameType | None) -> None:
        """Handle a signal.

        Raises:
            KeyboardInterrupt: it is Ctrl-C.
            SystemExit: it is another one.
        """
        self.number = number
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(BASE + number)

    @property
    def exit_code(self) -> int:
        """As shells give it."""
        return BASE + self.number

    def error(self) -> CouldNotCheck:
        """What is to be said of it."""
        ctrl_c = self.number == signal.SIGINT
        name = "Ctrl-C" if ctrl_c else signal.Signals(self.number).name
        return CouldNotCheck(f"stopped by {name} before it was done", "run it again")


@contextmanager
def heard_endings() -> Iterator[Ending]:
    """Hear what would end this process, for as long as a command runs."""
    ending, before = Ending(), {one: signal.getsignal(one) for one in SIGNALS}
    for one, handler in before.items():
        # nohup, and a shell's `&`, have us ignore some.
        if handler is not signal.SIG_IGN:
            signal.signal(one, ending.hear)
    try:
        yield ending
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
