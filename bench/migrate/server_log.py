"""What the server itself says of its clients: whoever waited, and whatever failed."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import datetime

import psycopg

# Of a server whose log is read. A statement's time begins when it arrives: its waiting for the
# locks of its tables counts, which pg_stat_statements leaves out.
SLOW_MS = 20
LOGGED = (
    "logging_collector=on",
    "log_destination=csvlog",
    "log_rotation_age=0",
    "log_rotation_size=0",
    "log_timezone=UTC",
    f"log_min_duration_statement={SLOW_MS}",
)
READ = "SELECT pg_read_file(pg_current_logfile('csvlog'))"
TOOK = re.compile(r"duration: ([\d.]+) ms(?:  (?:statement|execute .*?): (.*))?", re.DOTALL)
# Where they stand in a line.
TIME, DATABASE, SEVERITY, STATE, MESSAGE, APPLICATION = 0, 2, 11, 12, 13, 22
ERRORS = {"ERROR", "FATAL", "PANIC"}
MILLI = 1000


@dataclass(frozen=True, slots=True)
class Slow:
    """A statement that took a while.

    Args:
        application: of its session.
        ended: when, in seconds since 1970.
        seconds: how long it took.
        statement: its words.
    """

    application: str
    ended: float
    seconds: float
    statement: str

    @property
    def began(self) -> float:
        """When it arrived."""
        return self.ended - self.seconds


@dataclass(frozen=True, slots=True)
class Error:
    """What the server refused or broke off.

    Args:
        application: of the session.
        at: when, in seconds since 1970.
        state: the SQLSTATE.
        message: in the server's words.
    """

    application: str
    at: float
    state: str
    message: str


@dataclass(frozen=True)
class ServerLog:
    """What was logged of one database.

    Args:
        slow: statements that took a while.
        errors: what failed.
    """

    slow: tuple[Slow, ...]
    errors: tuple[Error, ...]


def read_server_log(admin: str, database: str, since: float) -> ServerLog:
    """What the server wrote of a database.

    Args:
        admin: the superuser's connection string, of a server with the settings above.
        database: its name.
        since: from when on, in seconds since 1970.
    """
    with psycopg.connect(admin) as connection:
        row = connection.execute(READ).fetchone()
    return parsed(row[0] if row else "", database, since)


def parsed(text: str, database: str, since: float) -> ServerLog:
    """The lines of a log.

    Args:
        text: as the server writes it for ``csvlog``.
        database: whose lines.
        since: from when on, in seconds since 1970.
    """
    slow, errors = [], []
    for line in csv.reader(io.StringIO(text)):
        at = datetime.strptime(f"{line[TIME]}+0000", "%Y-%m-%d %H:%M:%S.%f %Z%z").timestamp()
        if line[DATABASE] != database or at < since:
            continue
        found = TOOK.match(line[MESSAGE])
        if found:
            took = float(found[1]) / MILLI
            slow.append(Slow(line[APPLICATION], at, took, found[2] or ""))
        elif line[SEVERITY] in ERRORS:
            errors.append(Error(line[APPLICATION], at, line[STATE], line[MESSAGE]))
    return ServerLog(tuple(slow), tuple(errors))
