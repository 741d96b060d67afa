"""Indexes that are built and dropped CONCURRENTLY, and the debris that a cancelled build leaves."""

from __future__ import annotations

from collections.abc import Callable

from psycopg.sql import SQL, Composed

from studioops.migrations.operations.looked_up import index
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import Memo, Outside, Presence, Session, nothing

Work = Callable[[Session, Memo], None]


def built_concurrently(name: TableName, create: Composed) -> Outside:
    """A step that builds an index; its way back drops it.

    Args:
        name: of the index.
        create: the statement.
    """
    build, drop = _both(name, create)
    return _step(f"build {name}", name, build, drop, there=Presence.APPLIED)


def dropped_concurrently(name: TableName, create: Composed) -> Outside:
    """A step that drops an index; its way back builds it.

    Args:
        name: of the index.
        create: the statement that builds it again.
    """
    build, drop = _both(name, create)
    return _step(f"drop {name}", name, drop, build, there=Presence.NOT_APPLIED)


def _both(name: TableName, create: Composed) -> tuple[Work, Work]:
    def build(session: Session, _: Memo) -> None:
        session.execute(create)

    def drop(session: Session, _: Memo) -> None:
        session.execute(SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(name.sql))

    return build, drop


def _step(
    words: str, name: TableName, forward: Work, backward: Work, *, there: Presence
) -> Outside:
    """What is half built or half dropped is cleared by a drop, whichever way it goes."""
    away = Presence.NOT_APPLIED if there is Presence.APPLIED else Presence.APPLIED

    def presence(session: Session, _: Memo) -> Presence:
        row = index(session, name)
        if row is None:
            return away
        return there if row["valid"] else Presence.HALF

    clear = backward if there is Presence.APPLIED else forward
    return Outside(words, nothing, forward, backward, presence, clear)
