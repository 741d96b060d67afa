"""Restoring a plain dump: its statements sent one by one, its rows by COPY, every error read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg

from studioops.backups.foreign.outside import Outside
from studioops.backups.foreign.script import Command, Script, Statement
from studioops.backups.restoring.kinds import Kind
from studioops.backups.restoring.messages import KEPT, Level, Message, Messages, parse
from studioops.backups.restoring.restore import Restored
from studioops.errors import CouldNotCheck
from studioops.model import Stopwatch
from studioops.postgres import open_database, translated

COMMAND_BYTES = 20_000
# In these a byte of a letter can pass for a quote or a backslash.
UNSAFE = re.compile(
    rb"\bclient_encoding\s*=\s*'(SJIS|BIG5|GBK|UHC|GB18030|JOHAB|SHIFT_JIS_2004)'", re.IGNORECASE
)
GONE = ("08", "57P")
# Nothing of a scratch database need survive a crash of the server.
SPEED = "SET synchronous_commit = off"


@dataclass(frozen=True, slots=True)
class Fed:
    """What became of a script.

    Args:
        restored: what was said, as of a pg_restore.
        script: how it ended, and what is in it.
        outside: what of it was not carried out.
    """

    restored: Restored
    script: Script
    outside: Outside


class _CutOff(Exception):
    """The rows of a COPY have no end; it must not be called done."""


def feed(pieces: Iterable[bytes], dsn: str, progress: Callable[[str], None] | None = None) -> Fed:
    r"""Send a script of pg_dump to a database, as psql would, and nothing of it elsewhere.

    psql's own commands (``\!``, ``\connect``, …) are carried out by nobody here.

    Args:
        pieces: the script.
        dsn: the scratch database.
        progress: told what is being made.

    Raises:
        BrokenDump: its compressed data end or break somewhere.
        CouldNotCheck: it is written in an encoding that can't be read safely.
        DatabaseError: the database can't be reached, or went away meanwhile.
    """
    watch, outside, said = Stopwatch(), Outside(), _Said()
    database = open_database(dsn, application="backup verify")
    with database, translated(database.dsn), database.connector() as connection:
        connection.autocommit = True
        connection.execute(SPEED)
        script = Script(pieces, partial(_backslashes, connection))
        for part in script.parts():
            if isinstance(part, Command):
                outside.command(part.line, part.text)
                continue
            if progress is not None and part.about:
                progress(part.about)
            if not outside.keeps_out(part):
                _run(connection, part, script, said)
    return Fed(Restored(1 if said.errors else 0, said.messages(), watch.seconds), script, outside)


def _backslashes(connection: psycopg.Connection[Any]) -> bool:
    # The server reports each change of it, as psql too relies upon.
    return connection.info.parameter_status("standard_conforming_strings") == "off"


def _run(connection: psycopg.Connection[Any], one: Statement, script: Script, said: _Said) -> None:
    if found := UNSAFE.search(one.text[:200]):
        raise CouldNotCheck(
            f"the script is in {found[1].decode()}, in which quotes can't be told from letters",
            "dump with --encoding=UTF8, or in custom format (-Fc)",
        )
    try:
        with connection.cursor() as cursor:
            if not one.takes_rows:
                cursor.execute(one.text)
                return
            with cursor.copy(one.text) as copy:
                for piece in script.rows():
                    copy.write(piece)
                if script.cut:
                    raise _CutOff
    except _CutOff:
        return
    except psycopg.Error as error:
        if connection.closed or not error.sqlstate or error.sqlstate.startswith(GONE):
            raise
        said.take(error, one)


class _Said:
    """Keeps the first messages and counts the rest, each told by its line."""

    def __init__(self) -> None:
        self._kept: list[Message] = []
        self.errors: dict[Kind, int] = {}
        self._warnings: dict[Kind, int] = {}

    def take(self, error: psycopg.Error, one: Statement) -> None:
        message = _message(error, one)
        counts = self.errors if message.level is Level.ERROR else self._warnings
        counts[message.kind] = counts.get(message.kind, 0) + 1
        if len(self._kept) < KEPT:
            self._kept.append(message)

    def messages(self) -> Messages:
        return Messages(tuple(self._kept), self.errors, self._warnings, ended=True)


def _message(error: psycopg.Error, one: Statement) -> Message:
    """The driver's error as pg_restore would have told it, with no row's value."""
    body = f"ERROR:  {error.diag.message_primary}"
    if error.diag.message_detail:
        body += f"\nDETAIL:  {error.diag.message_detail}"
    if not one.takes_rows:
        command = one.text[:COMMAND_BYTES].decode("utf-8", "replace").strip()
        body += f"\nCommand was: {command}"
    about = f"; {one.about}" if one.about else ""
    return parse(Level.ERROR, body, f"line {one.line}{about}")
