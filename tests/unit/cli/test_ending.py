"""What a signal cuts off fails in ways of its own; it is told as what it is, without a traceback."""

from __future__ import annotations

import logging
import signal
import time

import psycopg
import pytest

import studioops.cli.app as module
from studioops.cli.ending import Ending, Stopped, heard_endings, signal_word
from studioops.errors import DatabaseUnreachable, LeftInBetween, UsageError

SAID = "studioops: stopped by SIGTERM before it was done; next: run it again\n"
BROKEN = [
    DatabaseUnreachable("the connection is closed", "check the server"),
    UsageError("this can't be", "type something else"),
    psycopg.OperationalError("consuming input failed"),
    BrokenPipeError(),
    AttributeError("'NoneType' object has no attribute 'fileno'"),
    SystemExit(3),
]


@pytest.fixture(autouse=True)
def _logging_as_it_was():
    yield
    logging.disable(logging.NOTSET)


def ended(monkeypatch, error, number=signal.SIGTERM) -> int:
    ending = Ending()

    def work(**_):
        ending.number = number
        raise error

    monkeypatch.setattr(module, "command_line", lambda _: work)
    return module._run(ending)


@pytest.mark.parametrize("error", BROKEN, ids=lambda one: type(one).__name__)
def test_whatever_it_made_of_the_work_the_signal_is_what_is_told(monkeypatch, capsys, error):
    assert ended(monkeypatch, error) == 128 + signal.SIGTERM
    assert capsys.readouterr().err == SAID


def test_what_stands_half_way_is_told_whatever_ended_it(monkeypatch, capsys):
    assert ended(monkeypatch, LeftInBetween("it stands in between", "go on")) == 5
    assert capsys.readouterr().err == "studioops: it stands in between; next: go on\n"


def test_a_command_that_knows_what_it_left_says_it(monkeypatch, capsys):
    assert ended(monkeypatch, Stopped("nothing was changed", "run it again")) == 143
    assert capsys.readouterr().err == "studioops: nothing was changed; next: run it again\n"
    assert signal_word(KeyboardInterrupt()) == signal_word(SystemExit(0)) == "Ctrl-C"
    assert signal_word(SystemExit(128 + signal.SIGHUP)) == "SIGHUP"


def test_without_a_signal_an_error_is_its_own(monkeypatch, capsys):
    assert ended(monkeypatch, BROKEN[0], 0) == 3
    assert capsys.readouterr().err == (
        "studioops: the connection is closed; next: check the server\n"
    )
    with pytest.raises(AttributeError):
        ended(monkeypatch, BROKEN[4], 0)


def test_libraries_tell_nothing_of_what_was_cut_off(capfd):
    """SQLAlchemy and psycopg log a traceback of it, which Python prints where nobody listens."""
    log = logging.Logger("sqlalchemy.pool")
    log.manager = logging.root.manager

    def work() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        except BaseException:
            log.error("Exception during reset or similar", exc_info=True)
            raise

    with pytest.raises(SystemExit), heard_endings():
        work()
    assert capfd.readouterr().err == ""


def test_a_signal_that_came_where_nothing_can_be_raised_comes_again(capfd):
    class Tidied:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    def work() -> None:
        Tidied()
        time.sleep(30)

    began = time.monotonic()
    with pytest.raises(SystemExit), heard_endings() as ending:
        work()
    assert time.monotonic() - began < 10
    assert ending.number == signal.SIGTERM
    assert capfd.readouterr().err == ""
