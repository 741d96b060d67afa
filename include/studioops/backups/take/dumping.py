"""pg_dump on a snapshot that others see too, in a process group of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from studioops.backups.guard import NOT_STARTED, Program
from studioops.backups.take.open_files import open_in
from studioops.errors import BackupNotTaken, PermissionDenied, RowsHidden, StudioOpsError
from studioops.postgres import Dsn
from studioops.postgres.client_tools import ClientTools, connection_of

MOST_SAID = 200
END_PATIENCE_S = 10


@dataclass
class Dump:
    """A running pg_dump.

    Args:
        program: that runs.
        directory: that it writes.
        listener: writes down what it tells on stderr.
        said: its last lines.
        paused: whether it waits.
    """

    program: Program
    directory: Path
    listener: threading.Thread
    said: list[str]
    paused: bool = False

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """Its leader."""
        return self.program.process

    def running(self) -> bool:
        """Whether it still works."""
        if self.process.poll() is None:
            return True
        self.program.release()
        return False

    def open_files(self) -> set[str]:
        """The files of its directory that one of its processes still writes."""
        return open_in(self.directory, self.process.pid)

    def wait(self, seconds: float) -> None:
        """Until it has ended, but not longer."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)

    def last_words(self) -> list[str]:
        """What it has told, all of it once it has ended: that is known before its words are."""
        self.listener.join(END_PATIENCE_S)
        return self.said

    def pause(self, *, paused: bool) -> None:
        """Let it wait, or go on, so that the disk never holds much more than is being written."""
        if paused != self.paused and self.running():
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGSTOP if paused else signal.SIGCONT)
            self.paused = paused


def dump_command(
    tools: ClientTools, connection: str, snapshot: str, directory: Path, options: Sequence[str]
) -> list[str]:
    """The call of pg_dump."""
    return [
        tools.path("pg_dump"),
        "--format=directory",
        f"--file={directory}",
        f"--snapshot={snapshot}",
        f"--dbname={connection}",
        "--no-password",
        # Each file is gone from here once it is shipped.
        "--no-sync",
        *options,
    ]


@contextmanager
def dumping(
    tools: ClientTools, dsn: Dsn, snapshot: str, directory: Path, options: Sequence[str]
) -> Iterator[Dump]:
    """A pg_dump that runs, and never longer than this context.

    Args:
        tools: that fit the server.
        dsn: of the target.
        snapshot: that is held meanwhile.
        directory: that it shall make.
        options: more of its own, such as ``--jobs=2``.

    Raises:
        BackupNotTaken: the program can't be started.
    """
    connection, environment = connection_of(dsn)
    command = dump_command(tools, connection, snapshot, directory, options)
    try:
        program = Program.at_gate(command, environment, subprocess.PIPE)
    except OSError as error:
        raise BackupNotTaken(
            f"no process can be started for pg_dump: {error.strerror}",
            "see how many this account may have (`ulimit -u`), then run this again",
        ) from None
    said: list[str] = []
    listener = threading.Thread(target=_listen, args=(program.process, said, dsn), daemon=True)
    try:
        listener.start()
        program.begin()
        yield Dump(program, directory, listener, said)
    finally:
        _end(program.process)
        program.release()
        listener.join(END_PATIENCE_S)


def require_whole(dump: Dump, where: str) -> None:
    """Make sure that an ended pg_dump did all of it.

    Raises:
        PermissionDenied: the role may not read all of it.
        RowsHidden: a policy would hide rows from it.
        BackupNotTaken: it did not otherwise; says why in its own words.
    """
    code = dump.process.returncode
    if code == 0:
        return
    said = dump.last_words()
    if code in NOT_STARTED:
        raise BackupNotTaken(
            f"pg_dump can't be started: {' '.join(said[-1:])}",
            "see who may run it, or name another directory in STUDIOOPS_PG_TOOLS",
        )
    errors = [line for line in said if "error:" in line] or said[-1:]
    why = errors[0].removeprefix("pg_dump: ") if errors else _end_of(code)
    kind, step = _meaning(why)
    raise kind(f"{where}: pg_dump failed: {why}", step)


def _end_of(code: int) -> str:
    return f"it was ended by signal {-code}" if code < 0 else f"it ended with code {code}"


def _meaning(why: str) -> tuple[type[StudioOpsError], str]:
    """The error for what pg_dump said, by whether another try can help, and what to type."""
    if "row-level security" in why or "row security" in why:
        step = "take as the tables' owner or as a role with BYPASSRLS: a policy would hide rows"
        return RowsHidden, step
    if "permission denied for large object" in why:
        return PermissionDenied, "take as the large objects' owner or as a superuser"
    if "permission denied" in why:
        step = "GRANT pg_read_all_data to the role (and USAGE on the schema), or take as the owner"
        return PermissionDenied, step
    if "No space left" in why:
        step = "make room on that disk, or name another one in TMPDIR, then run this again"
        return BackupNotTaken, step
    return BackupNotTaken, "mend what it says, then run this again"


def _listen(process: subprocess.Popen[bytes], said: list[str], dsn: Dsn) -> None:
    assert process.stderr is not None  # noqa: S101 - it was asked for
    for line in process.stderr:
        said.append(dsn.redact(line.decode("utf-8", "replace").strip()))
        del said[:-MOST_SAID]


def _end(process: subprocess.Popen[bytes]) -> None:
    """All of its processes, also such as are paused."""
    if process.poll() is not None:
        return
    for sign in (signal.SIGCONT, signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        if sign is not signal.SIGCONT:
            with suppress(subprocess.TimeoutExpired):
                process.wait(END_PATIENCE_S)
