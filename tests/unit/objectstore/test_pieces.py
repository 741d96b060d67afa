"""Pieces of any size are read in sizes that their reader chooses, and held no longer than that."""

from __future__ import annotations

import io
import os
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studioops.objectstore.vault import Pieces
from studioops.objectstore.vault.parts import PART, upload_in_parts
from studioops.objectstore.vault.pieces import PIECE, whole

MB = 1 << 20
MOST_PARTS_OF_S3 = 10_000


@given(st.lists(st.binary(max_size=9)), st.lists(st.integers(0, 20)))
def test_every_byte_once_in_its_place(pieces: list[bytes], sizes: list[int]) -> None:
    source, all_of_it = Pieces(pieces), io.BytesIO(b"".join(pieces))
    for size in sizes:
        assert source.read(size) == all_of_it.read(size)
    assert source.read() == all_of_it.read()
    assert source.read(1) == source.read() == b""


@pytest.mark.parametrize("piece", [7, 1000, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
@pytest.mark.parametrize("asked", [PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7, 9 * PIECE])
def test_large_ones_too(piece: int, asked: int) -> None:
    content = os.urandom(1000) * ((4 * PIECE if piece > 7 else PIECE + 2000) // 1000)
    source = Pieces(content[at : at + piece] for at in range(0, len(content), piece))
    read = list(iter(lambda: source.read(asked), b""))
    assert b"".join(read) == content
    assert {len(one) for one in read[:-1]} <= {asked}


@given(st.binary(max_size=50), st.integers(1, 20), st.integers(1, 20))
def test_source_that_gives_less_than_it_is_asked(content: bytes, most: int, asked: int) -> None:
    class Pipe(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, most))

    source, all_of_it = whole(Pipe(content)), io.BytesIO(content)
    for _ in range(51 // asked + 1):
        assert source.read(asked) == all_of_it.read(asked)


def test_takes_no_piece_before_it_is_needed() -> None:
    pieces = iter([b"ab", b"cd", b"ef"])
    source = Pieces(pieces)
    assert source.read(0) == b""
    assert source.read(1) + source.read(1) == b"ab"
    assert list(pieces) == [b"cd", b"ef"]


def test_pieces_that_break_are_told_where_they_end() -> None:
    def broken() -> Iterator[bytes]:
        yield b"1234"
        raise OSError("gone")

    source = Pieces(broken())
    assert source.read(4) == b"1234"
    with pytest.raises(OSError, match="gone"):
        source.read(4)


def test_what_is_read_stands_in_memory_once() -> None:
    source = Pieces(bytes(MB) for _ in range(17))
    tracemalloc.start()
    try:
        size = sum(map(len, iter(lambda: source.read(PART), b"")))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size == 17 * MB
    # The part, and the piece that is being copied, and one that the source begins.
    assert most < PART + 3 * MB


@pytest.mark.parametrize(
    ("size", "part"),
    [(0, 8), (1, 8), (9000 * 8 * MB, 8), (9000 * 8 * MB + 1, 9), (10**12, 106), (5 << 40, 583)],
)
def test_parts_are_as_small_as_the_store_lets_them_be(size: int, part: int) -> None:
    """A file of 1 TB takes 106 MiB of memory, and the largest that S3 keeps takes 583 MiB."""
    config = upload_in_parts(size)
    assert config.multipart_chunksize == config.multipart_threshold == part * MB
    assert not config.use_threads
    # What the file grows by when it is encrypted, and more.
    assert size * 1.01 / config.multipart_chunksize < MOST_PARTS_OF_S3
