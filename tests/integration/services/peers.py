"""Peers that fail on the wire: silent, resetting, cutting answers short, dripping, badly certified."""

from __future__ import annotations

import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"
CHUNK = 65536
PATIENCE_S = 20
QUIET_S = 0.1
RESET = struct.pack("ii", 1, 0)
SSL_REQUEST = 8


class Fault(StrEnum):
    """What becomes of the answer once the request went over the line."""

    RESET = "reset"
    CUT = "cut"
    SLOW = "slow"
    DRIP = "drip"


Talk = Callable[[socket.socket], None]


@contextmanager
def peer(talk: Talk) -> Iterator[int]:
    """A server that talks so on every connection, and ends them all at the end; its port."""
    open_now: set[socket.socket] = set()
    with socket.create_server((LOOPBACK, 0)) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    near, _ = listener.accept()
                    near.settimeout(PATIENCE_S)
                    open_now.add(near)
                    Thread(target=served, args=(near,), daemon=True).start()

        def served(near: socket.socket) -> None:
            with near, suppress(OSError):
                talk(near)

        Thread(target=accept, daemon=True).start()
        yield int(listener.getsockname()[1])
        # A thread that accepts would keep the socket open.
        for one in (listener, *open_now):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@contextmanager
def silent() -> Iterator[int]:
    """A listening socket whose owner never answers."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield int(listener.getsockname()[1])


def line(port: int, marker: bytes, fault: Fault, pause: float = 0.3) -> Talk:
    """A line to a real server, which fails once the marker was sent over it.

    Args:
        port: the server's.
        marker: what the request holds whose answer fails.
        fault: how.
        pause: seconds that a slow answer is late.
    """

    def talk(near: socket.socket) -> None:
        with socket.create_connection((LOOPBACK, port), PATIENCE_S) as far:
            if not _until(marker, near, far):
                return
            if fault is Fault.RESET:
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                return
            answer = _answer(far)
            if fault is Fault.SLOW:
                time.sleep(pause)
                near.sendall(answer)
                near.recv(CHUNK)
            elif fault is Fault.CUT:
                near.sendall(answer[: _half(answer)])
            else:
                drip(answer)(near)

    return talk


def drip(answer: bytes) -> Talk:
    """Send an answer so that every packet is in time, and the last one minutes late."""

    def talk(near: socket.socket) -> None:
        for byte in answer[:1] + answer[1:] * 1000:
            near.sendall(bytes([byte]))
            time.sleep(0.05)

    return talk


def saying(answer: bytes) -> Talk:
    """Hear something, answer so, whatever it was."""

    def talk(near: socket.socket) -> None:
        near.recv(CHUNK)
        near.sendall(answer)
        near.shutdown(socket.SHUT_WR)
        while near.recv(CHUNK):
            pass

    return talk


def certified(pem: Path, greeting: bytes = b"") -> Talk:
    """Speak TLS with that certificate; first answer PostgreSQL's request for it, where told to."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    def talk(near: socket.socket) -> None:
        if greeting:
            near.recv(SSL_REQUEST)
            near.sendall(greeting)
        with context.wrap_socket(near, server_side=True) as secure:
            secure.recv(CHUNK)

    return talk


def self_made(pem: Path, *, host: str = LOOPBACK, days: float = 30) -> Path:
    """A certificate that vouches for itself, with its key, good for so many days from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "self-made")])
    until = datetime.now(UTC) + timedelta(days=days)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - timedelta(days=365))
        .not_valid_after(until)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return pem


def _until(marker: bytes, near: socket.socket, far: socket.socket) -> bool:
    """Pass both ways, up to the marker and with it; False where either side ended before."""
    ended: list[bool] = []

    def back() -> None:
        with suppress(OSError):
            while not ended and (piece := _received(far)) is not None:
                near.sendall(piece)

    thread = Thread(target=back, daemon=True)
    thread.start()
    try:
        while data := near.recv(CHUNK):
            if marker in data:
                ended.append(True)
                thread.join()
                far.sendall(data)
                return True
            far.sendall(data)
        return False
    finally:
        ended.append(True)


def _received(far: socket.socket) -> bytes | None:
    """What came within a moment; None at the end."""
    far.settimeout(QUIET_S)
    try:
        return far.recv(CHUNK) or None
    except TimeoutError:
        return b""


def _answer(far: socket.socket) -> bytes:
    """What the server says until it falls silent."""
    answer = bytearray()
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        piece = _received(far)
        if piece is None or (answer and not piece):
            break
        answer += piece
    return bytes(answer)


def _half(answer: bytes) -> int:
    """Where the middle of the body is, or of the whole where there is no head."""
    head, mark, body = answer.partition(b"\r\n\r\n")
    return len(head + mark) + len(body) // 2 if mark and body else len(answer) // 2
