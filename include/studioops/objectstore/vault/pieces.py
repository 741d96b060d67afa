"""Content that comes in pieces of any size, read in sizes that its reader chooses."""

from __future__ import annotations

from collections.abc import Iterable


class Pieces:
    """A file-like object over pieces.

    Args:
        pieces: of the content, of any size.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._buffer = bytearray()

    def read(self, size: int = -1) -> bytes:
        """That many bytes, fewer only at the end; all that is left where the size is negative."""
        while size < 0 or len(self._buffer) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._buffer += piece
        taken = len(self._buffer) if size < 0 else size
        content = bytes(self._buffer[:taken])
        del self._buffer[:taken]
        return content
