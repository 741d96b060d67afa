"""A bucket of documents, and a shelf for its copies in a bucket beside it."""

from __future__ import annotations

import hashlib
import io
import socket
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Thread

import pytest

from studioops.backups.buckets import CopiedObject, copy_bucket, list_copy, source
from studioops.backups.model import BucketCopy, Manifest, new_backup_id
from studioops.backups.shelf import Shelf
from studioops.objectstore import ObjectStore, open_object_store
from studioops.objectstore.encryption import Keyring
from studioops.objectstore.vault import BucketVault
from studioops.objectstore.vault import bucket as vault_bucket_module

KEYS = Keyring("new", {"new": b"n" * 32, "old": b"o" * 32})


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class Archive:
    """A bucket under care and where its copies go."""

    store: ObjectStore
    bucket: str
    shelf: Shelf

    def put(self, *keys: str, data: bytes = b"a document") -> Archive:
        for key in keys:
            self.store.put(self.bucket, key, data)
        return self

    def delete(self, *keys: str) -> Archive:
        for key in keys:
            self.store.client.delete_object(Bucket=self.bucket, Key=key)
        return self

    def content(self) -> dict[str, bytes]:
        return {
            one.key: self.store.get(self.bucket, one.key)
            for page in self.store.pages(self.bucket)
            for one in page
        }

    def copy(self, previous: BucketCopy | None = None, **options) -> BucketCopy:
        shelf = options.pop("shelf", self.shelf)
        source = options.pop("source", self.store)
        backup_id = options.pop("backup_id", "") or new_backup_id(datetime.now(UTC))
        return copy_bucket(source, self.bucket, shelf, backup_id, previous=previous, **options)

    def listed(self, copy: BucketCopy) -> dict[str, CopiedObject]:
        return {one.key: one for one in list_copy(self.shelf, copy)}

    def files(self, part: str = "") -> list[str]:
        """Of the vault."""
        return [one.name for one in self.shelf.vault.entries() if part in one.name]

    def back_up(self, previous: BucketCopy | None = None) -> tuple[str, BucketCopy]:
        """A whole backup that is nothing but a copy of the bucket."""
        now = datetime.now(UTC)
        backup_id = new_backup_id(now)
        copy = self.copy(previous, backup_id=backup_id)
        manifest = Manifest(
            backup_id, self.shelf.target, now, 0, {}, "", (), {}, {}, {}, {}, (copy,)
        )
        self.shelf.keep(manifest)
        return backup_id, copy

    def flip(self, name: str, at: int = -20) -> None:
        """One bit of a file in the vault."""
        data = bytearray(b"".join(self.shelf.vault.read(name)))
        data[at] ^= 1
        self.shelf.vault.write(name, io.BytesIO(bytes(data)))

    def with_keys(self, current: str, *names: str) -> Shelf:
        held = {name: KEYS.keys[name] for name in (current, *names)}
        return replace(self.shelf, keyring=Keyring(current, held))


@pytest.fixture
def vault_bucket(store: ObjectStore) -> Iterator[str]:
    name = f"test-{uuid.uuid4().hex}"
    store.ensure_buckets([name])
    yield name
    for page in store.pages(name):
        keys = [{"Key": one.key} for one in page]
        store.client.delete_objects(Bucket=name, Delete={"Objects": keys})
    store.client.delete_bucket(Bucket=name)


@pytest.fixture
def archive(store: ObjectStore, bucket: str, vault_bucket: str) -> Archive:
    return Archive(store, bucket, Shelf(BucketVault(store, vault_bucket), KEYS, "studioops"))


class Gate:
    """A way to the object store that can be cut: at once, or after so many bytes of answers."""

    def __init__(self, endpoint: str) -> None:
        host, port = endpoint.split(":")
        self._there = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.closed, self.left = False, -1
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Nothing goes through any more."""
        self.closed = True
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                there = socket.create_connection(self._there)
                for one, other, answers in ((here, there, False), (there, here, True)):
                    Thread(target=self._pump, args=(one, other, answers), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket, answers: bool) -> None:
        with suppress(OSError), one, other:
            while (
                (data := one.recv(65536)) and not self.closed and not (answers and self._cut(data))
            ):
                other.sendall(data)
            for each in (one, other):
                each.shutdown(socket.SHUT_RDWR)

    def _cut(self, data: bytes) -> bool:
        """Whether this connection breaks now; the next one is whole again."""
        if self.left < 0:
            return False
        self.left = max(self.left - len(data), 0)
        if self.left:
            return False
        self.left = -1
        return True


@pytest.fixture
def gate(object_store_server) -> Iterator[Gate]:
    gate = Gate(object_store_server.endpoint)
    yield gate
    gate.close()


@pytest.fixture
def behind_gate(gate, object_store_server) -> Iterator[ObjectStore]:
    server = object_store_server
    with open_object_store(
        gate.endpoint, server.access_key, server.secret_key, timeout=2
    ) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    for module in (source, vault_bucket_module):
        monkeypatch.setattr(module, "PAUSE_S", 0.01)
