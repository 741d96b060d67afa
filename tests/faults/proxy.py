"""A proxy that stands between boto3 and a real object store, and fails on request.

It passes bytes through as they are, the Host header too: boto3 signs the proxy's own name, and the
store checks the signature against the name that it is told. So a client that is given the proxy's
endpoint is one of the real store, with the real credentials.

    with FaultProxy("127.0.0.1:8333") as proxy:
        store = open_object_store(proxy.endpoint, key, secret)
        proxy.fail(Fault.LOST, 3)                       # the third request from now
        proxy.fail(Fault.ERROR, 2, 4, method="PUT")     # the second to fourth PUT
        proxy.fail(Fault.STALL, 1, ALWAYS, path="uploadId=")
        …
        proxy.heal()                                    # no fault from here on
        with proxy.away():                              # nobody listens: connection refused
            …

``proxy.requests`` lists every request as (method, target), ``proxy.touched`` how many were treated
with a fault. Requests are counted anew with every rule.
"""

from __future__ import annotations

import re
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from threading import Event, Lock, Thread
from typing import BinaryIO, Self

ALWAYS = sys.maxsize
PIECE = 1 << 16
PATIENCE_S = 60
NO_BODY = (204, 304)
RESET = struct.pack("ii", 1, 0)
XML = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>{}</Code><Message>no</Message></Error>"


class Fault(StrEnum):
    """How a request fails."""

    ERROR = "500"
    SLOW_DOWN = "503"
    STALL = "stall"  # read whole, never answered and never carried out
    CUT_REQUEST = "cut-request"  # half of its body comes to the store
    CUT_ANSWER = "cut-answer"  # carried out; half of the answer comes back
    LOST = "lost"  # carried out; no answer comes back
    REFUSED = "refused"  # reset as soon as it is seen


ANSWERS = {
    Fault.ERROR: ("500 Internal Server Error", XML.format("InternalError")),
    Fault.SLOW_DOWN: ("503 Service Unavailable", XML.format("SlowDown")),
}


@dataclass
class Rule:
    """Which requests fail, and how."""

    fault: Fault
    first: int
    last: int
    method: str = ""
    path: str = ""
    seen: int = 0

    def takes(self, method: str, target: str) -> bool:
        if (self.method and method != self.method) or not re.search(self.path, target):
            return False
        self.seen += 1
        return self.first <= self.seen <= self.last


@dataclass(frozen=True)
class Head:
    """The first lines of a request or an answer, as they came."""

    line: bytes
    fields: tuple[bytes, ...]

    @classmethod
    def read(cls, source: BinaryIO) -> Head | None:
        line = source.readline()
        fields = []
        while (one := source.readline()).strip():
            fields.append(one)
        return cls(line, tuple(fields)) if line and one else None

    def field(self, name: str) -> str:
        for one in self.fields:
            key, _, value = one.decode("latin-1").partition(":")
            if key.strip().lower() == name:
                return value.strip()
        return ""

    def without(self, name: str) -> Head:
        kept = (one for one in self.fields if one.partition(b":")[0].lower() != name.encode())
        return Head(self.line, tuple(kept))

    @property
    def words(self) -> list[str]:
        return self.line.decode("latin-1").split()

    @property
    def raw(self) -> bytes:
        return b"".join([self.line, *self.fields, b"\r\n"])

    @property
    def chunked(self) -> bool:
        return "chunked" in self.field("transfer-encoding").lower()

    @property
    def length(self) -> int | None:
        return int(self.field("content-length")) if self.field("content-length") else None


def body_of(source: BinaryIO, head: Head, *, to_the_end: bool = False) -> Iterator[bytes]:
    """A body's raw bytes, in pieces, with the marks of its chunks where it has them."""
    if head.chunked:
        yield from _chunks(source)
        return
    left = head.length if head.length is not None else (ALWAYS if to_the_end else 0)
    while left and (piece := source.read1(min(left, PIECE))):  # type: ignore[attr-defined]
        left -= len(piece)
        yield piece


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    while line := source.readline():
        size = int(line.split(b";")[0], 16)
        yield line
        if not size:
            while (trailer := source.readline()).strip():
                yield trailer
            yield trailer
            return
        yield source.read(size + 2)


