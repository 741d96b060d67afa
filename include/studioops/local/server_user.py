"""The account that PostgreSQL runs under, and directories that this account can enter."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studioops.errors import LocalStackError

USER_VARIABLE = "STUDIOOPS_POSTGRES_USER"
UNPRIVILEGED = "nobody"
PLACES = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 - the directory made there is private


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Who runs the server.

    Args:
        name: the account.
        uid: its number.
        gid: its group's number.
        switched: whether it is another account than ours, which root alone can arrange.
    """

    name: str
    uid: int
    gid: int
    switched: bool

    @property
    def popen(self) -> dict[str, Any]:
        """The arguments of ``subprocess`` that start something as this account."""
        if not self.switched:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path, mode: int) -> None:
        """Give a file or directory to this account."""
        if self.switched:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def can_enter(self, directory: Path) -> bool:
        """Whether this account can work in a directory, by trying."""
        return self.runs(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(directory)])

    def runs(self, command: Sequence[str]) -> bool:
        """Whether this account can run a command, by trying."""
        try:
            done = subprocess.run(
                command, cwd="/", env={}, capture_output=True, check=False, **self.popen
            )
        except OSError:
            return False
        return done.returncode == 0


def server_user() -> ServerUser:
    """Ourselves; an unprivileged account where we are root, which PostgreSQL refuses to be.

    Raises:
        LocalStackError: the account of STUDIOOPS_POSTGRES_USER does not exist or is root.
    """
    if os.geteuid() != 0:
        own = pwd.getpwuid(os.geteuid())
        return ServerUser(own.pw_name, own.pw_uid, own.pw_gid, switched=False)
    name = os.environ.get(USER_VARIABLE) or UNPRIVILEGED
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        entry = None
    if entry is None or entry.pw_uid == 0:
        raise LocalStackError(
            f"PostgreSQL can't run as the account {name!r}: it is root or there is none",
            f"set {USER_VARIABLE} to an unprivileged account of this machine",
        )
    return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid, switched=True)


def outside_home(instance: str) -> Path:
    """A directory for a server whose account can't enter the stack's own.

    Args:
        instance: the stack's random id, so that two stacks never share one.
    """
    place = next((one for one in PLACES if os.access(one, os.W_OK | os.X_OK)), PLACES[-1])
    return place / f"studioops-{instance}"
