"""Asking squawk: the program that comes with its package, on a text, without its own settings."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studioops.errors import CouldNotCheck, UsageError

PROGRAM = "squawk"
PATIENCE_S = 60
INSTALL = "install it: pip install squawk-cli"
UNKNOWN_RULE = re.compile(r"invalid rule name (\S+)")
FOUND_NOTHING, FOUND, WRONG_USAGE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a text breaks.

    Args:
        rule: its name.
        line: from 0.
        message: what is wrong.
        help: what to do instead.
    """

    rule: str
    line: int
    message: str
    help: str


def ask_squawk(sql: str, *, pg_version: int, excluded: Iterable[str]) -> list[Broken]:
    """What squawk finds in a text.

    Args:
        sql: the text.
        pg_version: the major version that it is for.
        excluded: rules that are not asked.

    Raises:
        UsageError: squawk has no rule of one of these names.
        CouldNotCheck: it is not there, or has no answer.
    """
    options = [option for rule in sorted(excluded) for option in ("--exclude", rule)]
    # Its own settings could leave rules out without a reason.
    command = [find_squawk(), "--reporter", "json", "--config", os.devnull, *options]
    try:
        done = subprocess.run(
            [*command, "--pg-version", str(pg_version)],
            input=sql.encode(),
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CouldNotCheck(f"squawk could not be run: {error}", INSTALL) from None
    said = done.stderr.decode(errors="replace").strip()
    unknown = UNKNOWN_RULE.search(said)
    if done.returncode == WRONG_USAGE and unknown:
        raise UsageError(f"squawk has no rule {unknown[1]}", "see its list of rules")
    if done.returncode not in (FOUND_NOTHING, FOUND):
        raise CouldNotCheck(f"squawk ended with {done.returncode}: {said or 'no word'}", INSTALL)
    return _read(done.stdout, expected=done.returncode == FOUND)


def find_squawk() -> str:
    """Where the program is: beside this Python, or on the path.

    Raises:
        CouldNotCheck: nowhere.
    """
    beside = Path(sysconfig.get_path("scripts")) / PROGRAM
    found = str(beside) if beside.is_file() else shutil.which(PROGRAM)
    if found is None:
        raise CouldNotCheck("squawk is not installed", INSTALL)
    return found


def _read(answer: bytes, *, expected: bool) -> list[Broken]:
    try:
        found: list[dict[str, Any]] = json.loads(answer)
        broken = [
            Broken(one["rule_name"], one["line"], one["message"], one["help"] or "")
            for one in found
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise CouldNotCheck(f"squawk's answer can't be read: {error}", INSTALL) from None
    if expected and not broken:
        raise CouldNotCheck("squawk found faults and tells none", INSTALL)
    return broken
