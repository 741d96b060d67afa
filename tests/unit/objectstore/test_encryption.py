"""An encrypted file comes back byte for byte, or not at all."""

from __future__ import annotations

import base64
import io
import os
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from studioops.errors import BackupDamaged, NoSuchKey, SettingsError
from studioops.objectstore import encryption
from studioops.objectstore.encryption import EncryptingReader, Keyring, decrypted
from studioops.settings import Settings

CONTEXT = "shop/20261125T020000Z-1f0c9a3e/dump/toc.dat"
KEYS = Keyring("k2", {"k1": b"1" * 32, "k2": b"2" * 32})
CHUNK, TAG = 64, 16
HEAD = len(b"STUDIOP1") + 1 + len("k2") + 32 + 8
SEALED = CHUNK + TAG


@pytest.fixture(autouse=True, scope="module")
def _small_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encryption, "CHUNK_BYTES", CHUNK)
        yield


@pytest.fixture
def _real_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encryption, "CHUNK_BYTES", 1 << 20)


class Reluctant:
    """A source that gives less than it is asked for, as a pipe does."""

    def __init__(self, content: bytes, most: int) -> None:
        self._inner, self._most = io.BytesIO(content), most

    def read(self, size: int = -1) -> bytes:
        return self._inner.read(self._most if size < 0 else min(size, self._most))


def sealed(content: bytes, keyring: Keyring = KEYS, context: str = CONTEXT) -> bytes:
    return EncryptingReader(io.BytesIO(content), keyring, context).read()


def opened(content: bytes, keyring: Keyring = KEYS, context: str = CONTEXT) -> bytes:
    return b"".join(decrypted([content], keyring, context))


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def pour(chunks: Iterator[bytes], into: bytearray) -> None:
    for chunk in chunks:
        into += chunk


def refused(content: bytes, plain: bytes, keyring: Keyring = KEYS, context: str = CONTEXT) -> None:
    """Not one byte that was not written there; and our own error, on one line, without a key."""
    seen = bytearray()
    with pytest.raises((BackupDamaged, NoSuchKey)) as caught:
        pour(decrypted(iter([content]), keyring, context), seen)
    assert plain.startswith(bytes(seen))
    assert len(seen) < max(len(plain), 1)
    said = f"{caught.value.message} {caught.value.next_step}"
    assert said.isprintable()
    assert "1111" not in said
    assert "2222" not in said


@given(
    content=st.binary(max_size=5 * CHUNK),
    most=st.integers(1, 3 * CHUNK),
    asked=st.integers(1, 3 * CHUNK),
    given_back=st.integers(1, 3 * CHUNK),
)
@example(content=b"", most=1, asked=1, given_back=1)
@example(content=b"x" * CHUNK, most=CHUNK, asked=CHUNK, given_back=CHUNK)
@example(content=b"x" * 2 * CHUNK, most=1, asked=SEALED, given_back=SEALED)
def test_comes_back_whatever_the_sizes(
    content: bytes, most: int, asked: int, given_back: int
) -> None:
    reader = EncryptingReader(Reluctant(content, most), KEYS, CONTEXT)
    stored = b"".join(iter(lambda: reader.read(asked), b""))
    chunks = max(1, -(-len(content) // CHUNK))
    assert len(stored) == HEAD + len(content) + chunks * TAG
    plain = b"".join(decrypted(pieces(stored, given_back), KEYS, CONTEXT))
    assert plain == content
    assert reader.read(asked) == b""
    assert reader.read() == b""


@pytest.mark.usefixtures("_real_chunks")
@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 7])
def test_real_chunk_sizes(size: int) -> None:
    content = os.urandom(size)
    assert opened(sealed(content)) == content


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK])
def test_every_flipped_byte(size: int) -> None:
    plain = os.urandom(size)
    stored = sealed(plain)
    for at in range(len(stored)):
        for bits in (0x01, 0x80, 0xFF):
            flipped = bytearray(stored)
            flipped[at] ^= bits
            refused(bytes(flipped), plain)


@pytest.mark.parametrize("size", [0, 1, CHUNK, 2 * CHUNK, 3 * CHUNK - 1])
def test_cut_off_anywhere(size: int) -> None:
    plain = os.urandom(size)
    stored = sealed(plain)
    for length in range(len(stored)):
        refused(stored[:length], plain)


