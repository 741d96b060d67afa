"""Ports: free ones, remembered, replaced only when somebody took them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from studioops.errors import LocalStackError
from studioops.local import ports as module
from studioops.local.ports import GRPC_OFFSET, LOOPBACK, RANGE, is_free, pick, remembered
from studioops.local.state import LocalPaths, State


@contextmanager
def listener(port: int = 0, address: str = LOOPBACK) -> Iterator[int]:
    """Somebody else's server."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((address, port))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def state(tmp_path: Path) -> State:
    """A stack that remembers nothing yet."""
    return State(LocalPaths(tmp_path))


@pytest.mark.parametrize("address", [LOOPBACK, "0.0.0.0"])  # noqa: S104 - a stranger's
def test_a_port_with_a_listener_is_not_free(address: str) -> None:
    with listener(address=address) as port:
        assert not is_free(port)
    assert is_free(port)


def test_picked_ports_differ_and_lie_below_those_of_outgoing_connections() -> None:
    picked = pick(20, (0, GRPC_OFFSET))
    assert len(set(picked)) == 20
    assert all(port in RANGE and port + GRPC_OFFSET < 32768 for port in picked)


def test_a_port_whose_companion_is_taken_is_not_picked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RANGE", range(13000, 13002))
    monkeypatch.setattr(module, "TRIES", 2)
    monkeypatch.setattr(module, "is_free", lambda port: port != 23000)
    assert pick(1, (0, GRPC_OFFSET)) == [13001]


def test_no_free_port_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "is_free", lambda _: False)
    with pytest.raises(LocalStackError, match="no 1 free ports"):
        pick(1)


def test_ports_are_remembered(state: State) -> None:
    said: list[str] = []
    first = remembered(state, "postgres", ["sql"], said.append)
    again = remembered(State(state.paths), "postgres", ["sql"], said.append)
    assert again == first
    assert said == []


def test_a_port_that_somebody_took_is_replaced_and_told_of(state: State) -> None:
    said: list[str] = []
    first = remembered(state, "objects", ["s3", "filer"], said.append)
    with listener(first["s3"]):
        second = remembered(state, "objects", ["s3", "filer"], said.append)
    assert second["s3"] != first["s3"]
    assert second["filer"] == first["filer"]
    assert len(said) == 1
    assert str(first["s3"]) in said[0]
    assert str(second["s3"]) in said[0]
    assert remembered(state, "objects", ["s3", "filer"], said.append) == second


def test_two_parts_never_get_the_same_port(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RANGE", range(13000, 13002))
    monkeypatch.setattr(module, "TRIES", 2)
    monkeypatch.setattr(module, "is_free", lambda _: True)
    one = remembered(state, "postgres", ["sql"], print)
    two = remembered(state, "airflow", ["web"], print)
    assert {one["sql"], two["web"]} == {13000, 13001}
