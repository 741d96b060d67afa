"""The list of all checks, as a page: written from the checks themselves."""

from __future__ import annotations

from pathlib import Path

from studioops.checks import Check, all_checks
from studioops.checks.registry import ROOMS

PAGE = Path(__file__).parent / "checks" / "README.md"
HEAD = """# The catalogue of checks

Each check is one question to a database, and each page says what it finds, why that matters, how
to mend it and when it is no fault. `studioops check` asks all of them, `studioops check NAME …`
those of these names or rooms, and `studioops check --list` connects nowhere and tells which there
are. The severity is that of most findings; one can be better or worse. A finding of severity
error (or critical) makes the check failed; what could not be looked at is `not_checked`, with a
reason, and is never green. This page is made by `make docs`.
"""


def write_check_list() -> None:
    """Write the page anew."""
    PAGE.write_text(check_list(), encoding="utf-8")


def check_list() -> str:
    """The page's text: the rooms in their order, a line a check."""
    rooms = []
    for module in ROOMS:
        room = module.__name__.rpartition(".")[2]
        lines = [_line(check) for check in all_checks() if check.group == room]
        head = f"## {room}\n\n{module.__doc__}\n\n| check | severity | question |\n|---|---|---|\n"
        rooms.append(head + "\n".join(lines) + "\n")
    return "\n".join([HEAD, *rooms])


def _line(check: Check) -> str:
    return f"| [{check.name}]({check.name}.md) | {check.severity} | {check.question} |"
