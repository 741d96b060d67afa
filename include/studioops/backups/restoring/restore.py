"""Running pg_restore into a scratch database, hearing all that it says."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread, Timer

from studioops.backups.guard import NOT_STARTED, Program
from studioops.backups.restoring.kinds import Kind
from studioops.backups.restoring.listening import Ear
from studioops.backups.restoring.messages import Messages, Reader
from studioops.backups.restoring.speed import RESTORING, with_settings
from studioops.errors import CouldNotCheck, DatabaseUnreachable, UsageError
from studioops.model import Stopwatch
from studioops.postgres import Dsn, fetch, open_database, parse_dsn
from studioops.postgres.client_tools import ClientTools, connection_of

APPLICATION = "studioops restore"
CUSTOM = b"PGDMP"
STOP_PATIENCE_S = 10


class RestoreStopped(CouldNotCheck):
    """pg_restore was stopped before it came to an end."""

    code = "restore_stopped"
    retryable = True


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to.

    Args:
        exit_code: pg_restore's own; 1 where it ignored errors, harmless ones too.
        messages: all that it said.
        seconds: how long it took.
    """

    exit_code: int
    messages: Messages
    seconds: float

    @property
    def well(self) -> bool:
        """Whether it came to its end and every error is known to take nothing from the copy."""
        return self.messages.ended and not self.messages.errors


def restore(
    source: Path,
    dsn: str,
    *,
    tools: ClientTools,
    jobs: int,
    timeout: float | None = None,
    progress: Callable[[str], None] | None = None,
    sections: Sequence[str] = (),
) -> Restored:
    """Restore an archive of pg_dump into a database.

    Errors do not stop it, so that every one is read.

    Args:
        source: the archive: a directory, or a file in custom or tar format.
        dsn: the database; nothing else on its server is touched.
        tools: whose pg_restore is run.
        jobs: how many connections.
        timeout: seconds after which it is stopped; None for no limit.
        progress: told what it is working on, many times a second.
        sections: of the archive, such as ``pre-data``; empty for all.

    Raises:
        UsageError: there is no such archive, or the connection string can't be read.
        RestoreStopped: the time was over, or somebody killed it.
        DatabaseError: the database can't be reached, or went away meanwhile.
    """
    connection = parse_dsn(dsn)
    if not source.exists():
        raise UsageError(f"there is no archive {source}", "give a file or directory of pg_dump")
    _greet(dsn)
    watch, reader = Stopwatch(), Reader()
    command, environment = _command(source, connection, tools, jobs, sections)
    with _running(command, environment, timeout) as (process, records, over):
        for writer, record in records:
            told = reader.read(record, writer)
            if progress is not None and told:
                progress(told)
        code = process.wait()
    messages = reader.messages(code)
    _whole(code, messages, connection, timeout if over.is_set() else None)
    return Restored(code, messages, watch.seconds)


def _greet(dsn: str) -> None:
    """What keeps us out is said in our own words before pg_restore says it in its."""
    with open_database(dsn, application="restore") as database, database.transaction() as opened:
        fetch(opened, "SELECT 1")


def _command(
    source: Path, dsn: Dsn, tools: ClientTools, jobs: int, sections: Sequence[str]
) -> tuple[list[str], dict[str, str]]:
    words = {**with_settings(dsn, RESTORING).params, "application_name": APPLICATION}
    where, environment = connection_of(Dsn(words))
    return [
        tools.path("pg_restore"),
        "--verbose",
        "--no-password",
        f"--jobs={jobs if _takes_jobs(source) else 1}",
        *(f"--section={one}" for one in sections),
        f"--dbname={where}",
        str(source),
    ], environment


def _takes_jobs(source: Path) -> bool:
    """Several workers can't share an archive in tar format."""
    if source.is_dir():
        return True
    with source.open("rb") as archive:
        return archive.read(len(CUSTOM)) == CUSTOM


@contextmanager
def _running(
    command: Sequence[str], environment: dict[str, str], timeout: float | None
) -> Iterator[tuple[subprocess.Popen[bytes], Iterator[tuple[int, str]], Event]]:
    """The program, what it says, and whether its time is over; it is gone at the end."""
    ear, over = Ear.open(), Event()
    try:
        program = _at_gate(command, environment, ear.theirs)
        process = program.process
        ear.close_theirs()
        timer = Timer(timeout or 0, _time_is_over, (process, over))
        timer.daemon = True
        try:
            if timeout is not None:
                timer.start()
            Thread(target=_end_workers, args=(process,), daemon=True).start()
            program.begin()
            yield process, ear.records(), over
        finally:
            timer.cancel()
            _end(process)
            program.release()
    finally:
        ear.close()


def _at_gate(command: Sequence[str], environment: dict[str, str], stderr: int) -> Program:
    try:
        return Program.at_gate(command, environment, stderr)
    except OSError as error:
        raise RestoreStopped(
            f"no process can be started for pg_restore: {error.strerror}",
            "see how many this account may have (`ulimit -u`), then run this again",
        ) from None


def _time_is_over(process: subprocess.Popen[bytes], over: Event) -> None:
    over.set()
    _kill(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left of it; its backends end once they notice, or by a forced drop."""
    # Asked of what we know alone: to look would reap it, and its id could be another's by then.
    if process.returncode is None:
        _kill(process)
        process.wait(STOP_PATIENCE_S)


def _end_workers(process: subprocess.Popen[bytes]) -> None:
    """Once the program ended, by whatever hand, its workers have nobody to report to."""
    with suppress(ChildProcessError):
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    # Its workers are in its own process group.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _whole(code: int, messages: Messages, dsn: Dsn, timeout: float | None) -> None:
    """Raise where pg_restore could not come to an end for a reason that is not the archive's."""
    if code in NOT_STARTED:
        raise RestoreStopped(
            "pg_restore can't be started, though it was found just now",
            "see who may run it, or name another directory in STUDIOOPS_PG_TOOLS",
        )
    if timeout is not None:
        raise RestoreStopped(
            f"pg_restore into {dsn.where} took more than {timeout:g} s and was stopped",
            "give it more time, or more jobs with STUDIOOPS_BACKUP_JOBS",
        )
    if messages.has(Kind.CONNECTION_LOST) and not messages.has(Kind.DISK_FULL):
        said = next((one.text for one in messages.of(Kind.CONNECTION_LOST)), "it was not kept why")
        raise DatabaseUnreachable(
            f"{dsn.where}: the connection was lost while pg_restore ran: {dsn.redact(said)}",
            "see the server's log for why it went away, then run this again",
        )
    # A worker that finds the archive damaged ends itself, and is missed as if it were killed.
    killed = messages.has(Kind.WORKER_KILLED) and not messages.has(Kind.ARCHIVE_DAMAGED)
    if code < 0 or killed:
        raise RestoreStopped(
            f"pg_restore into {dsn.where} was killed"
            + (f" by signal {-code}" if code < 0 else ", or one of its workers"),
            "see whether the machine ran out of memory (`dmesg`), then run this again",
        )
