"""Commands that are printed as a next step, with the words that their reader typed before."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from psycopg.conninfo import make_conninfo

from studioops.errors import StudioOpsError
from studioops.model import Report
from studioops.postgres import parse_dsn

WHICH = ("--target", "--dsn")
TAKES = {
    "backup take": (*WHICH, "--to"),
    "backup list": (*WHICH, "--to"),
    "backup verify": (*WHICH, "--to"),
    "backup drill": (*WHICH, "--to", "--contract", "--server"),
    "backup prune": (*WHICH, "--to"),
    "recover plan": (*WHICH, "--to"),
    "recover run": (*WHICH, "--to", "--contract"),
    # Its own --to names a database.
    "recover back": WHICH,
    "recover objects": (*WHICH, "--to"),
    "scan": (*WHICH, "--contract"),
    "migrate plan": (*WHICH, "--contract", "--alembic"),
    "migrate rehearse": (*WHICH, "--contract", "--alembic", "--to", "--server"),
    "migrate lint": (*WHICH, "--alembic"),
    "migrate apply": (*WHICH, "--contract", "--alembic"),
    "migrate rollback": WHICH,
    "migrate status": WHICH,
}
COMMAND = re.compile(rf"studioops ({'|'.join(TAKES)})\b(?: \d{{8}}T\d{{6}}Z-[0-9a-f]{{8}})?")
REST = re.compile(r"[^`;\n]*")
URLS = ("--dsn", "--server")
PLACEHOLDER = "--dsn URL"
SECRETS = ("password", "sslpassword")

Value = TypeVar("Value")


@dataclass(frozen=True)
class Typed:
    """What a command was pointed at, in the words that point the next one at it.

    Args:
        words: each option that was typed, with its value quoted for a shell and without a secret.
    """

    words: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Mapping[str, str | Path | None]) -> Typed:
        """The words of a command line.

        A password is left out and not blotted out: a line that is pasted then takes it from
        PGPASSWORD or ~/.pgpass, and what was printed can be shown to anybody.

        Args:
            words: options as they were typed; None for one that was not.
        """
        return cls(
            {
                name: shlex.quote(without_secret(str(value)) if name in URLS else str(value))
                for name, value in words.items()
                if value is not None
            }
        )

    def __str__(self) -> str:
        """All of them, to be put behind a command that takes all of them."""
        return " ".join(f"{name} {value}" for name, value in self.words.items())

    def pasted(self, text: str) -> str:
        """A text whose commands can be pasted: each carries the words that it takes and lacks.

        Args:
            text: such as ``prove it: studioops backup drill``.
        """
        if "--dsn" in self.words:
            text = text.replace(PLACEHOLDER, f"--dsn {self.words['--dsn']}")
        return COMMAND.sub(self._completed, text)

    def report(self, report: Report) -> Report:
        """A report whose reasons, repairs and document can be pasted from."""
        return replace(
            report,
            subjects=tuple(replace(one, reason=self.pasted(one.reason)) for one in report.subjects),
            findings=tuple(
                replace(one, message=self.pasted(one.message), repair=self.pasted(one.repair))
                for one in report.findings
            ),
            evidence=self._throughout(dict(report.evidence)),
        )

    @contextmanager
    def told(self) -> Iterator[None]:
        """Let errors say their next step in full.

        Raises:
            StudioOpsError: the one that was raised within.
        """
        try:
            yield
        except StudioOpsError as error:
            error.next_step = self.pasted(error.next_step)
            raise

    def _completed(self, found: re.Match[str]) -> str:
        behind = REST.match(found.string, found.end())
        rest = f"{behind[0]} " if behind else ""
        named = any(f" {one} " in rest for one in WHICH)
        missing = [
            f"{one} {self.words[one]}"
            for one in TAKES[found[1]]
            if one in self.words and f" {one} " not in rest and not (named and one in WHICH)
        ]
        return " ".join([found[0], *missing])

    def _throughout(self, value: Value) -> Value:
        changed: Any = value
        if isinstance(value, str):
            changed = self.pasted(value) if "studioops " in value else value
        elif isinstance(value, Mapping):
            changed = {name: self._throughout(one) for name, one in value.items()}
        elif isinstance(value, list | tuple):
            changed = [self._throughout(one) for one in value]
        return changed  # type: ignore[no-any-return]


def without_secret(dsn: str) -> str:
    """A connection string as it was typed, or in libpq's words where it holds a secret.

    Args:
        dsn: as :func:`parse_dsn` takes it.

    Raises:
        UsageError: it can't be read.
    """
    params = parse_dsn(dsn).params
    if not any(params.get(one) for one in SECRETS):
        return dsn.strip()
    return make_conninfo(**{name: one for name, one in params.items() if name not in SECRETS})
