"""Where a revision's file goes, and which revision it comes after."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studioops.errors import UsageError
from studioops.migrations.revisions.script import Script, opened

HERE = Path()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file goes.

    Args:
        directory: that it is written into.
        down: the revision that it comes after; empty where it is the first.
        outside: whether the history does not look for revisions there.
    """

    directory: Path
    down: str = ""
    outside: bool = False


def place_of(ini: Path | None, directory: Path | None) -> Place:
    """Where the file of a target goes.

    Args:
        ini: the ``alembic.ini`` of its history; None without one.
        directory: that was asked for; None for the history's own, else the current one.

    Raises:
        UsageError: there is no such directory, or the history can't be read or has several heads.
    """
    place = _place(ini, directory)
    if not place.directory.is_dir():
        raise UsageError(f"there is no directory {place.directory}", "make it, or name another")
    return place


def _place(ini: Path | None, directory: Path | None) -> Place:
    if ini is None:
        return Place(directory or HERE)
    with opened(str(ini)) as script:
        heads, own = script.heads, _directories(script)
    if len(heads) > 1:
        raise UsageError(
            f"{ini} has {len(heads)} heads: {', '.join(sorted(heads))}",
            "merge them: alembic merge heads",
        )
    place = directory or own[0]
    outside = place.resolve() not in {one.resolve() for one in own}
    return Place(place, heads[0] if heads else "", outside)


def _directories(script: Script) -> list[Path]:
    return [Path(one) for one in script.directory._version_locations]
