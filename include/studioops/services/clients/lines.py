"""The connections of a client, held so that another thread can cut them."""

from __future__ import annotations

import socket
from contextlib import suppress
from datetime import datetime
from threading import Lock


class Lines:
    """Every connection that a client has made.

    Closing a socket does not wake a thread that reads from it; shutting the connection down does.
    So each is held by a second descriptor, which stays good whatever TLS makes of the first.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: list[socket.socket] = []
        self._over = False
        self.certificate_expires: datetime | None = None

    def hold(self, line: socket.socket) -> None:
        """Take note of a connection that was just made."""
        with self._lock:
            self._held.append(line.dup())
            if self._over:
                self._shut()

    def cut(self) -> None:
        """End every connection, and every one that is still to come."""
        with self._lock:
            self._over = True
            self._shut()

    def release(self) -> None:
        """Let go of every connection; each ends when its client closes it."""
        with self._lock:
            self._close()

    def _shut(self) -> None:
        for line in self._held:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._close()

    def _close(self) -> None:
        for line in self._held:
            line.close()
        self._held.clear()
