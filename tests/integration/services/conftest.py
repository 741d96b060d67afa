"""Servers that may be killed, peers that never answer, and a line that goes dead half-way."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from studioops.local.object_store import PORT_NAMES, ObjectStoreServer
from studioops.local.ports import GRPC_OFFSET, pick
from studioops.local.postgres_server import PostgresServer

LOOPBACK = "127.0.0.1"
CHUNK = 65536


@pytest.fixture
def own_postgres(cluster: Any, stack_dir: Path) -> Iterator[tuple[PostgresServer, int]]:
    """A PostgreSQL of the test's own, and its port."""
    home = Path(tempfile.mkdtemp(dir=stack_dir, prefix="own-postgres-"))
    server = replace(cluster.server, home=home, log=stack_dir / f"{home.name}.log")
    server.create()
    port = pick(1)[0]
    try:
        server.start(port)
        yield server, port
    finally:
        server.stop()


@pytest.fixture
def own_object_store(
    object_store_server: ObjectStoreServer, stack_dir: Path
) -> Iterator[ObjectStoreServer]:
    """An object store of the test's own, with no bucket in it."""
    home = Path(tempfile.mkdtemp(dir=stack_dir, prefix="own-objects-"))
    ports = dict(zip(PORT_NAMES, pick(len(PORT_NAMES), (0, GRPC_OFFSET)), strict=True))
    server = ObjectStoreServer(
        home, stack_dir / f"{home.name}.log", ports, object_store_server.secrets
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A listening socket whose owner never answers."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield int(listener.getsockname()[1])


@pytest.fixture
def line_to() -> Iterator[Callable[[int, bytes], int]]:
    """``line_to(port, marker)``: a line to a server, dead once the marker was sent over it."""
    listeners: list[socket.socket] = []

    def open_line(port: int, marker: bytes) -> int:
        listener = socket.create_server((LOOPBACK, 0))
        listeners.append(listener)
        Thread(target=_serve, args=(listener, port, marker), daemon=True).start()
        return int(listener.getsockname()[1])

    yield open_line
    for listener in listeners:
        listener.close()


def _serve(listener: socket.socket, port: int, marker: bytes) -> None:
    with suppress(OSError):
        while True:
            near, _ = listener.accept()
            far = socket.create_connection((LOOPBACK, port))
            Thread(target=_copy, args=(near, far, marker), daemon=True).start()
            Thread(target=_copy, args=(far, near, b""), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket, marker: bytes) -> None:
    """Pass on what comes; from the marker on swallow it, and keep the line open."""
    dead = False
    with suppress(OSError):
        while data := source.recv(CHUNK):
            dead = dead or bool(marker and marker in data)
            if not dead:
                sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
    source.close()
