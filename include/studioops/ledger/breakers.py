"""Breakers: one document a service, turned by one worker at a time."""

from __future__ import annotations

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from studioops.ledger.plain import plain
from studioops.ledger.service_model import Document, Turn
from studioops.ledger.tables import BreakerRow


def breaker(connection: Connection, service: str) -> Document | None:
    """A service's breaker; None where it never had one.

    Args:
        connection: in a transaction.
        service: its name.
    """
    wanted = select(BreakerRow.document).where(BreakerRow.service == service)
    return connection.execute(wanted).scalar_one_or_none() or None


def turn_breaker(connection: Connection, service: str, turn: Turn) -> Document:
    """Change a service's breaker; its row is locked meanwhile.

    Args:
        connection: in a READ COMMITTED transaction.
        service: its name.
        turn: from what the breaker is to what it shall be, as JSON with ``state`` at least.

    Returns:
        what it is now.
    """
    blank = {"service": service, "state": "closed", "document": {}}
    connection.execute(upsert(BreakerRow).values(blank).on_conflict_do_nothing())
    mine = BreakerRow.service == service
    before = connection.execute(
        select(BreakerRow.document).where(mine).with_for_update()
    ).scalar_one()
    after: Document = plain(turn(before or None))
    if after != before:
        values = {"state": after["state"], "document": after}
        connection.execute(update(BreakerRow).where(mine).values(values))
    return after


def breakers(connection: Connection) -> dict[str, Document]:
    """Every service's breaker, by name.

    Args:
        connection: in a transaction.
    """
    rows = connection.execute(select(BreakerRow.service, BreakerRow.document))
    return {service: document for service, document in rows if document}
