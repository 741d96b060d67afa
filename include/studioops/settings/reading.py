"""What is set, by name, and where each value was read from."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from studioops.errors import SettingsError, UsageError
from studioops.settings.declarations import STACK_ENV_FILE
from studioops.settings.environment import Environment
from studioops.settings.variables import by_name

DOTENV = Path(".env")
TRUE = frozenset({"1", "true", "t", "yes", "y", "on"})
FALSE = frozenset({"0", "false", "f", "no", "n", "off"})


class Origin(StrEnum):
    """Where a value was read from; the first beats the others."""

    ENVIRONMENT = "environment"
    FILE = ".env"
    STACK = "local stack"
    DEFAULT = "default"
    UNSET = "not set"


@dataclass(frozen=True, slots=True)
class Found:
    """A value that is set.

    Args:
        text: as it was written.
        origin: where.
    """

    text: str = field(repr=False)
    origin: Origin


@dataclass(frozen=True)
class Reading:
    """What is in force.

    Args:
        found: what is set, by name in capitals; an empty value counts as not set.
        file: the ``.env`` file.
        in_file: the names that the file sets.
        broken: numbers of its lines that can't be read.
    """

    found: Mapping[str, Found]
    file: Path = DOTENV
    in_file: tuple[str, ...] = ()
    broken: tuple[int, ...] = ()

    @property
    def environment(self) -> Environment:
        """Which of the three it is; what can't be one of them is judged as the strictest."""
        try:
            return Environment(self.text("STUDIOOPS_ENV"))
        except ValueError:
            return Environment.PRODUCTION

    @property
    def production(self) -> bool:
        """Whether it is judged as production."""
        return self.environment is Environment.PRODUCTION

    def text(self, name: str) -> str:
        """The value in force: what is set, else the default; empty where there is neither."""
        if name in self.found:
            return self.found[name].text
        declared = by_name().get(name)
        return (declared.default or "") if declared else ""

    def origin(self, name: str) -> Origin:
        """Where the value in force comes from."""
        if name in self.found:
            return self.found[name].origin
        return Origin.DEFAULT if self.text(name) else Origin.UNSET

    def number(self, name: str) -> float | None:
        """The value as a number; None where it is none."""
        try:
            return float(self.text(name))
        except ValueError:
            return None

    def flag(self, name: str) -> bool:
        """Whether it is switched on."""
        return self.text(name).strip().lower() in TRUE


def read_values(
    file: Path = DOTENV, *, environ: Mapping[str, str] | None = None, stack: bool = True
) -> Reading:
    """What is in force: the environment, then a file, then what the local stack wrote.

    Args:
        file: none need be there.
        environ: the environment; the process's own by default.
        stack: whether what the local stack wrote counts.

    Raises:
        SettingsError: a file is there and can't be read.
    """
    text = read_text(file) or ""
    merged = _set(read_text(STACK_ENV_FILE) or "", Origin.STACK) if stack else {}
    in_file = _set(text, Origin.FILE)
    every = os.environ if environ is None else environ
    outside = {
        name.upper(): Found(value, Origin.ENVIRONMENT) for name, value in every.items() if value
    }
    return Reading(merged | in_file | outside, file, tuple(in_file), broken_lines(text))


def values_of(text: str) -> Reading:
    """What a file's text says by itself."""
    found = _set(text, Origin.FILE)
    return Reading(found, in_file=tuple(found), broken=broken_lines(text))


def read_text(file: Path) -> str | None:
    """A file's text; None where there is none.

    Raises:
        SettingsError: it is there and can't be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is no text in UTF-8", "write it anew in UTF-8") from None
    except OSError as error:
        raise SettingsError(
            f"{file} can't be read: {error.strerror}", f"see who may read it: ls -ld {file}"
        ) from None


def existing(file: Path) -> Path:
    """The same file, which has to be there.

    Raises:
        UsageError: it is not.
    """
    if read_text(file) is None:
        raise UsageError(f"there is no {file}", "name another file, or `studioops config setup`")
    return file


def broken_lines(text: str) -> tuple[int, ...]:
    """The numbers of the lines that are neither a setting, nor a comment, nor empty."""
    return tuple(
        one.original.line + _blank_lines(one.original.string)
        for one in parse_stream(io.StringIO(text))
        if one.error or (one.key is not None and one.value is None)
    )


def _blank_lines(text: str) -> int:
    """Blank lines before a line count to it, for whoever parsed it."""
    return text[: len(text) - len(text.lstrip())].count("\n")


def _set(text: str, origin: Origin) -> dict[str, Found]:
    """What a file sets, as pydantic-settings reads it; lines that are broken are left out."""
    whole = "".join(one.original.string for one in parse_stream(io.StringIO(text)) if not one.error)
    values = dotenv_values(stream=io.StringIO(whole))
    return {name.upper(): Found(value, origin) for name, value in values.items() if value}
