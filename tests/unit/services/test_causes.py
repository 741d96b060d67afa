"""Causes of HTTP answers and exceptions, one by one; the matrix has them over real sockets."""

from __future__ import annotations

import errno
import json
import socket
import ssl
from datetime import UTC, datetime

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from urllib3.exceptions import IncompleteRead, NewConnectionError, ProtocolError

from studioops.services import Cause
from studioops.services.probes.causes import LONGEST_WAIT_S, of_status, retry_after
from studioops.services.probes.looking import address
from studioops.services.probes.unanswered import unanswered

NOW = datetime(2025, 9, 8, 12, 0, 0, tzinfo=UTC)
SECRET = "a-token-that-nobody-should-see"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        (" 0.5 ", 0.5),
        ("0", 0),
        ("86400", LONGEST_WAIT_S),
        ("Mon, 08 Sep 2025 12:00:30 GMT", 30),
        ("Mon, 08 Sep 2025 14:00:30 +0200", 30),
        ("Mon, 08 Sep 2025 11:00:00 GMT", 0),
        ("Tue, 09 Sep 2025 12:00:00 GMT", LONGEST_WAIT_S),
        ("Mon, 08 Sep 2025 12:00:30 -0000", 30),
        ("", 0),
        ("-5", 0),
        ("soon", 0),
        ("nan", 0),
        ("inf", 0),
        ("1e9", 0),
        ("7 seconds", 0),
        ("٧", 0),
        ("99999999999999999999", 0),
        ("Mon, 99 Foo 2025 12:00:00 GMT", 0),
    ],
)
def test_retry_after(value: str, seconds: float) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text() | st.from_regex(r"\w{3}, \d+ \w{3} \d+ \d+:\d+:\d+ [-+\w]*"))
def test_retry_after_is_never_more_than_an_hour_and_never_raises(value: str) -> None:
    assert 0 <= retry_after(value, NOW) <= LONGEST_WAIT_S


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (301, Cause.NONSENSE),
        (400, Cause.NONSENSE),
        (401, Cause.UNAUTHORISED),
        (403, Cause.FORBIDDEN),
        (404, Cause.NONSENSE),
        (429, Cause.RATE_LIMITED),
        (500, Cause.SERVER_ERROR),
        (599, Cause.SERVER_ERROR),
        (700, Cause.NONSENSE),
    ],
)
def test_status(status: int, cause: Cause) -> None:
    verdict = of_status(status, {"Retry-After": "7"})
    assert verdict is not None
    assert (verdict.cause, verdict.retry_after_s) == (cause, 7)
    assert f"HTTP {status}, again in 7 s" in verdict.said


def test_status_that_is_wanted_has_no_verdict() -> None:
    assert of_status(200, {}) is None
    assert of_status(401, {}, (401,)) is None


def raised(error: BaseException, *inner: BaseException) -> BaseException:
    """An error as it comes when each inner one led to the one before."""
    outermost = error
    for one in inner:
        error.__cause__, error = one, one
    return outermost


def no_route() -> BaseException:
    inner = OSError(errno.EHOSTUNREACH, "No route to host")
    error = NewConnectionError(None, SECRET)  # type: ignore[arg-type]
    return raised(requests.ConnectionError(SECRET), error, inner)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (raised(requests.ConnectionError(SECRET), ConnectionRefusedError()), Cause.REFUSED),
        (raised(requests.ConnectionError(SECRET), socket.gaierror()), Cause.DNS),
        (raised(requests.ConnectionError(SECRET), ConnectionResetError()), Cause.RESET),
        (raised(requests.ConnectionError(SECRET), BrokenPipeError()), Cause.RESET),
        (requests.exceptions.SSLError(SECRET), Cause.TLS),
        (raised(requests.ConnectionError(SECRET), ssl.SSLEOFError()), Cause.RESET),
        (requests.ReadTimeout(SECRET), Cause.TIMEOUT),
        (requests.ConnectTimeout(SECRET), Cause.TIMEOUT),
        (TimeoutError(), Cause.TIMEOUT),
        (no_route(), Cause.ERROR),
        (
            raised(
                requests.exceptions.ChunkedEncodingError(SECRET),
                ProtocolError(SECRET),
                IncompleteRead(3, 4),
            ),
            Cause.RESET,
        ),
        (raised(requests.ConnectionError(SECRET), ProtocolError(SECRET)), Cause.RESET),
        (requests.exceptions.ContentDecodingError(SECRET), Cause.NONSENSE),
        (json.JSONDecodeError(SECRET, SECRET, 0), Cause.NONSENSE),
        (requests.JSONDecodeError(SECRET, SECRET, 0), Cause.NONSENSE),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, SECRET), Cause.NONSENSE),
        (RuntimeError(SECRET), Cause.ERROR),
    ],
    ids=lambda one: one.value if isinstance(one, Cause) else type(one).__name__,
)
def test_exception(error: BaseException, cause: Cause) -> None:
    verdict = unanswered(error, 5)
    assert verdict.cause is cause
    assert verdict.said
    assert SECRET not in repr(verdict)


def test_exception_that_leads_to_itself() -> None:
    first, second = RuntimeError(), RuntimeError()
    first.__cause__, second.__cause__ = second, first
    assert unanswered(first, 5).cause is Cause.ERROR


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            f"https://user:{SECRET}@api.invalid:8443/{SECRET}?key={SECRET}",
            "https://api.invalid:8443",
        ),
        (f"http://[::1]:80/{SECRET}", "http://[::1]:80"),
        ("HTTPS://API.invalid", "https://api.invalid"),
        (f"file:///{SECRET}", ""),
        (SECRET, ""),
    ],
)
def test_address_is_what_may_be_shown(url: str, shown: str) -> None:
    assert address(url) == shown
