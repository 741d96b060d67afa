"""Content that comes in pieces of any size, read in sizes that its reader chooses."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studioops.objectstore.vault.vault import Readable

PIECE = 1 << 18
NOTHING = memoryview(b"")


class Pieces:
    """A file-like object over pieces; what is read stands in memory once.

    Args:
        pieces: of the content, of any size.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._left = NOTHING

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """That many bytes, fewer only at the end; all that is left where the size is negative."""
        # Its buffer becomes the answer: pieces that are joined stand in memory twice.
        taken = BytesIO()
        while size < 0 or taken.tell() < size:
            if not self._left:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._left = memoryview(piece)
            room = len(self._left) if size < 0 else size - taken.tell()
            if taken.tell() >= PIECE and taken.getbuffer().nbytes < size:
                _make_room(taken, size)
            taken.write(self._left[:room])
            # An empty view would hold what it is a view of.
            self._left = self._left[room:] or NOTHING
        taken.truncate()
        return taken.getvalue()


def whole(source: Readable) -> Pieces:
    """A source that may give less than it is asked for, as a pipe does; this gives all of it.

    Args:
        source: read in small pieces, so that little is held beside what was asked for.
    """
    return Pieces(iter(partial(source.read, PIECE), b""))


def _make_room(buffer: BytesIO, size: int) -> None:
    """For all of it at once: one that grows bit by bit moves about, and leaves holes in memory."""
    place = buffer.tell()
    buffer.seek(size - 1)
    buffer.write(b"\0")
    buffer.seek(place)
