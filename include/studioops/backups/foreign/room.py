"""Whether the disk that unpacked dumps go to has room for them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path

from studioops.backups.foreign.dump import Dump
from studioops.errors import BackupError

MIB = 1 << 20
GZIP_TAIL = 4
WRAP = 1 << 32


def require_room(directory: Path, needed: int, what: str) -> None:
    """Make sure that so many bytes fit on a disk, before anything is written.

    Args:
        directory: on that disk.
        needed: bytes.
        what: needs them, to be shown.

    Raises:
        BackupError: they don't.
    """
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise _full(directory, f"{what} needs {_mib(needed)} MiB there, {_mib(free)} MiB are free")


def unpacked_size(dump: Dump) -> int:
    """Bytes that a compressed dump takes when unpacked, at the least.

    The end of a gzip file tells its content's size modulo 4 GiB; an archive in it hardly grows.
    """
    if dump.packing != "gzip":
        return dump.size
    with dump.path.open("rb") as file:
        file.seek(-GZIP_TAIL, 2)
        size = int.from_bytes(file.read(GZIP_TAIL), "little")
    while size < dump.size - MIB:
        size += WRAP
    return size


def write_pieces(pieces: Iterable[bytes], to: Path, what: str) -> None:
    """Write content to a new file.

    Args:
        pieces: the content.
        to: the file.
        what: it is, to be shown.

    Raises:
        BackupError: the disk is full.
    """
    with _room_errors(to.parent, what), to.open("wb") as file:
        for piece in pieces:
            file.write(piece)


@contextmanager
def _room_errors(directory: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != ENOSPC:
            raise BackupError(f"{directory}: {error.strerror}", "mend that, run again") from None
        raise _full(directory, f"{what} does not fit there") from None


def _full(directory: Path, said: str) -> BackupError:
    return BackupError(
        f"no room on the disk of {directory}: {said}",
        "make room, or name a directory on another disk in TMPDIR, then run this again",
    )


def _mib(size: int) -> int:
    return -(-size // MIB)
