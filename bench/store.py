"""An object store of the benchmark's own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from studioops.local.object_store import PORT_NAMES, ObjectStoreServer
from studioops.local.ports import GRPC_OFFSET, pick
from studioops.local.state import LocalPaths, load_secrets
from studioops.objectstore import ObjectStore, open_object_store

TIMEOUT_S = 60


@contextmanager
def object_store() -> Iterator[tuple[ObjectStoreServer, ObjectStore]]:
    """A fresh SeaweedFS, gone at the end."""
    directory = Path(tempfile.mkdtemp(prefix="studioops-bench-"))
    ports = dict(zip(PORT_NAMES, pick(len(PORT_NAMES), (0, GRPC_OFFSET)), strict=True))
    secrets = load_secrets(LocalPaths(directory))
    server = ObjectStoreServer(directory / "objects", directory / "objects.log", ports, secrets)
    try:
        server.start()
        with opened(server.endpoint, [server.access_key, server.secret_key]) as store:
            yield server, store
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


def opened(endpoint: str, keys: Sequence[str]) -> ObjectStore:
    """A client of it."""
    return open_object_store(endpoint, *keys, timeout=TIMEOUT_S)
