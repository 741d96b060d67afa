"""Indexes that are built and dropped CONCURRENTLY, and the debris that a cancelled build leaves."""

from __future__ import annotations

from psycopg.sql import SQL, Composed

from studioops.migrations.operations.looked_up import index
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import Memo, Outside, Presence, Session


def built_concurrently(name: TableName, create: Composed) -> Outside:
    """A step that builds an index; its way back drops it.

    Args:
        name: of the index.
        create: the statement.
    """

    def forward(session: Session, _: Memo) -> None:
        session.execute(create)

    return Outside(
        f"build {name}",
        lambda _: {},
        forward,
        lambda session, _: drop_concurrently(session, name),
        lambda session, _: _presence(session, name, there=Presence.APPLIED),
        lambda session, _: drop_concurrently(session, name),
    )


def dropped_concurrently(name: TableName, create: Composed) -> Outside:
    """A step that drops an index; its way back builds it.

    Args:
        name: of the index.
        create: the statement that builds it again.
    """

    def backward(session: Session, _: Memo) -> None:
        session.execute(create)

    return Outside(
        f"drop {name}",
        lambda _: {},
        lambda session, _: drop_concurrently(session, name),
        backward,
        lambda session, _: _presence(session, name, there=Presence.NOT_APPLIED),
        lambda session, _: drop_concurrently(session, name),
    )


def drop_concurrently(session: Session, name: TableName) -> None:
    """Drop an index, whole or half, where it is there."""
    session.execute(SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(name.sql))


def _presence(session: Session, name: TableName, *, there: Presence) -> Presence:
    row = index(session, name)
    if row is None:
        away = {Presence.APPLIED: Presence.NOT_APPLIED, Presence.NOT_APPLIED: Presence.APPLIED}
        return away[there]
    return there if row["valid"] else Presence.HALF
