"""What goes where: the answer to stdout, all else to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from rich.console import Console

SCHEMA_VERSION = 1
# Without a terminal nobody scrolls sideways, and whoever greps wants whole lines.
FILE_WIDTH = 400


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to whoever makes exit codes: rich's own 1 means that faults were found."""
        raise BrokenPipeError


def console(stream: TextIO | None = None) -> Console:
    """A console that colours and wraps for a terminal and does neither for a file or a pipe.

    Args:
        stream: where to write; stdout by default.
    """
    out = stream or sys.stdout
    if out.isatty():
        return _Console(file=out, highlight=False)
    return _Console(
        file=out, highlight=False, force_terminal=False, color_system=None, width=FILE_WIDTH
    )


def print_json(document: Mapping[str, Any]) -> None:
    """The one JSON document of a command, on stdout."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def print_error(message: str, next_step: str) -> None:
    """One line on stderr: what, where, and what to type next."""
    sys.stderr.write(f"studioops: {message}; next: {next_step}\n")


def print_note(text: str) -> None:
    """One line on stderr that is no error by itself."""
    sys.stderr.write(f"{text}\n")
