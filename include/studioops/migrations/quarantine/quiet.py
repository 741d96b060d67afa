"""Rows that come and go without a word: no trigger of the application fires."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from studioops.integrity.contract.names import quoted
from studioops.postgres import load_sql

if TYPE_CHECKING:
    from studioops.migrations.operations.step import Session

INSERT, DELETE, UPDATE = 4, 8, 16
GRANTABLE = 150000
MAY = "SELECT has_parameter_privilege('session_replication_role', 'SET') AS may"
ROLE = "SELECT set_config('session_replication_role', %s, true)"
NOW = "SELECT current_setting('session_replication_role') AS role"


@dataclass(frozen=True, slots=True)
class Written:
    """A table that is written.

    Args:
        relation: its oid.
        whole: whether rows go and come; else references are cleared and restored.
    """

    relation: int
    whole: bool

    @property
    def wanted(self) -> dict[str, Any]:
        """What is asked about it."""
        rights = ["SELECT", "UPDATE", *(["DELETE", "INSERT"] if self.whole else [])]
        events = INSERT | DELETE if self.whole else UPDATE
        return {"relation": self.relation, "events": events, "rights": rights}


def may_be_quiet(session: Session) -> bool:
    """Whether this role may set ``session_replication_role``."""
    row = _asked(session)
    if row["is_superuser"] or row["version"] < GRANTABLE:
        return bool(row["is_superuser"])
    found = session.execute(MAY).fetchone()
    return bool(found and found["may"])


def the_right(session: Session) -> str:
    """How this role gets it."""
    row = _asked(session)
    if row["version"] < GRANTABLE:
        return "do this as a superuser"
    role = quoted(row["role"])
    return f"as a superuser: GRANT SET ON PARAMETER session_replication_role TO {role}"


def objections(
    session: Session, tables: Iterable[Written], behind: Callable[[], Sequence[str]]
) -> list[str]:
    """Why tables can't be written so that nothing fires, there and back; empty where they can.

    Args:
        session: in a transaction.
        tables: what is written.
        behind: the keys that stand and that the rows break as they are; asked where it matters.
    """
    quiet, asked = may_be_quiet(session), [one.wanted for one in tables]
    rows = session.execute(load_sql(__package__, "rights"), {"tables": Jsonb(asked)}).fetchall()
    found = [line for row in rows for line in _lines(session, row, quiet=quiet)]
    if not quiet and (broken := behind()):
        keys = ", ".join(broken)
        found.append(f"the way back breaks a key that stands ({keys}): {the_right(session)}")
    return found


@contextmanager
def quietly(session: Session) -> Iterator[bool]:
    """No ordinary trigger fires inside, where the role may have it so.

    Args:
        session: in a transaction; an error leaves the rest to its rollback.

    Yields:
        whether that is so; then keys are not heeded either.
    """
    quiet = may_be_quiet(session)
    row = session.execute(NOW).fetchone()
    if quiet:
        session.execute(ROLE, ("replica",))
    yield quiet
    if quiet:
        session.execute(ROLE, (row["role"] if row else "origin",))


def _asked(session: Session) -> dict[str, Any]:
    row = session.execute(load_sql(__package__, "may")).fetchone()
    return row or {}


def _lines(session: Session, row: dict[str, Any], *, quiet: bool) -> Iterator[str]:
    if row["hidden"]:
        yield f"row security hides rows of {row['name']} from this role: do it as its owner"
    if row["missing"]:
        yield f"this role has no right to {', '.join(row['missing'])} on {row['name']}"
    if quiet and row["even_so"]:
        yield f"{row['name']}: {', '.join(row['even_so'])} fires whatever we do: disable it first"
    if quiet and row["late"]:
        yield f"{row['name']}: {', '.join(row['late'])} is deferrable, and nobody would heed it"
    if not quiet and row["usually"]:
        yield f"{row['name']}: {', '.join(row['usually'])} would fire: {the_right(session)}"
