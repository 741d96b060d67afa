"""A new PostgreSQL cluster: scram, UTF-8, checksums; whole or not at all."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from locale import LC_ALL, setlocale
from locale import Error as NoLocale
from pathlib import Path

from studioops.errors import LocalStackError
from studioops.local.postgres_programs import Programs
from studioops.local.server_user import ServerUser

SUPERUSER = "studioops_admin"


def create_cluster(programs: Programs, user: ServerUser, home: Path, password: str) -> None:
    """Make the data directory ``data`` where there is none.

    Args:
        programs: PostgreSQL's own.
        user: who shall own it.
        home: where it is made; private to that account.
        password: of the superuser role.

    Raises:
        LocalStackError: initdb failed, or there are data of another major version.
    """
    data = home / "data"
    if (data / "PG_VERSION").exists():
        _ensure_major(data, programs.major)
        return
    home.mkdir(parents=True, exist_ok=True)
    user.own(home, 0o700)
    # initdb cleans up after itself, but not after a kill -9.
    with tempfile.TemporaryDirectory(dir=home, prefix="initdb-") as scratch:
        half = Path(scratch)
        user.own(half, 0o700)
        done = run_as(user, home, _initdb(programs, user, half, password))
        if done.returncode:
            raise LocalStackError(
                f"initdb failed: {' | '.join(done.stderr.splitlines()[-3:])}",
                "mend what it says, then run `studioops up` again",
            )
        (half / "data").rename(data)


def run_as(
    user: ServerUser, home: Path, command: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end.

    Args:
        user: the account.
        home: where it works.
        command: program and arguments.
    """
    return subprocess.run(
        command,
        cwd=home,
        env=plain_environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        **user.popen,
    )


def plain_environment(home: Path) -> dict[str, str]:
    """No PG* variable of the caller, and messages that we can read."""
    kept = {name: os.environ[name] for name in ("PATH", "TZ") if name in os.environ}
    return {"HOME": str(home), "LC_ALL": "C", "LANG": "C", **kept}


def _initdb(programs: Programs, user: ServerUser, half: Path, password: str) -> list[str]:
    file = half / "password"
    file.touch(0o600)
    file.write_text(password + "\n", encoding="ascii")
    user.own(file, 0o600)
    return [
        programs.path("initdb"),
        f"--pgdata={half / 'data'}",
        f"--username={SUPERUSER}",
        f"--pwfile={file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        f"--locale={_locale()}",
        "--lc-messages=C",
        "--data-checksums",
    ]


def _ensure_major(data: Path, major: int) -> None:
    held = int((data / "PG_VERSION").read_text())
    if held != major:
        raise LocalStackError(
            f"the data in {data} are of PostgreSQL {held}, the programs of {major}",
            f"set PG_BIN to the bin directory of a PostgreSQL {held}",
        )


def _locale() -> str:
    """C.UTF-8 where the system has it: the same order everywhere, and letters known as such."""
    before = setlocale(LC_ALL)
    try:
        setlocale(LC_ALL, "C.UTF-8")
    except NoLocale:
        return "C"
    setlocale(LC_ALL, before)
    return "C.UTF-8"
