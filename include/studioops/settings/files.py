"""Writing what holds secrets: private from its first byte, whole or not at all, a copy kept."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from studioops.errors import Refused

# Beside the state of the local stack, which no version control takes.
COPIES = Path(".local/env")


def write_private(path: Path, text: str) -> None:
    """Replace a file at once, mode 0600 from its first byte.

    Args:
        path: the file; its directory is made where absent.
        text: the new content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def replace_kept(file: Path, before: str | None, after: str) -> Path | None:
    """Replace a file, once a copy of what it held lies beside the stack's secrets.

    Args:
        file: a link is followed, not replaced.
        before: what it holds; None where it is not there.
        after: what it shall hold.

    Returns:
        the copy; None where there was nothing to keep.

    Raises:
        Refused: one of both can't be written; the file is as it was.
    """
    now = datetime.now(UTC)
    copy = COPIES / f"{file.name.lstrip('.')}-{now:%Y%m%dT%H%M%S.%fZ}"
    try:
        if before is not None:
            write_private(copy, before)
        write_private(file.resolve(), after)
    except OSError as error:
        raise Refused(
            f"{file} can't be written: {error.strerror}; it is as it was",
            f"see who may write here: ls -ld . {file}",
        ) from None
    return copy if before is not None else None