def parts(stored: bytes) -> tuple[bytes, list[bytes]]:
    return stored[:HEAD], list(pieces(stored[HEAD:], SEALED))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda chunks: chunks[1:], id="first dropped"),
        pytest.param(lambda chunks: [chunks[0], *chunks[2:]], id="middle dropped"),
        pytest.param(lambda chunks: chunks[:-1], id="last dropped"),
        pytest.param(lambda chunks: chunks[:0], id="all dropped"),
        pytest.param(lambda chunks: [chunks[1], chunks[0], *chunks[2:]], id="swapped"),
        pytest.param(lambda chunks: [*chunks[:-2], chunks[-1], chunks[-2]], id="last swapped"),
        pytest.param(lambda chunks: [chunks[0], *chunks], id="first repeated"),
        pytest.param(lambda chunks: [*chunks, chunks[-1]], id="last repeated"),
        pytest.param(lambda chunks: [*chunks, b"\0"], id="a byte appended"),
        pytest.param(lambda chunks: [*chunks, bytes(SEALED)], id="a chunk appended"),
        pytest.param(lambda chunks: [*chunks, *chunks], id="twice"),
    ],
)
def test_chunks_moved(change: Callable[[list[bytes]], Iterable[bytes]]) -> None:
    plain = os.urandom(4 * CHUNK)
    head, chunks = parts(sealed(plain))
    assert len(chunks) == 4
    moved = head + b"".join(change(chunks))
    seen = bytearray()
    with pytest.raises(BackupDamaged, match="can't be decrypted"):
        pour(decrypted([moved], KEYS, CONTEXT), seen)
    assert plain.startswith(bytes(seen))


def test_chunks_of_two_files_do_not_mix() -> None:
    one, other = bytes(3 * CHUNK), bytes(3 * CHUNK)
    (head, mine), (their_head, theirs) = parts(sealed(one)), parts(sealed(other))
    refused(head + mine[0] + theirs[1] + mine[2], one)
    refused(their_head + b"".join(mine), other)


def test_two_files_share_nothing() -> None:
    assert sealed(b"the same")[HEAD:] != sealed(b"the same")[HEAD:]


@pytest.mark.parametrize("context", ["", CONTEXT[:-1], f"{CONTEXT} ", f"other/{CONTEXT}"])
def test_another_file_of_ours_in_its_place(context: str) -> None:
    plain = b"rows of the shop"
    refused(sealed(plain, context=context), plain)


def test_wrong_key_of_the_right_name() -> None:
    plain = b"rows"
    with pytest.raises(NoSuchKey, match="the key 'k2' of the settings is another one"):
        opened(sealed(plain, Keyring("k2", {"k2": b"3" * 32})))


def test_key_that_the_settings_do_not_hold() -> None:
    stored = sealed(b"rows", Keyring("old-key", {"old-key": b"1" * 32}))
    with pytest.raises(NoSuchKey, match="encrypted with the key 'old-key'") as caught:
        opened(stored)
    assert caught.value.message.startswith(CONTEXT)
    assert caught.value.next_step == "set STUDIOOPS_BACKUP_KEYS__OLD-KEY to that key"


def test_older_keys_still_open() -> None:
    stored = sealed(b"rows", Keyring("k1", {"k1": b"1" * 32}))
    assert opened(stored) == b"rows"


@given(
    name=st.binary(max_size=255),
    rest=st.binary(max_size=200),
    magic=st.sampled_from([b"STUDIOP1", b"STUDIOP2", b"", b"STUD"]),
    length=st.none() | st.integers(0, 255),
)
@example(name=b"\xff\xfe", rest=bytes(80), magic=b"STUDIOP1", length=None)
@example(name=b"\x1b[2J\r\n", rest=bytes(80), magic=b"STUDIOP1", length=None)
@example(name=b"", rest=bytes(80), magic=b"STUDIOP1", length=None)
@example(name=b"k2", rest=b"", magic=b"STUDIOP1", length=None)
@example(name=b"k2", rest=bytes(32), magic=b"STUDIOP1", length=None)
def test_any_head(name: bytes, rest: bytes, magic: bytes, length: int | None) -> None:
    said = bytes([len(name) if length is None else length])
    refused(magic + said + name + rest, b"")


@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    refused(content, b"")


