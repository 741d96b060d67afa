"""What databases are called during and after a recovery, and how a command names the target."""

from __future__ import annotations

import secrets
from datetime import datetime

LONGEST_BYTES = 63


def new_run_id(now: datetime) -> str:
    """An id that sorts by time and can stand in a name, such as ``20261125t020000z_1f0c``.

    Args:
        now: when the recovery began, in UTC.
    """
    return f"{now:%Y%m%dt%H%M%Sz}_{secrets.token_hex(2)}"


def kept_name(database: str, word: str, run: str) -> str:
    """What a database is called once another one has its name.

    PostgreSQL would cut a longer name off at the end, which is what tells it apart.

    Args:
        database: its name so far.
        word: ``before`` or ``recovered``.
        run: of the recovery.
    """
    tail = f"_{word}_{run}"
    room = LONGEST_BYTES - len(tail.encode())
    return database.encode()[:room].decode(errors="ignore") + tail


def target_option(target: str) -> str:
    """How a printed command names a target.

    Args:
        target: as its backups go by; where a URL named it, that is its host, port and database, and
            the URL, which may hold a password, is put in by whoever knows it.
    """
    return "--dsn URL" if "/" in target else f"--target {target}"


def quoted(name: str) -> str:
    """A name as an operator types it in psql."""
    return '"' + name.replace('"', '""') + '"'
