"""A PostgreSQL server of our own: started, known again, stopped."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from studioops.errors import LocalStackError, NotOurs
from studioops.local.ports import LOOPBACK, PORT_PATIENCE_S, is_free
from studioops.local.postgres_cluster import (
    SUPERUSER,
    create_cluster,
    plain_environment,
    run_as,
)
from studioops.local.postgres_programs import Programs
from studioops.local.processes import end, last_lines, wait_for, working_in
from studioops.local.server_user import ServerUser

START_PATIENCE_S = 60
STOP_PATIENCE_S = 20
CONNECT_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """One cluster and the server that serves it.

    Args:
        programs: PostgreSQL's own.
        user: the account that it runs under.
        home: a private directory; the data lie in ``data`` below it.
        log: where the server writes.
        password: of the superuser role.
        options: more settings, as ``name=value``.
    """

    programs: Programs
    user: ServerUser
    home: Path
    log: Path
    password: str = field(repr=False)
    options: Sequence[str] = ()

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.home.resolve() / "data"

    def pid(self) -> int | None:
        """The postmaster's id where it runs."""
        pid = self._note(0)
        alive = {process.pid for process in self.processes()} if pid else set()
        return pid if pid in alive else None

    def port(self) -> int | None:
        """The port that the running (or last) server noted."""
        return self._note(3)

    def processes(self) -> list[psutil.Process]:
        """Postmaster and backends, orphaned ones too: they work in the data directory."""
        return list(working_in(self.data, "postgres"))

    def dsn(self, port: int, database: str = "postgres") -> str:
        """How the superuser connects, as libpq's words."""
        return make_conninfo(
            host=LOOPBACK, port=port, user=SUPERUSER, password=self.password, dbname=database
        )

    def create(self) -> None:
        """Make the cluster where there is none.

        Raises:
            LocalStackError: initdb failed, or the data are of another major version.
        """
        create_cluster(self.programs, self.user, self.home, self.password)

    def start(self, port: int) -> None:
        """Start the server and wait until it answers.

        Args:
            port: where it shall listen, on 127.0.0.1 alone.

        Raises:
            LocalStackError: it did not answer in time.
            NotOurs: another server answers at that port.
        """
        if not wait_for(lambda: is_free(port), PORT_PATIENCE_S):
            raise self._not_ours(port)
        # Backends outlive a postmaster that was killed; a new one must not start beside them.
        end(self.processes, patience=5)
        self._forget_stranger()
        process = self._spawn(port)
        wait_for(
            lambda: process.poll() is not None or self.serves(port), START_PATIENCE_S, pause=0.05
        )
        if not self.serves(port):
            raise LocalStackError(
                f"PostgreSQL did not start on {LOOPBACK}:{port}: {last_lines(self.log)}",
                f"read {self.log}, then run `studioops up` again",
            )

    def serves(self, port: int) -> bool:
        """Whether a server at a port answers our superuser and serves our data directory."""
        try:
            with psycopg.connect(self.dsn(port), connect_timeout=CONNECT_TIMEOUT_S) as connection:
                found = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return found is not None and Path(str(found[0])).resolve() == self.data

    def ensure_ours(self, port: int) -> None:
        """Make sure of that.

        Raises:
            NotOurs: the server there serves another directory, or does not know our superuser.
        """
        if not self.serves(port):
            raise self._not_ours(port)

    def stop(self) -> None:
        """Stop the server: fast, then immediate, then by killing what is left.

        Raises:
            LocalStackError: a process stays whatever is sent to it.
        """
        for mode in ("fast", "immediate"):
            if self.pid() is None:
                break
            words = ["stop", "-D", str(self.data), "-m", mode, "-w", "-t", str(STOP_PATIENCE_S)]
            run_as(self.user, self.home, [self.programs.path("pg_ctl"), *words])
        end(self.processes, patience=5)
        if self.processes():
            raise LocalStackError(
                f"PostgreSQL in {self.data} does not stop", "run `studioops down` once more"
            )

    def _forget_stranger(self) -> None:
        """After a reboot somebody else may have the noted pid, and PostgreSQL would not start."""
        noted = self._note(0)
        if noted is not None and psutil.pid_exists(noted):
            (self.data / "postmaster.pid").unlink()

    def _not_ours(self, port: int) -> NotOurs:
        return NotOurs(
            f"the server at {LOOPBACK}:{port} is not this stack's PostgreSQL",
            f"see who it is with `ss -ltnp 'sport = :{port}'`, stop it, then run `studioops up`",
        )

    def _note(self, line: int) -> int | None:
        """A line of postmaster.pid: 0 is the process, 3 the port."""
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[line])
        except (OSError, ValueError, IndexError):
            return None

    def _spawn(self, port: int) -> subprocess.Popen[bytes]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            return subprocess.Popen(
                self._command(port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.data,
                env=plain_environment(self.home),
                start_new_session=True,
                **self.user.popen,
            )

    def _command(self, port: int) -> list[str]:
        settings = [
            f"port={port}",
            f"listen_addresses={LOOPBACK}",
            "unix_socket_directories=",
            "password_encryption=scram-sha-256",
            "logging_collector=off",
            *self._preload(),
            *self.options,
        ]
        words = [word for setting in settings for word in ("-c", setting)]
        return [self.programs.path("postgres"), "-D", str(self.data), *words]

    def _preload(self) -> list[str]:
        libraries = (self.programs.directory.parent / "lib").rglob("pg_stat_statements.*")
        return ["shared_preload_libraries=pg_stat_statements"] if any(libraries) else []