def test_chunks_come_as_they_are_proven() -> None:
    """What lies before the damage may be used; nothing of the damaged chunk, nor after it."""
    plain = os.urandom(4 * CHUNK)
    stored = bytearray(sealed(plain))
    stored[HEAD + 2 * SEALED] ^= 1
    chunks = decrypted([bytes(stored)], KEYS, CONTEXT)
    assert [next(chunks), next(chunks)] == [plain[:CHUNK], plain[CHUNK : 2 * CHUNK]]
    with pytest.raises(BackupDamaged, match="part 2 can't be decrypted"):
        next(chunks)
    assert list(chunks) == []


def test_nothing_plain_in_the_output() -> None:
    marked = b"marked-value-4711"
    stored = sealed(marked * 100)
    assert marked not in stored
    assert marked[:8] not in stored
    assert CONTEXT.encode() not in stored


def test_source_that_fails() -> None:
    class Broken:
        def read(self, _size: int = -1) -> bytes:
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        EncryptingReader(Broken(), KEYS, CONTEXT).read()


@pytest.mark.usefixtures("_real_chunks")
def test_memory_is_flat() -> None:
    total, piece = 64 << 20, bytes(1 << 16)

    class Zeros:
        left = total

        def read(self, size: int = -1) -> bytes:
            taken = min(len(piece), self.left, size)
            self.left -= taken
            return piece[:taken]

    reader = EncryptingReader(Zeros(), KEYS, CONTEXT)
    tracemalloc.start()
    try:
        stream = iter(lambda: reader.read(1 << 18), b"")
        size = sum(len(chunk) for chunk in decrypted(stream, KEYS, CONTEXT))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size == total
    assert most < 10 << 20


def settings(key_id: str | None, **keys: str) -> Settings:
    held = {name: SecretStr(key) for name, key in keys.items()}
    return Settings(_env_file=None, backup_key_id=key_id, backup_keys=held)  # type: ignore[call-arg]


GOOD = base64.b64encode(bytes(range(32))).decode()


def test_keys_of_the_settings() -> None:
    keyring = Keyring.of(settings("K2", k1=GOOD, K2=GOOD))
    assert keyring.current == "k2"
    assert keyring.key("k1", "x") == bytes(range(32))
    assert "keys" not in repr(keyring)


@pytest.mark.parametrize(
    ("key_id", "keys", "said"),
    [
        (None, {}, "no backup key is set"),
        (None, {"k1": GOOD}, "no backup key is set"),
        ("k2", {"k1": GOOD}, "no backup key is called 'k2'"),
        ("k1", {"k1": "not base64!"}, "the backup key 'k1' is no base64"),
        ("k1", {"k1": GOOD[:-1]}, "the backup key 'k1' is no base64"),
        ("k1", {"k1": "ünï"}, "the backup key 'k1' is no base64"),
        ("k1", {"k1": GOOD, "k0": GOOD[:-4]}, "the backup key 'k0' is not 32 bytes long"),
        ("k1", {"k1": ""}, "the backup key 'k1' is not 32 bytes long"),
        ("k" * 65, {"k" * 65: GOOD}, "a backup key's id is 1 to 64 letters"),
        ("schlüssel", {"schlüssel": GOOD}, "a backup key's id is 1 to 64 letters"),
        ("k\n1", {"k\n1": GOOD}, "a backup key's id is 1 to 64 letters"),
        ("k1", {"k1": GOOD, "": GOOD}, "a backup key's id is 1 to 64 letters"),
    ],
)
def test_keys_that_are_none(key_id: str | None, keys: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Keyring.of(settings(key_id, **keys))
    assert caught.value.message.startswith(said)
    assert "STUDIOOPS_BACKUP_KEY" in caught.value.next_step
    assert GOOD[:12] not in f"{caught.value.message} {caught.value.next_step}"
    assert caught.value.__cause__ is None


def test_longest_id() -> None:
    name = "k" * 64
    keyring = Keyring(name, {name: b"1" * 32})
    assert opened(sealed(b"rows", keyring), keyring) == b"rows"


def test_reads_no_further_than_it_is_asked() -> None:
    """A consumer that stops early does not pull the rest through."""
    taken = list(islice(decrypted(pieces(sealed(bytes(9 * CHUNK)), 7), KEYS, CONTEXT), 2))
    assert taken == [bytes(CHUNK)] * 2
