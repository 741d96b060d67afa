"""An Alembic history as its files tell it: the order of its revisions, and what each says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from studioops.errors import UsageError
from studioops.migrations.revisions.failed import failed
from studioops.migrations.revisions.revision_file import Revision, read_revision

DIALECT = "postgresql+psycopg://"
_read: dict[str, tuple[Script, tuple[object, ...]]] = {}


@dataclass(frozen=True)
class Script:
    """An ``alembic.ini`` and the revisions that it leads to.

    Args:
        ini: its path, as it was given.
        config: what it says. No connection of it is ever used.
        directory: Alembic's own view of the revisions.
        paths: what it wants to import from.
    """

    ini: str
    config: Config = field(repr=False)
    directory: ScriptDirectory = field(repr=False)
    paths: tuple[str, ...] = ()

    def stamp(self) -> tuple[object, ...]:
        """What tells whether a file of it is another one than when it was read."""
        places = map(Path, self.directory._version_locations)
        files = [Path(self.ini), *(one for place in places for one in place.rglob("*.py"))]
        states = [(str(one), one.stat()) for one in sorted(files)]
        return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)

    @property
    def heads(self) -> tuple[str, ...]:
        """The revisions that none comes after."""
        return tuple(self.directory.get_heads())

    def has(self, revision: str) -> bool:
        """Whether the history knows a revision by its full name."""
        return revision in {one.revision for one in self.directory.walk_revisions()}

    def revision(self, name: str) -> Revision:
        """One revision.

        Args:
            name: in full.

        Raises:
            UsageError: there is none of that name.
            RevisionFailed: its file says what it can't.
        """
        if not self.has(name):
            raise UsageError(
                f"{self.ini}: there is no revision {name}", "studioops migrate plan lists them"
            )
        return read_revision(self.directory.get_revision(name))

    def revisions(self) -> tuple[Revision, ...]:
        """All of them, each after those that it builds on."""
        walked = list(self.directory.walk_revisions())
        return tuple(read_revision(one) for one in reversed(walked))

    def under(self, heads: tuple[str, ...]) -> set[str]:
        """The revisions that a database at these heads has had."""
        found = self.directory.iterate_revisions(heads, "base") if heads else ()
        return {one.revision for one in found}


@contextmanager
def opened(ini: str) -> Iterator[Script]:
    """Read a history; what it needs on the import path is there as long as it is in use.

    Args:
        ini: the path of its ``alembic.ini``.

    Raises:
        UsageError: it can't be read, or leads nowhere.
        RevisionFailed: a revision's file can't be read.
    """
    before = sys.path[:]
    if not Path(ini).is_file():
        raise UsageError(f"there is no file {ini}", "name the target's alembic.ini")
    try:
        yield _script(ini)
    finally:
        sys.path[:] = before


def _script(ini: str) -> Script:
    """Read once, as long as nobody edits it: a plan of many revisions asks at every step."""
    where = str(Path(ini).absolute())
    script, stamp = _read.get(where, (None, ()))
    if script is None or script.stamp() != stamp:
        had = set(sys.path)
        script = _fresh(ini)
        script = replace(script, paths=tuple(one for one in sys.path if one not in had))
        _read[where] = (script, script.stamp())
    else:
        sys.path[:0] = script.paths
    return replace(script, ini=ini)


def _fresh(ini: str) -> Script:
    try:
        beside = Path(ini).parent / "pyproject.toml"
        toml = str(beside) if beside.is_file() else None
        config = Config(ini, toml_file=toml, stdout=sys.stderr)
        _found_from_its_file(config, Path(ini).parent)
        # Whoever asks for the connection of the ini gets none: it is neither used nor told.
        config.set_main_option("sqlalchemy.url", DIALECT)
        directory = ScriptDirectory.from_config(config)
        directory.get_heads()
    except CommandError as error:
        raise UsageError(f"{ini}: {error}", "mend it: `alembic history` has to work") from None
    except Exception as error:  # noqa: BLE001  (a revision's file is anybody's code)
        raise failed(ini, error) from None
    return Script(ini, config, directory)


def _found_from_its_file(config: Config, home: Path) -> None:
    """Paths of an ini are relative to where Alembic is started: beside it, as a rule."""
    location = config.get_main_option("script_location")
    if location and ":" not in location and not Path(location).exists():
        beside = home / location
        if beside.exists():
            config.set_main_option("script_location", str(beside).replace("%", "%%"))
    if config.get_main_option("prepend_sys_path"):
        sys.path.insert(0, str(home.resolve()))
