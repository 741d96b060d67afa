"""Files encrypted as they are read: AES-256-GCM in chunks, a key of its own for each file.

The chunks follow the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: "Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015): a chunk's nonce is its
number and whether it is the last one, so that none can be dropped, swapped or repeated, and the
end can't be cut off. Each file's key is derived from the named key and a random salt.

::

    magic (8) | length of the key's id (1) | the key's id | salt (32) | check (8) | chunk 0 | …

The check tells a wrong key from a damaged file.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import TYPE_CHECKING, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from studioops.errors import BackupDamaged, NoSuchKey, SettingsError, WrongKey
from studioops.objectstore.vault.pieces import Pieces, whole
from studioops.objectstore.vault.vault import Readable

if TYPE_CHECKING:
    from studioops.settings import Settings

MAGIC = b"STUDIOP1"
KEY_BYTES = 32
SALT_BYTES = 32
CHECK_BYTES = 8
TAG_BYTES = 16
CHUNK_BYTES = 1 << 20
NUMBER_BYTES = 11
# An id is shown to people as it stands in a file's head, which anybody may have written.
PLAIN_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)


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
            if not PLAIN_ID.fullmatch(name):
                raise SettingsError(
                    "a backup key's id is 1 to 64 letters, digits, dots, dashes and underscores",
                    step,
                )

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The keys of the settings.

        Raises:
            SettingsError: there is none, or one is no key.
        """
        keys = {name: key.get_secret_value() for name, key in settings.backup_keys.items()}
        return cls.of_texts(settings.backup_key_id or "", keys)

    @classmethod
    def of_texts(cls, current: str, keys: Mapping[str, str]) -> Self:
        """Keys as people write them.

        Args:
            current: the id of the key for new files.
            keys: in base64, by id. The environment's names are read in lower case, so an id knows
                no capital letters.

        Raises:
            SettingsError: there is none, or one is no key.
        """
        known = {name.lower(): _bytes(name, key) for name, key in keys.items()}
        return cls(current.lower(), known)

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


class EncryptingReader(Pieces):
    """A file-like object that reads another one encrypted.

    Args:
        source: the plain content.
        keyring: whose current key is taken.
        context: what the file is and whose; :func:`decrypted` must be told the same.
    """

    def __init__(self, source: Readable, keyring: Keyring, context: str) -> None:
        super().__init__(_sealed(whole(source), keyring, context))


def decrypted(pieces: Iterable[bytes], keyring: Keyring, context: str) -> Iterator[bytes]:
    """The plain content of an encrypted file, chunk by chunk; each is proven before it is yielded.

    Args:
        pieces: of the encrypted file, of any size.
        keyring: that holds its key.
        context: as it was encrypted with.

    Raises:
        BackupDamaged: a byte differs, something is missing, or it is another file.
        NoSuchKey: the settings don't hold its key.
        WrongKey: what they hold by its id is another one.
    """
    source = Pieces(pieces)
    head = source.read(len(MAGIC) + 1)
    if head[: len(MAGIC)] != MAGIC or len(head) <= len(MAGIC):
        raise _damaged(context, "its head is not one of ours")
    rest = source.read(head[-1] + SALT_BYTES + CHECK_BYTES)
    name, salt, check = rest[: head[-1]], rest[head[-1] : -CHECK_BYTES], rest[-CHECK_BYTES:]
    if len(salt) != SALT_BYTES:
        raise _damaged(context, "it was cut off in its head")
    named = name.decode("ascii", "replace")
    if not PLAIN_ID.fullmatch(named):
        raise _damaged(context, "its head names no key")
    cipher, expected = _cipher(keyring.key(named, context), salt)
    if not compare_digest(check, expected):
        raise _wrong_key(context, named)
    yield from _chunks(source, cipher, head + rest + context.encode(), context)


def _sealed(source: Pieces, keyring: Keyring, context: str) -> Iterator[bytes]:
    salt = os.urandom(SALT_BYTES)
    cipher, check = _cipher(keyring.keys[keyring.current], salt)
    head = _head(keyring.current, salt + check)
    yield head
    bound = head + context.encode()
    chunk, last, number = source.read(CHUNK_BYTES), False, 0
    while not last:
        following = source.read(CHUNK_BYTES)
        last = not following
        sealed = cipher.encrypt(_nonce(number, last=last), chunk, bound)
        # Nothing is held for longer than it is needed: this is most of a backup's memory.
        chunk, number = following, number + 1
        yield sealed
        del sealed


def _chunks(source: Pieces, cipher: AESGCM, bound: bytes, context: str) -> Iterator[bytes]:
    number, sealed = 0, source.read(CHUNK_BYTES + TAG_BYTES)
    while True:
        following = source.read(CHUNK_BYTES + TAG_BYTES)
        nonce = _nonce(number, last=not following)
        try:
            yield cipher.decrypt(nonce, sealed, bound)
        except InvalidTag:
            raise _damaged(context, f"part {number} can't be decrypted") from None
        if not following:
            return
        number, sealed = number + 1, following


def _bytes(name: str, key: str) -> bytes:
    try:
        return base64.b64decode(key, validate=True)
    except ValueError:
        raise SettingsError(
            f"the backup key {name!r} is no base64",
            f"set STUDIOOPS_BACKUP_KEYS__{name.upper()} anew",
        ) from None


def _head(name: str, rest: bytes) -> bytes:
    return MAGIC + bytes([len(name)]) + name.encode("ascii") + rest


def _cipher(key: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    """A file's own cipher, and what its head says to prove that the key is the right one."""
    length = KEY_BYTES + CHECK_BYTES
    derived = HKDF(SHA256(), length, salt, b"studioops file, AES-256-GCM in chunks").derive(key)
    return AESGCM(derived[:KEY_BYTES]), derived[KEY_BYTES:]


def _wrong_key(context: str, name: str) -> WrongKey:
    return WrongKey(
        f"{context}: the key {name!r} of the settings is another one than it was encrypted with",
        f"set STUDIOOPS_BACKUP_KEYS__{name.upper()} to the key that was in use then",
    )


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NUMBER_BYTES, "big") + bytes([last])


def _damaged(context: str, how: str) -> BackupDamaged:
    return BackupDamaged(
        f"{context}: {how}", "use another backup: see `studioops backup list` for proven ones"
    )
