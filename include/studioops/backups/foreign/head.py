"""What the first bytes of an archive of pg_dump say, whatever tool may read the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAGIC = b"PGDMP"
# pg_dump calls a directory's own table of contents tar too, so that is told by where it lies.
# Everything up to the table of contents, with a database's name of any length.
LENGTH = 4096
FORMATS = {1: "custom", 3: "tar", 5: "directory"}
COMPRESSIONS = {0: "none", 1: "gzip", 2: "lz4", 3: "zstd"}
NAMED_COMPRESSION = (1, 15)
OLDEST = (1, 10)


@dataclass(frozen=True, slots=True)
class Head:
    """What an archive or a script says of itself.

    Args:
        server: version of the server that was dumped, as text; empty where it is not said.
        tool: version of the pg_dump that wrote it.
        database: the dumped one's name; empty where it is not said.
        form: ``custom``, ``tar`` or ``directory``; ``plain`` for a script.
        compression: of the rows inside.
        taken_at: when it was begun, by the clock and the time zone of the machine that did.
    """

    server: str = ""
    tool: str = ""
    database: str = ""
    form: str = "plain"
    compression: str = "none"
    taken_at: str = ""

    @property
    def major(self) -> int:
        """Major version of the pg_dump that wrote it; 0 where nobody can tell."""
        return major_of(self.tool)


def major_of(version: str) -> int:
    """The major version in a version's text, such as ``18.6 (Debian 18.6-1)``; 0 without one."""
    found = re.match(r"(\d+)", version)
    return int(found[1]) if found else 0


def read_head(data: bytes) -> Head | None:
    """Read the head of an archive.

    Args:
        data: its first bytes, up to :data:`LENGTH`.

    Returns:
        what it says; None where it ends too early.

    Raises:
        ValueError: it is none, or one of before PostgreSQL 10.
    """
    reader = _Reader(data)
    try:
        return _read(reader)
    except IndexError:
        return None


def _read(reader: _Reader) -> Head:
    if reader.take(len(MAGIC)) != MAGIC:
        raise ValueError("no archive of pg_dump")
    version = (reader.byte(), reader.byte())
    reader.byte()
    if version < OLDEST:
        raise ValueError("older than PostgreSQL 10")
    reader.int_size = reader.byte()
    reader.byte()
    form = FORMATS.get(reader.byte(), "unknown")
    if version >= NAMED_COMPRESSION:
        compression = COMPRESSIONS.get(reader.byte(), "unknown")
    else:
        compression = "gzip" if reader.integer() else "none"
    second, minute, hour, day, month, year, _ = (reader.integer() for _ in range(7))
    taken = f"{1900 + year:04}-{month + 1:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
    database, server, tool = reader.text(), reader.text(), reader.text()
    return Head(server, tool, database, form, compression, taken)


class _Reader:
    """Takes the archive's own integers and texts apart."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0
        self.int_size = 4

    def take(self, size: int) -> bytes:
        piece = self._data[self._place : self._place + size]
        if len(piece) < size:
            raise IndexError(size)
        self._place += size
        return piece

    def byte(self) -> int:
        return self.take(1)[0]

    def integer(self) -> int:
        negative = self.byte()
        value = int.from_bytes(self.take(self.int_size), "little")
        return -value if negative else value

    def text(self) -> str:
        size = self.integer()
        return self.take(size).decode("utf-8", "replace") if size > 0 else ""
