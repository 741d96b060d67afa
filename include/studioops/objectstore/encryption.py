"""Files encrypted as they are read: AES-256-GCM in chunks, a key of its own for each file.

The chunks follow the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: "Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015): a chunk's nonce is its
number and whether it is the last one, so that none can be dropped, swapped or repeated, and the
end can't be cut off. Each file's key is derived from the named key and a random salt.

::

    magic (8) | length of the key's id (1) | the key's id | salt (32) | chunk 0 | chunk 1 | …
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from studioops.errors import BackupDamaged, NoSuchKey, SettingsError
from studioops.objectstore.vault.vault import Readable

if TYPE_CHECKING:
    from pydantic import SecretStr

    from studioops.settings import Settings

MAGIC = b"STUDIOP1"
KEY_BYTES = 32
SALT_BYTES = 32
TAG_BYTES = 16
CHUNK_BYTES = 1 << 20
NUMBER_BYTES = 11
LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys that files are encrypted with, by id. New files take the current one.

    Args:
        current: the id of the key for new files.
        keys: 32 bytes each, by id; older ones stay for as long as their files do.
    """

    current: str
    keys: Mapping[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what could never encrypt."""
        step = "set STUDIOOPS_BACKUP_KEY_ID and STUDIOOPS_BACKUP_KEYS__ID (32 bytes in base64)"
        if not self.current:
            raise SettingsError("no backup key is set", step)
        if self.current not in self.keys:
            raise SettingsError(f"no backup key is called {self.current!r}", step)
        for name, key in self.keys.items():
            if len(key) != KEY_BYTES:
                raise SettingsError(f"the backup key {name!r} is not {KEY_BYTES} bytes long", step)
            if not name.isascii() or not 0 < len(name) <= LONGEST_ID:
                raise SettingsError("a backup key's id is 1 to 64 plain characters", step)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The keys of the settings.

        Raises:
            SettingsError: there is none, or one is no key.
        """
        keys = {name: _bytes(name, key) for name, key in settings.backup_keys.items()}
        return cls((settings.backup_key_id or "").lower(), keys)

    def key(self, name: str, what: str) -> bytes:
        """A key by its id.

        Args:
            name: the id, as a file's head says it.
            what: the file, to be shown.

        Raises:
            NoSuchKey: the settings hold none of that id.
        """
        if name not in self.keys:
            raise NoSuchKey(
                f"{what} is encrypted with the key {name!r}, which the settings don't hold",
                f"set STUDIOOPS_BACKUP_KEYS__{name.upper()} to that key",
            )
        return self.keys[name]


class EncryptingReader:
    """A file-like object that reads another one encrypted.

    Args:
        source: the plain content.
        keyring: whose current key is taken.
        context: what the file is and whose; :func:`decrypted` must be told the same.
    """

    def __init__(self, source: Readable, keyring: Keyring, context: str) -> None:
        salt = os.urandom(SALT_BYTES)
        head = _head(keyring.current, salt)
        self._source = source
        self._cipher = _cipher(keyring.keys[keyring.current], salt)
        self._bound = head + context.encode()
        self._buffer = bytearray(head)
        self._number = 0
        self._next: bytes | None = _full(source)

    def read(self, size: int = -1) -> bytes:
        """Up to that many bytes; all that is left where the size is negative."""
        while self._next is not None and (size < 0 or len(self._buffer) < size):
            self._encrypt_one()
        taken = len(self._buffer) if size < 0 else size
        piece = bytes(self._buffer[:taken])
        del self._buffer[:taken]
        return piece

    def readable(self) -> bool:
        """Yes."""
        return True

    def _encrypt_one(self) -> None:
        chunk = self._next or b""
        following = _full(self._source) if len(chunk) == CHUNK_BYTES else b""
        nonce = _nonce(self._number, last=not following)
        self._buffer += self._cipher.encrypt(nonce, chunk, self._bound)
        self._number += 1
        self._next = following or None


def decrypted(pieces: Iterable[bytes], keyring: Keyring, context: str) -> Iterator[bytes]:
    """The plain content of an encrypted file, chunk by chunk; each is proven before it is yielded.

    Args:
        pieces: of the encrypted file, of any size.
        keyring: that holds its key.
        context: as it was encrypted with.

    Raises:
        BackupDamaged: a byte differs, something is missing, or it is another file.
        NoSuchKey: the settings don't hold its key.
    """
    source = _Pieces(pieces)
    head = source.take(len(MAGIC) + 1)
    if head[: len(MAGIC)] != MAGIC or len(head) <= len(MAGIC):
        raise _damaged(context, "its head is not one of ours")
    rest = source.take(head[-1] + SALT_BYTES)
    name, salt = rest[: head[-1]], rest[head[-1] :]
    if len(salt) != SALT_BYTES:
        raise _damaged(context, "it was cut off in its head")
    key = keyring.key(name.decode("ascii", "replace"), context)
    yield from _chunks(source, _cipher(key, salt), head + rest + context.encode(), context)


def _chunks(source: _Pieces, cipher: AESGCM, bound: bytes, context: str) -> Iterator[bytes]:
    number, sealed = 0, source.take(CHUNK_BYTES + TAG_BYTES)
    while True:
        following = source.take(CHUNK_BYTES + TAG_BYTES)
        nonce = _nonce(number, last=not following)
        try:
            yield cipher.decrypt(nonce, sealed, bound)
        except InvalidTag:
            raise _damaged(context, f"part {number} can't be decrypted") from None
        if not following:
            return
        number, sealed = number + 1, following


class _Pieces:
    """Pieces of any size, taken in sizes that we choose."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._buffer = bytearray()

    def take(self, size: int) -> bytes:
        """That many bytes; fewer only at the end."""
        while len(self._buffer) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._buffer += piece
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


def _bytes(name: str, key: SecretStr) -> bytes:
    try:
        return base64.b64decode(key.get_secret_value(), validate=True)
    except ValueError:
        raise SettingsError(
            f"the backup key {name!r} is no base64",
            f"set STUDIOOPS_BACKUP_KEYS__{name.upper()} anew",
        ) from None


def _full(source: Readable) -> bytes:
    """A whole chunk; less only at the end, whatever the source gives at a time."""
    chunk = bytearray()
    while len(chunk) < CHUNK_BYTES and (piece := source.read(CHUNK_BYTES - len(chunk))):
        chunk += piece
    return bytes(chunk)


def _head(name: str, salt: bytes) -> bytes:
    return MAGIC + bytes([len(name)]) + name.encode("ascii") + salt


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    derived = HKDF(SHA256(), KEY_BYTES, salt, b"studioops file, AES-256-GCM in chunks").derive(key)
    return AESGCM(derived)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NUMBER_BYTES, "big") + bytes([last])


def _damaged(context: str, how: str) -> BackupDamaged:
    return BackupDamaged(
        f"{context}: {how}", "use another backup: see `studioops backup list` for proven ones"
    )
