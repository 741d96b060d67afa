"""Steps: what the journal knows an operation by. Each can be carried out and taken back by itself.

A step is told by the operation alone, never by what the catalog says at the moment: after a crash
the same steps must come out of the plan again. What a step finds and needs for its way back, it
hands over as its memo, which the journal keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from psycopg import Connection
from psycopg.sql import Composed

from studioops.migrations.operations.lock import Lock

Session = Connection[dict[str, Any]]
Memo = Mapping[str, Any]


def nothing(_: Session) -> Memo:
    """A step that has nothing to do on the way there."""
    return {}


def nothing_back(_: Session, __: Memo) -> None:
    """A step that has nothing to take back."""


class Presence(Enum):
    """How far something stands that no transaction covers."""

    APPLIED = "applied"
    NOT_APPLIED = "not applied"
    HALF = "half done"


@dataclass(frozen=True)
class Change:
    """A step in one transaction, which the journal's line of it shares.

    Args:
        name: what it does, for people.
        lock: the strongest that it takes on its way there.
        forward: does it, and hands over what the way back needs.
        lock_back: the strongest that it takes on its way back.
        backward: takes it back.
    """

    name: str
    lock: Lock
    forward: Callable[[Session], Memo] = nothing
    lock_back: Lock = Lock.ROW
    backward: Callable[[Session, Memo], None] = nothing_back


@dataclass(frozen=True)
class Outside:
    """A step that PostgreSQL refuses in a transaction, such as CREATE INDEX CONCURRENTLY.

    The journal is told before, and what became of it is looked up afterwards.

    Args:
        name: what it does, for people.
        lock: the strongest that it takes, there and back.
        before: reads what the way back needs.
        forward: does it, without a transaction.
        backward: takes it back, without a transaction.
        presence: looks how far it stands.
        clear: removes what half of it has left behind.
    """

    name: str
    before: Callable[[Session], Memo]
    forward: Callable[[Session, Memo], None]
    backward: Callable[[Session, Memo], None]
    presence: Callable[[Session, Memo], Presence]
    clear: Callable[[Session, Memo], None]
    lock: Lock = Lock.CONCURRENTLY

    @property
    def lock_back(self) -> Lock:
        """The same as on the way there."""
        return self.lock


@dataclass(frozen=True, slots=True)
class Batch:
    """How far a step in batches is after one of them.

    Args:
        memo: where the next one goes on, and what the way back needs.
        done: whether nothing is left to do.
    """

    memo: Memo
    done: bool


def no_batch_back(_: Session, memo: Memo) -> Batch:
    """A step in batches that has nothing to take back."""
    return Batch(memo, done=True)


@dataclass(frozen=True)
class Batches:
    """A step in many short transactions, each of which the journal's line shares.

    After a crash it goes on behind the last batch that was committed.

    Args:
        name: what it does, for people.
        forward: does one batch, given the memo of the one before.
        backward: takes one back; its first is given the last memo of the way there.
        before: what the first batch is given.
        lock: the strongest that a batch takes.
    """

    name: str
    forward: Callable[[Session, Memo], Batch]
    backward: Callable[[Session, Memo], Batch] = no_batch_back
    before: Callable[[Session], Memo] = nothing
    lock: Lock = Lock.ROW

    @property
    def lock_back(self) -> Lock:
        """The same as on the way there."""
        return self.lock


Step = Change | Outside | Batches


def run(*statements: Composed) -> Callable[[Session], Memo]:
    """The way there of a step that only runs statements and remembers nothing."""

    def forward(session: Session) -> Memo:
        execute(session, statements)
        return {}

    return forward


def run_back(*statements: Composed) -> Callable[[Session, Memo], None]:
    """The way back of a step that only runs statements."""

    def backward(session: Session, _: Memo) -> None:
        execute(session, statements)

    return backward


def execute(session: Session, statements: Sequence[Composed]) -> None:
    """Run statements one after the other."""
    for statement in statements:
        session.execute(statement)
