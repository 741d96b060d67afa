"""The local stack as a whole: started, stopped, looked at."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from studioops.local.bring_up import bring_up
from studioops.local.lock import stack_lock
from studioops.local.look import PartState, look
from studioops.local.parts import Parts
from studioops.local.state import local_paths

Say = Callable[[str], None]
LOGIN = "admin"


@dataclass(frozen=True, slots=True)
class StackInfo:
    """How to reach a running stack.

    Args:
        airflow_url: the web address.
        airflow_user: who logs in there.
        airflow_password: with what.
        directory: where everything lies.
    """

    airflow_url: str
    airflow_user: str
    airflow_password: str = field(repr=False)
    directory: Path


@dataclass(frozen=True, slots=True)
class StackStatus:
    """What is known of a stack.

    Args:
        parts: each part as it was found.
        directories: where data lie, by what they are.
        airflow_user: who logs in to the web page.
        password_file: where the password is kept.
    """

    parts: tuple[PartState, ...]
    directories: dict[str, Path]
    airflow_user: str
    password_file: Path

    @property
    def running(self) -> bool:
        """Whether every part runs."""
        return all(part.state == "running" for part in self.parts)


def up(progress: Say) -> StackInfo:
    """Start what does not run, heal what broke, load what was never loaded.

    Args:
        progress: told each step, one line.

    Returns:
        how to reach the stack.

    Raises:
        LocalStackError: a part did not start.
        NotOurs: somebody else's server stands where ours should.
        Refused: another command holds the stack.
    """
    paths = local_paths()
    with stack_lock(paths, progress):
        parts = Parts(paths, progress)
        airflow = bring_up(parts)
        return StackInfo(airflow.url, LOGIN, parts.secrets["airflow_login_password"], paths.root)


def down(progress: Say) -> None:
    """Stop every part; data stay.

    Args:
        progress: told each step, one line.

    Raises:
        LocalStackError: a process stays.
        Refused: another command holds the stack.
    """
    paths = local_paths()
    if not paths.state.exists():
        progress("nothing to stop: this stack was never started")
        return
    with stack_lock(paths, progress):
        parts = Parts(paths, progress)
        progress("stopping Airflow")
        parts.airflow(postgres_port=0).stop()
        progress("stopping the object store")
        parts.object_store().stop()
        progress("stopping PostgreSQL")
        parts.postgres().stop()


def delete(progress: Say) -> None:
    """Stop every part and delete all that the stack ever wrote, its databases too.

    Args:
        progress: told each step, one line.

    Raises:
        LocalStackError: a process stays.
        Refused: another command holds the stack.
    """
    down(progress)
    paths = local_paths()
    places = [paths.root]
    if paths.state.exists():
        # As root PostgreSQL's data may lie outside, where deleting the checkout leaves them.
        places.append(Parts(paths, say=lambda _: None, keep=False).postgres_home())
    for place in places:
        progress(f"deleting {place}")
        shutil.rmtree(place, ignore_errors=True)


def status() -> StackStatus:
    """Look at every part; changes nothing."""
    paths = local_paths()
    parts = Parts(paths, say=lambda _: None, keep=False)
    return StackStatus(
        parts=look(parts),
        directories={
            "stack": paths.root,
            "logs": paths.logs,
            "PostgreSQL's data": parts.postgres_home() / "data",
        },
        airflow_user=LOGIN,
        password_file=paths.secrets,
    )
