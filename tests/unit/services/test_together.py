"""All services at once: whatever one of them does, the others are told of, and in time."""

from __future__ import annotations

import threading
import time

from studioops.model import Status
from studioops.services import Cause, ServiceState, Watched, look_at, together


def well(name: str) -> ServiceState:
    return ServiceState(name, Status.PASSED, Cause.OK, f"{name} answers")


def service(name: str, probe=None, timeout: float = 5) -> Watched:
    return Watched(name, required=True, timeout=timeout, probe=probe or (lambda: well(name)))


def test_they_are_looked_at_at_the_same_time_and_told_of_in_their_order():
    everybody = threading.Barrier(20)

    def probe(name: str) -> ServiceState:
        # Nobody gets past this before all are there.
        everybody.wait(10)
        return well(name)

    names = [f"service {n}" for n in range(20)]
    seen = look_at([service(name, lambda name=name: probe(name)) for name in names])
    assert [one.service for one in seen] == names
    assert {one.status for one in seen} == {Status.PASSED}


def test_a_probe_that_fails_hides_nobody_and_is_not_checked():
    def broken() -> ServiceState:
        raise KeyError("secret-of-the-test")

    seen = look_at([service("a"), service("b", broken), service("c")])
    assert [one.status for one in seen] == [Status.PASSED, Status.NOT_CHECKED, Status.PASSED]
    assert "KeyError" in seen[1].message
    assert "secret" not in repr(seen)


def test_a_probe_that_never_ends_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(together, "GRACE_S", 0.1)
    ended = threading.Event()

    def hanging() -> ServiceState:
        ended.wait(30)
        return well("hanging")

    began = time.monotonic()
    seen = look_at([service("hanging", hanging, timeout=0.1), service("a")])
    assert time.monotonic() - began < 10
    assert [(one.status, one.cause) for one in seen] == [
        (Status.FAILED, Cause.TIMEOUT),
        (Status.PASSED, Cause.OK),
    ]
    # What comes too late, of a look that is over, is nobody's.
    ended.set()


def test_those_that_hang_keep_nobody_from_beginning(monkeypatch):
    monkeypatch.setattr(together, "AT_ONCE", 2)
    monkeypatch.setattr(together, "YOUNG_S", 0.02)

    def slow() -> ServiceState:
        time.sleep(0.5)
        return well("slow")

    began = time.monotonic()
    seen = look_at([*(service(f"slow {n}", slow) for n in range(12)), service("a")])
    # One after the other, two at a time, would take three seconds.
    assert time.monotonic() - began < 2
    assert {one.status for one in seen} == {Status.PASSED}


def test_each_one_that_has_answered_is_told_of():
    told = []
    look_at([service("a"), service("b")], lambda *one: told.append(one))
    assert sorted(name for name, _, _ in told) == ["a", "b"]
    assert [(done, total) for _, done, total in told] == [(1, 2), (2, 2)]


def test_of_nothing_nothing_is_seen():
    assert look_at([]) == []
