"""Ctrl-C, SIGTERM and SIGHUP end a command as an error would: it clears up, then says so."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer
from types import FrameType
from typing import TYPE_CHECKING

from studioops.errors import CouldNotCheck

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BASE = 128
AGAIN_S = 0.05


class Stopped(CouldNotCheck):
    """What a command that was ended early knows of what it has left behind."""


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
        # What is cut off fails, and libraries log each failure with its traceback.
        logging.disable()
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(BASE + number)

    def hear_again(self, told: UnraisableHookArgs) -> None:
        """Handle what was raised where nobody catches, as while an object is tidied away.

        Args:
            told: by Python, which would show it and go on as if nothing had been.
        """
        if not self.number:
            sys.__unraisablehook__(told)
        elif isinstance(told.exc_value, KeyboardInterrupt | SystemExit):
            again = Timer(AGAIN_S, self._send_again)
            again.daemon = True
            again.start()

    def _send_again(self) -> None:
        # The command may have come to its end meanwhile.
        if signal.getsignal(self.number) == self.hear:
            os.kill(os.getpid(), self.number)

    @property
    def exit_code(self) -> int:
        """As shells give it."""
        return BASE + self.number

    def error(self) -> CouldNotCheck:
        """What is to be said of it."""
        return CouldNotCheck(f"stopped by {_word(self.number)} before it was done", "run it again")


def signal_word(ended: BaseException) -> str:
    """What people call the signal that ended a command.

    Args:
        ended: as :meth:`Ending.hear` raised it, or what a question makes of Ctrl-C.
    """
    number = int(ended.code or 0) - BASE if isinstance(ended, SystemExit) else 0
    return _word(number if number > 0 else signal.SIGINT)


def _word(number: int) -> str:
    return "Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name


@contextmanager
def heard_endings() -> Iterator[Ending]:
    """Hear what would end this process, for as long as a command runs."""
    ending, before = Ending(), {one: signal.getsignal(one) for one in SIGNALS}
    for one, handler in before.items():
        # nohup, and a shell's `&`, have us ignore some.
        if handler is not signal.SIG_IGN:
            signal.signal(one, ending.hear)
    hook, sys.unraisablehook = sys.unraisablehook, ending.hear_again
    try:
        yield ending
    finally:
        sys.unraisablehook = hook
        for one, handler in before.items():
            signal.signal(one, handler)
