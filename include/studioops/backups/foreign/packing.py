"""Files that somebody compressed as a whole: gzip, bzip2 and xz are read, others are named."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from studioops.backups.foreign.broken import BrokenDump
from studioops.errors import UsageError

PIECE = 1 << 20
MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
OPENERS: dict[str, Callable[[Path], Any]] = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}
OTHERS = {
    b"\x28\xb5\x2f\xfd": ("compressed with zstd", "unzstd FILE"),
    b"\x04\x22\x4d\x18": ("compressed with lz4", "lz4 -d FILE"),
    b"PK\x03\x04": ("a zip archive", "unzip FILE"),
    b"age-encryption": ("encrypted with age", "age --decrypt"),
    b"-----BEGIN PGP": ("encrypted with PGP", "gpg --decrypt"),
    b"Salted__": ("encrypted with openssl", "openssl enc -d"),
}
SHORT = EOFError
CHANGED = (OSError, zlib.error, lzma.LZMAError, ValueError)


def packing_of(start: bytes, name: str) -> str:
    """How a file is compressed, by its first bytes; empty where it is not.

    Args:
        start: its first bytes.
        name: to be shown.

    Raises:
        UsageError: in a way that has to be undone first.
    """
    for magic, (how, command) in OTHERS.items():
        if start.startswith(magic):
            raise UsageError(f"{name} is {how}", f"undo that first (`{command}`), then give that")
    return next((how for magic, how in MAGIC.items() if start.startswith(magic)), "")


def content(path: Path, packing: str, name: str) -> Iterator[bytes]:
    """A file's content without its compression, a piece at a time.

    Args:
        path: the file.
        packing: as :func:`packing_of` told.
        name: to be shown.

    Raises:
        BrokenDump: it is cut off, or a byte of it is not what was written.
    """
    with _opened(path, packing) as file:
        while piece := _next(file, packing, name):
            yield piece


def _opened(path: Path, packing: str) -> IO[bytes]:
    opened: IO[bytes] = OPENERS[packing](path) if packing else path.open("rb")
    return opened


def _next(file: IO[bytes], packing: str, name: str) -> bytes:
    if not packing:
        return file.read(PIECE)
    try:
        return file.read(PIECE)
    except SHORT:
        raise BrokenDump(
            "dump_cut_off", name, f"ends in the middle of its {packing} data"
        ) from None
    except CHANGED as error:
        if getattr(error, "errno", None):
            raise
        raise BrokenDump(
            "dump_damaged", name, f"is not what {packing} wrote: {_said(error)}"
        ) from None


def _said(error: BaseException) -> str:
    """The library's own few words; none of them quotes the content."""
    text = str(error)
    return "its checksum differs" if "CRC" in text or "check" in text else text[:80]


def beginning(path: Path, packing: str, size: int) -> bytes:
    """The first bytes of the content, as far as they can be read."""
    found = b""
    with _opened(path, packing) as file:
        try:
            while len(found) < size and (piece := file.read(min(512, size - len(found)))):
                found += piece
        except (SHORT, *CHANGED):
            return found
    return found
