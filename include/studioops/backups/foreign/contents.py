"""What an archive's table of contents lists, as the matching pg_restore reads it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from studioops.backups.foreign.broken import BrokenDump
from studioops.backups.foreign.dump import Dump
from studioops.errors import BackupError, ToolMissing, one_line
from studioops.postgres.client_tools import ClientTools

LINE = re.compile(r"^(\d+); \d+ \d+ (TABLE DATA|TABLE ATTACH|TABLE|BLOBS|BLOB METADATA) (.*)$")
PATIENCE_S = 600
NO_COMPRESSION = re.compile(r"does not support compression|not built with")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a table of contents that has to do with rows.

    Args:
        number: its dump id, which the part with its rows is named for.
        kind: ``TABLE``, ``TABLE DATA``, ``BLOBS``, …
        name: schema, table and owner, as pg_restore lists them.
    """

    number: int
    kind: str
    name: str


def list_contents(dump: Dump, path: Path, tools: ClientTools) -> tuple[Entry, ...]:
    """Read an archive's table of contents.

    Args:
        dump: of which kind it is.
        path: where its archive lies, without compression around it.
        tools: whose pg_restore reads it.

    Raises:
        BrokenDump: it can't be read.
        ToolMissing: this pg_restore was built without what the archive is compressed with.
    """
    try:
        done = subprocess.run(
            [tools.path("pg_restore"), "--list", str(path)],
            env={"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=PATIENCE_S,
        )
    except subprocess.TimeoutExpired:
        message = f"keeps pg_restore --list busy for more than {PATIENCE_S} s"
        raise BrokenDump("dump_damaged", dump.name, message) from None
    except OSError as error:
        raise BackupError(
            f"{tools.path('pg_restore')} can't be started: {error.strerror}",
            "see who may run it, or name another directory in STUDIOOPS_PG_TOOLS",
        ) from None
    _require_readable(dump, tools, done.returncode, done.stderr)
    lines = (LINE.match(line) for line in done.stdout.splitlines())
    return tuple(Entry(int(one[1]), one[2], one[3]) for one in lines if one)


def _require_readable(dump: Dump, tools: ClientTools, code: int, stderr: str) -> None:
    if NO_COMPRESSION.search(stderr):
        raise ToolMissing(
            f"{dump.name} is compressed with {dump.head.compression}, which the pg_restore "
            f"{tools.major} in {tools.directory} was built without",
            f"install the package postgresql-client-{tools.major}, or name a directory that has it "
            "in STUDIOOPS_PG_TOOLS",
        )
    if code:
        said = one_line(stderr).removeprefix("pg_restore: ").removeprefix("error: ")
        cut = "end of file" in said
        raise BrokenDump(
            "dump_cut_off" if cut else "dump_damaged",
            dump.name,
            f"has a table of contents that pg_restore can't read: {said[:200]}",
        )
