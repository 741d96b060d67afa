"""A private directory for plain files, gone at the end, and after a crash with the next run."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from studioops.errors import BackupNotTaken

PREFIX = "studioops-work-"
LOCK = "lock"
INNER = "files"
UNLOCKED_GRACE_S = 3600


@contextmanager
def workplace() -> Iterator[Path]:
    """A directory that only this account can read; TMPDIR says on which disk.

    It is held by a lock on a file in it, which the kernel lets go of when its owner dies, however
    it dies: that is how the next run knows what nobody uses any more.
    """
    sweep_workplaces()
    try:
        directory, lock = _made()
    except OSError as error:
        raise BackupNotTaken(
            f"{tempfile.gettempdir()}: {error.strerror}",
            "make room there, or name another directory in TMPDIR, then run this again",
        ) from None
    with lock:
        try:
            yield directory / INNER
        finally:
            shutil.rmtree(directory, ignore_errors=True)


def _made() -> tuple[Path, TextIO]:
    """A new one and its lock, which another run's sweep may win first: then one more is made."""
    while True:
        directory = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = (directory / LOCK).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.fstat(lock.fileno()).st_nlink:
            (directory / INNER).mkdir(mode=0o700)
            return directory, lock
        lock.close()


def sweep_workplaces() -> list[Path]:
    """Remove what runs left that were killed.

    Returns:
        the directories that are gone.
    """
    return [one for one in Path(tempfile.gettempdir()).glob(f"{PREFIX}*") if _swept(one)]


def _swept(directory: Path) -> bool:
    try:
        about = directory.lstat()
    except OSError:
        return False
    if about.st_uid != os.geteuid() or not stat.S_ISDIR(about.st_mode):
        return False
    try:
        with (directory / LOCK).open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(directory, ignore_errors=True)
            return True
    except FileNotFoundError:
        # Its owner is between two steps of making or of removing it, unless that was long ago.
        if time.time() - about.st_mtime > UNLOCKED_GRACE_S:
            shutil.rmtree(directory, ignore_errors=True)
            return True
        return False
    except OSError:
        return False