class FaultProxy:
    """The proxy.

    Args:
        upstream: ``host:port`` of the store.
    """

    def __init__(self, upstream: str) -> None:
        host, _, port = upstream.rpartition(":")
        self._upstream = host, int(port)
        self._lock, self._stopped = Lock(), Event()
        self._rules: list[Rule] = []
        self._open: set[socket.socket] = set()
        self.requests: list[tuple[str, str]] = []
        self.touched = 0
        self._listener = self._listen(0)
        self.port: int = self._listener.getsockname()[1]

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def fail(
        self, fault: Fault, first: int = 1, last: int = 0, *, method: str = "", path: str = ""
    ) -> Rule:
        """Let requests fail from now on.

        Args:
            fault: how.
            first: the first one that fails, counted from 1 among those that match.
            last: the last one; only the first without it; ALWAYS for no end.
            method: only such.
            path: a regular expression; only those whose path and query hold it.
        """
        rule = Rule(fault, first, last or first, method, path)
        with self._lock:
            self._rules.append(rule)
        return rule

    def heal(self) -> None:
        """No fault any more, and all counts at nothing."""
        with self._lock:
            self._rules.clear()
            self.requests.clear()
            self.touched = 0

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nobody listens at the endpoint, and what was connected is cut off."""
        self._close()
        try:
            yield
        finally:
            self._listener = self._listen(self.port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._close()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port), backlog=64)
        Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _close(self) -> None:
        # A thread that accepts holds the socket open until it is woken.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(PATIENCE_S)
        with self._lock:
            self._open.add(client)
        try:
            with client, client.makefile("rb") as source, suppress(OSError):
                while (head := Head.read(source)) is not None:
                    if not self._exchange(client, source, head):
                        break
        finally:
            with self._lock:
                self._open.discard(client)

    def _fault(self, method: str, target: str) -> Fault | None:
        with self._lock:
            self.requests.append((method, target))
            taken = [rule.fault for rule in self._rules if rule.takes(method, target)]
            self.touched += bool(taken)
        return taken[0] if taken else None

    def _exchange(self, client: socket.socket, source: BinaryIO, head: Head) -> bool:
        """One request and its answer; whether the connection goes on."""
        fault = self._fault(*head.words[:2])
        if fault is Fault.REFUSED:
            return reset(client)
        if head.field("expect"):
            client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if fault is Fault.STALL or fault in ANSWERS:
            for _ in body_of(source, head):
                pass
            if fault in ANSWERS:
                return answer(client, *ANSWERS[fault])
            # Until the client gives up.
            return bool(source.read(1)) and False
        with socket.create_connection(self._upstream, PATIENCE_S) as store:
            whole = send(store, source, head.without("expect"), half=fault is Fault.CUT_REQUEST)
            if fault is Fault.CUT_REQUEST:
                return reset(client)
            with store.makefile("rb") as answered:
                return relay(answered, client, head.words[0], fault) and whole


def send(store: socket.socket, source: BinaryIO, head: Head, *, half: bool) -> bool:
    """Pass a request on; False where it is not read to its end."""
    if half and not (head.length or head.chunked):
        return False
    sent, most = 0, (head.length or PIECE * 2) // 2
    try:
        store.sendall(head.raw)
        for piece in body_of(source, head):
            store.sendall(piece[: most - sent] if half else piece)
            sent += len(piece)
            if half and sent >= most:
                return False
    except (BrokenPipeError, ConnectionResetError):
        # The store has answered without reading on.
        return False
    return True


def relay(store: BinaryIO, client: socket.socket, method: str, fault: Fault | None) -> bool:
    """Pass an answer back; whether the connection goes on."""
    head = Head.read(store)
    while head is not None and head.words[1] == "100":
        head = Head.read(store)
    if head is None:
        return reset(client)
    empty = method == "HEAD" or int(head.words[1]) in NO_BODY
    body = iter(()) if empty else body_of(store, head, to_the_end=True)
    if fault is Fault.LOST:
        for _ in body:
            pass
        return False
    if fault is Fault.CUT_ANSWER:
        return cut(client, head, body)
    client.sendall(head.raw)
    for piece in body:
        client.sendall(piece)
    return empty or head.chunked or head.length is not None


def cut(client: socket.socket, head: Head, body: Iterator[bytes]) -> bool:
    """Half of the body; where there is none, half of the first line.

    Not half of the head: Python's client takes what it has of one for all of it, so that a part
    of an upload would seem to be there without its tag.
    """
    content = b"".join(body)
    half = head.raw + content[: len(content) // 2] if content else head.line[: len(head.line) // 2]
    client.sendall(half)
    return False


def answer(client: socket.socket, status: str, text: str) -> bool:
    client.sendall(
        f"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\n"
        f"Content-Length: {len(text)}\r\n\r\n{text}".encode()
    )
    return True


def reset(client: socket.socket) -> bool:
    """Close at once, so that the peer sees a reset and not an end."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    return False
