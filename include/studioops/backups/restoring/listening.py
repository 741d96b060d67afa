"""Hearing several processes on one standard error without mixing what they say."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

BEGIN = b"pg_restore:"
CHUNK = 1 << 16
# Of a longer record, a value of many megabytes in it, both ends tell all.
HALF = 1 << 14
CREDENTIALS = struct.Struct("3i")


@dataclass
class Ear:
    """One standard error for a program and its workers.

    Each worker writes a message in several pieces, and nothing keeps two of them apart: in a pipe
    they would run into each other, and a row's value could pass for a message. A Linux socket
    keeps the pieces whole and names the process that wrote each; elsewhere it is a pipe.

    Args:
        ours: what is read.
        theirs: what the program writes to.
    """

    ours: int
    theirs: int
    _socket: socket.socket | None = field(default=None, repr=False)

    @classmethod
    def open(cls) -> Ear:
        """A new one."""
        if not hasattr(socket, "SO_PASSCRED"):
            return cls(*os.pipe())
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        near.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        return cls(near.fileno(), far.detach(), near)

    def records(self) -> Iterator[tuple[int, str]]:
        """What is said, until all of them have ended: who, and the record whole."""
        pending: dict[int, bytearray] = {}
        for writer, begins, piece in self._pieces():
            if begins and writer in pending:
                yield writer, _text(pending.pop(writer))
            record = pending.setdefault(writer, bytearray())
            record += piece
            del record[HALF : max(HALF, len(record) - HALF)]
        for writer, rest in pending.items():
            yield writer, _text(rest)

    def close_theirs(self) -> None:
        """Once the program has its copy, so that its end is heard."""
        if self.theirs >= 0:
            os.close(self.theirs)
            self.theirs = -1

    def close(self) -> None:
        """Both ends."""
        self.close_theirs()
        if self._socket is not None:
            self._socket.close()
        else:
            os.close(self.ours)

    def _pieces(self) -> Iterator[tuple[int, bool, bytes]]:
        """Who wrote, whether it begins a record, and what was written at once (a line of a pipe).

        The program writes its own name by itself, so that the same word in a row begins nothing.
        """
        if self._socket is None:
            with os.fdopen(os.dup(self.ours), "rb") as lines:
                yield from ((0, line.startswith(BEGIN), line) for line in lines)
            return
        while True:
            piece, ancillary, _, _ = self._socket.recvmsg(
                CHUNK, socket.CMSG_SPACE(CREDENTIALS.size)
            )
            if not piece:
                return
            writer = CREDENTIALS.unpack(ancillary[0][2])[0] if ancillary else 0
            yield writer, piece == BEGIN, piece


def _text(record: bytearray) -> str:
    return record.decode("utf-8", "replace")
