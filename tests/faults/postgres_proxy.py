"""A proxy that stands between a client and a real PostgreSQL, and loses its connections.

It knows the protocol as far as statements go: what a client sends up to a Query or a Sync is one.

    with PostgresProxy("127.0.0.1", 5432) as proxy:
        dsn = make_conninfo(dsn, host="127.0.0.1", port=proxy.port, sslmode="disable", …)
        proxy.lose(Loss.AFTER, 3)       # the connection of the third statement from now
        …
        proxy.heal()
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from threading import Lock, Thread
from typing import Self

ENDS = (b"Q", b"S")
PARTS = (b"P", b"B", b"D", b"E", b"C", b"H")
TERMINATE = b"X\x00\x00\x00\x04"
PATIENCE_S = 60


class Loss(StrEnum):
    """When a connection is lost."""

    BEFORE = "before"  # the server never sees the statement
    AFTER = "after"  # it is carried out, and nobody hears of it
    SEVERED = "severed"  # it is carried out, and the server takes the client for alive


class PostgresProxy:
    """Counts the statements of all its connections, and loses the connection of one."""

    def __init__(self, host: str, port: int) -> None:
        self._upstream = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = Lock()
        self._rule: tuple[Loss, int] | None = None
        self._severed: list[socket.socket] = []
        self.seen = 0
        self.touched = False

    def __enter__(self) -> Self:
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.heal()

    def lose(self, loss: Loss, number: int) -> None:
        """Lose the connection of that statement, counted from now."""
        with self._lock:
            self._rule, self.seen, self.touched = (loss, number), 0, False

    def heal(self) -> None:
        """Lose none from now on; what was severed is closed."""
        with self._lock:
            self._rule = None
            for one in self._severed:
                _close(one)
            self._severed.clear()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.create_connection(self._upstream)
        back = Thread(target=_relay, args=(server, client), daemon=True)
        with suppress(OSError):
            server.sendall(_startup(client))
            back.start()
            loss = self._statements(client, server)
            if loss is Loss.SEVERED:
                self._severed.append(server)
                return
            if loss is Loss.AFTER:
                # The server reads this once the statement is done, and ends the session.
                server.sendall(TERMINATE)
                back.join(PATIENCE_S)
        for one in (client, server):
            _close(one)

    def _statements(self, client: socket.socket, server: socket.socket) -> Loss | None:
        """Pass statements on, until the client ends or its connection is lost."""
        waiting = b""
        for kind, message in _messages(client):
            waiting += message
            if kind in PARTS:
                continue
            loss = self._loss() if kind in ENDS else None
            if loss is not None:
                # Nothing of the answer may come through.
                client.shutdown(socket.SHUT_RDWR)
            if loss is not Loss.BEFORE:
                server.sendall(waiting)
            if loss is not None:
                return loss
            waiting = b""
        return None

    def _loss(self) -> Loss | None:
        with self._lock:
            self.seen += 1
            if self._rule is None or self.touched or self.seen != self._rule[1]:
                return None
            self.touched = True
            return self._rule[0]


def _close(one: socket.socket) -> None:
    # Shut down first: a thread that reads from it would keep it open.
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def _startup(client: socket.socket) -> bytes:
    head = _exactly(client, 4)
    return head + _exactly(client, struct.unpack("!I", head)[0] - 4)


def _messages(client: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    while True:
        head = _exactly(client, 5)
        yield head[:1], head + _exactly(client, struct.unpack("!I", head[1:])[0] - 4)


def _relay(server: socket.socket, client: socket.socket) -> None:
    """Pass answers on, and read them to their end though nobody hears them."""
    with suppress(OSError):
        while piece := server.recv(1 << 16):
            with suppress(OSError):
                client.sendall(piece)
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)


def _exactly(source: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        piece = source.recv(size - len(found))
        if not piece:
            raise ConnectionError("the client is gone")
        found += piece
    return found
