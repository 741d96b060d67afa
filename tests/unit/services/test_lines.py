"""Connections that another thread can cut, and lists of authorities that are read once."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from studioops.services.clients.authorities import trusting
from studioops.services.clients.lines import Lines
from tests.integration.services.peers import self_made


def reading(line: socket.socket) -> tuple[Thread, list[bytes]]:
    heard: list[bytes] = []
    thread = Thread(target=lambda: heard.append(line.recv(1)), daemon=True)
    thread.start()
    return thread, heard


def test_cutting_wakes_whoever_reads() -> None:
    near, far = socket.socketpair()
    with near, far:
        lines = Lines()
        lines.hold(near)
        thread, heard = reading(near)
        lines.cut()
        thread.join(5)
        assert heard == [b""]


def test_connection_that_comes_after_the_cut_is_cut() -> None:
    near, far = socket.socketpair()
    with near, far:
        lines = Lines()
        lines.cut()
        lines.hold(near)
        assert near.recv(1) == b""


def test_what_is_released_lives_on_and_is_cut_no_more() -> None:
    near, far = socket.socketpair()
    with near, far:
        lines = Lines()
        lines.hold(near)
        lines.release()
        lines.cut()
        far.sendall(b"x")
        assert near.recv(1) == b"x"


@pytest.mark.parametrize("end", [Lines.cut, Lines.release])
def test_nothing_keeps_a_connection_open(end: Callable[[Lines], None]) -> None:
    near, far = socket.socketpair()
    with far:
        lines = Lines()
        lines.hold(near)
        end(lines)
        near.close()
        assert far.recv(1) == b""


def test_authorities_are_read_once_and_again_when_they_change(tmp_path: Path) -> None:
    pem = self_made(tmp_path / "one.pem")
    first = trusting(str(pem))
    assert trusting(str(pem)) is first
    assert (first.verify_mode, first.check_hostname) == (ssl.CERT_REQUIRED, True)
    self_made(pem)
    os.utime(pem, ns=(1, 1))
    assert trusting(str(pem)) is not first
    assert trusting(None) is trusting(True)  # noqa: FBT003 - as requests has it


def test_directory_of_authorities(tmp_path: Path) -> None:
    assert trusting(str(tmp_path)).verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("name", ["gone.pem", "empty.pem", "broken.pem"])
def test_authorities_that_can_not_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.pem").touch()
    (tmp_path / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\nno\n")
    with pytest.raises(ssl.SSLError, match="authorities can't be read"):
        trusting(str(tmp_path / name))
