"""A million objects into SeaweedFS in minutes: by its own loader of metadata, not by PUTs.

The loader (``weed shell``, ``fs.meta.load``) takes what ``fs.meta.save`` writes: protobuf messages
of a directory and an entry, each behind its length. Content as small as this lies in the entry.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from studioops.local.object_store import ObjectStoreServer
from studioops.local.ports import GRPC_OFFSET, LOOPBACK
from studioops.objectstore import ObjectStore

CONTENT = b"x"
# Long enough ago that whoever compares takes it for settled.
AGE_S = 3600
LOADERS = 16
LAST_ONES, LAST_ONES_S = 10 * LOADERS, 2
BUCKETS = "/buckets"


def load_objects(
    server: ObjectStoreServer, store: ObjectStore, bucket: str, names: Iterable[str]
) -> None:
    """Make objects of one byte each.

    Args:
        server: running.
        store: its client.
        bucket: its name; made where it is absent.
        names: of the objects, in directories or not.
    """
    store.ensure_buckets([bucket])
    wanted = list(names)
    with tempfile.NamedTemporaryFile(suffix=".meta") as file:
        written = int(time.time()) - AGE_S
        for name in wanted:
            message = entry(f"{BUCKETS}/{bucket}/{name}", written)
            file.write(len(message).to_bytes(4, "big") + message)
        file.flush()
        load(server, file.name)
    # What it lost all the same is put in as anybody would.
    for name in wanted[-LAST_ONES:]:
        if not store.has(bucket, name):
            store.put(bucket, name, CONTENT)


def entry(path: str, written: int) -> bytes:
    """One object as the loader reads it: filer_pb.FullEntry.

    Args:
        path: of the filer.
        written: seconds since 1970.
    """
    place = PurePosixPath(path)
    attributes = b"".join(
        [
            _number(1, len(CONTENT)),
            _number(2, written),
            _number(3, 0o660),
            _number(6, written),
            _bytes(14, hashlib.md5(CONTENT).digest()),  # noqa: S324 - S3's ETag
        ]
    )
    inner = _bytes(1, place.name.encode()) + _bytes(4, attributes) + _bytes(9, CONTENT)
    return _bytes(1, str(place.parent).encode()) + _bytes(2, inner)


def load(server: ObjectStoreServer, file: str) -> None:
    """Let the store's shell load a file of entries.

    It says that all is loaded while the last ones are on their way; a shell that left then would
    cancel them, which the server may not survive.

    Args:
        server: running.
        file: its path.
    """
    places = [
        f"-{name}={LOOPBACK}:{server.ports[name]}.{server.ports[name] + GRPC_OFFSET}"
        for name in ("master", "filer")
    ]
    shell = subprocess.Popen(
        [str(Path(sys.executable).with_name("weed")), "shell", *places],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with shell:
        shell.stdin.write(f"fs.meta.load -v=false -concurrency={LOADERS} {file}\n")
        shell.stdin.flush()
        for line in shell.stdout:
            if line.startswith(f"{file} is loaded"):
                break
        time.sleep(LAST_ONES_S)
        shell.stdin.write("exit\n")


def names(count: int) -> Iterator[str]:
    """So many names, a thousand to a directory."""
    return (f"projects/{n // 1000:04d}/{n:08d}.txt" for n in range(count))


def _bytes(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    # Seven bits a byte, the lowest first; the eighth says that more follow.
    while value >> 7:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
