"""A pg_dump that failed is told of in its own words, also such as are heard after its end."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from threading import Thread

import pytest

from studioops.backups.guard import Program
from studioops.backups.take.dumping import Dump, require_whole
from studioops.errors import BackupNotTaken, PermissionDenied

LATE_S = 0.2


def ended(code: int, *said: str) -> Dump:
    process = subprocess.Popen(["/bin/sh", "-c", f"exit {code}"])
    process.wait()
    heard: list[str] = []

    def listen() -> None:
        time.sleep(LATE_S)
        heard.extend(said)

    listener = Thread(target=listen)
    listener.start()
    return Dump(Program(process, None), Path(), listener, heard)


def test_what_is_heard_after_the_end_is_the_reason():
    denied = "pg_dump: error: query failed: ERROR:  permission denied for table payment"
    with pytest.raises(PermissionDenied, match="permission denied for table payment"):
        require_whole(ended(1, denied, "pg_dump: detail: Query was: LOCK TABLE"), "shop")


def test_one_that_says_nothing_is_told_of_by_its_code():
    with pytest.raises(BackupNotTaken, match="it ended with code 1"):
        require_whole(ended(1), "shop")
