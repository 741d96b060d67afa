"""Whether the server's disk has room for what a migration writes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.filesize import decimal

from studioops.backups.seen import fault
from studioops.migrations.operations import Session
from studioops.model import Finding, Severity

# Indexes and backfills are written beside what is there, and once more into the log.
TIMES = 2
HERE = ("localhost", "127.0.0.1", "::1")
WHY = "a full disk stops the server, and everybody with it"


def look_at_room(session: Session, server: dict[str, Any], needed: int) -> Iterator[Finding]:
    """Compare what is free with about what is needed; PostgreSQL itself can't tell.

    Args:
        session: on the target.
        server: as ``server.sql`` says it.
        needed: bytes of the tables that are changed.
    """
    wanted = TIMES * needed
    free = _free(session, server["data_directory"])
    if free is None:
        yield Finding(
            "room_not_seen",
            server["database"],
            Severity.WARNING,
            f"free disk can't be seen from here; about {decimal(wanted)} will be written",
            WHY,
            "look yourself: df -h on the server's data directory",
        )
    elif free < wanted:
        yield fault(
            "no_room",
            server["database"],
            f"{decimal(free)} are free, and about {decimal(wanted)} will be written",
            WHY,
            "make room on the disk of the server's data directory",
        )


def _free(session: Session, data_directory: str | None) -> int | None:
    """Bytes free where the server keeps its data, where that is this machine's disk."""
    if data_directory is None or not _is_here(session.info.host):
        return None
    try:
        return shutil.disk_usage(Path(data_directory)).free
    except OSError:
        return None


def _is_here(host: str) -> bool:
    return not host or host.startswith("/") or host in HERE
