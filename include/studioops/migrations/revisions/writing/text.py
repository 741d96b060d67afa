"""The text of a revision's file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from psycopg.sql import Composed

from studioops.migrations.operations import Lock
from studioops.migrations.revisions.writing.parts import Part, Said

STEP = " " * 4
BLOCK = "with op.get_context().autocommit_block():"
HEAD = '''"""{title}

{lines}
"""

from alembic import op
from sqlalchemy import DDL

revision = {revision!r}
down_revision = {down!r}
branch_labels = None
depends_on = None
'''
RUN = '''

def _run(statement: str) -> None:
    """As it stands: a colon begins no parameter, and a percent sign no format."""
    op.execute(DDL(statement.replace("%", "%%")))
'''
FUNCTION = '''

def {name}() -> None:
    """{words}"""
'''


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a revision's functions.

    Args:
        title: its first line.
        lines: what else is to be known.
        revision: its id.
        down: the id of the one before; empty where it is the first.
    """

    title: str
    lines: Sequence[str]
    revision: str
    down: str


def text_of(heading: Heading, said: Sequence[Said]) -> str:
    """The file's text.

    Args:
        heading: what stands above.
        said: what it does, an operation each.
    """
    head = HEAD.format(
        title=_in_docstring(heading.title),
        lines="\n".join(map(_in_docstring, heading.lines)),
        revision=heading.revision,
        down=heading.down or None,
    )
    up = [part for one in said for part in one.up]
    down = [part for one in reversed(said) for part in one.down]
    guards = [guard for one in said for guard in one.guards]
    return "".join(
        (
            head,
            _ignored(said),
            RUN,
            FUNCTION.format(name="upgrade", words="Forth; it can be run again where it stopped."),
            *_body(up, guards),
            FUNCTION.format(name="downgrade", words="And back."),
            *_body(down, ()),
        )
    )


def _ignored(said: Sequence[Said]) -> str:
    found: dict[str, dict[str, None]] = {}
    for rule, why in (pair for one in said for pair in one.ignored.items()):
        found.setdefault(rule, {})[why] = None
    if not found:
        return ""
    lines = (f"{STEP}{rule!r}: {'; '.join(whys)!r},\n" for rule, whys in sorted(found.items()))
    return f"squawk_ignore = {{\n{''.join(lines)}}}\n"


def _body(parts: Iterable[Part], guards: Sequence[Composed]) -> Iterator[str]:
    yield from _limits(Lock.SHARE_UPDATE_EXCLUSIVE, STEP)
    yield from (_run(one.as_string(), STEP) for one in guards)
    block, limits = False, Lock.ROW
    for part in parts:
        if not block:
            # Its begin commits what was done before.
            yield f"{STEP}{BLOCK}\n"
        if not block or limits is not part.lock:
            yield from _limits(part.lock, STEP * 2)
            limits = part.lock
        for statement in part.statements:
            yield _run(statement.as_string(), STEP * 2 if part.alone else STEP)
        block = part.alone
    yield from (_run(f"RESET {name}", STEP) for name in _settings(Lock.ROW))


def _limits(lock: Lock, indent: str) -> Iterator[str]:
    for name, seconds in _settings(lock).items():
        yield _run(f"SET {name} = '{seconds * 1000:.0f}ms'", indent)


def _settings(lock: Lock) -> dict[str, float]:
    patience = lock.patience
    return {"lock_timeout": patience.lock, "statement_timeout": patience.statement}


def _run(sql: str, indent: str) -> str:
    return f"{indent}_run({sql!r})\n"


def _in_docstring(line: str) -> str:
    return line.replace("\\", "\\\\").replace('"""', r"\"\"\"").replace("\n", "\\\\n")
