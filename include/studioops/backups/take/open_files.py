"""Which files of a directory a program and its children still write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

CHILDREN = "/proc/{0}/task/{0}/children"


def open_in(directory: Path, pid: int) -> set[str]:
    """The names of the files in a directory that a process or a child of it has open.

    Args:
        directory: that they write.
        pid: of the leader; its children are its own workers.
    """
    top = f"{os.path.realpath(directory)}/"
    paths = (path for one in _family(pid) for path in _open_paths(one))
    return {path.removeprefix(top) for path in paths if path.startswith(top)}


def _family(pid: int) -> list[int]:
    """The leader and its children. Asking for them by /proc costs a thousandth of psutil's way,
    which reads every process of the machine.
    """
    try:
        words = Path(CHILDREN.format(pid)).read_text(encoding="ascii").split()
    except OSError:
        return _family_elsewhere(pid)
    return [pid, *(int(one) for one in words)]


def _family_elsewhere(pid: int) -> list[int]:
    with suppress(psutil.NoSuchProcess):
        return [pid, *(one.pid for one in psutil.Process(pid).children(recursive=True))]
    return []


def _open_paths(pid: int) -> Iterator[str]:
    folder = f"/proc/{pid}/fd"
    if not Path("/proc/self/fd").exists():
        with suppress(psutil.NoSuchProcess):
            yield from (one.path for one in psutil.Process(pid).open_files())
        return
    # A process that has ended has closed all of its files.
    with suppress(FileNotFoundError, ProcessLookupError):
        for name in os.listdir(folder):  # noqa: PTH208 - names alone, many times a second
            with suppress(FileNotFoundError):
                yield os.readlink(f"{folder}/{name}")  # noqa: PTH115 - as above
