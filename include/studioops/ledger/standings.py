"""Where services stand: judged and written down in one transaction, one worker at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from studioops.ledger.model import RunRef
from studioops.ledger.plain import plain
from studioops.ledger.service_model import Document, Judge, Recoveries, ServiceEvent
from studioops.ledger.tables import ServiceEventRow, StandingRow
from studioops.ledger.write import key_of_run
from studioops.postgres import fetch, load_sql

BLANK: Document = {}


def judge_standings(
    connection: Connection, services: Iterable[str], judge: Judge, run: RunRef
) -> None:
    """Judge some services by what is known of them, and keep what comes of it.

    Their rows are locked meanwhile, so that two workers who looked at once go one after the other
    and the second one judges by what the first one wrote.

    Args:
        connection: in a READ COMMITTED transaction.
        services: whose standings may change.
        judge: given what is known of them, by name.
        run: who looked.
    """
    run_key = key_of_run(connection, run)
    moves = judge(_locked(connection, sorted(set(services))))
    _keep(connection, moves.standings)
    _tell(connection, moves.events, run_key)


def standings(connection: Connection) -> dict[str, Document]:
    """What is known of every service, by name.

    Args:
        connection: in a transaction.
    """
    rows = connection.execute(select(StandingRow.service, StandingRow.document))
    return {service: document for service, document in rows if document}


def events(
    connection: Connection, since: datetime, service: str | None, limit: int
) -> list[ServiceEvent]:
    """Changes of level, newest first.

    Args:
        connection: in a transaction.
        since: none from before.
        service: only this one's; None for all.
        limit: how many at most.
    """
    values = {"since": since, "service": service, "limit": limit}
    rows = fetch(connection, load_sql(__package__, "service_events"), values)
    return [_event(row) for row in rows]


def recoveries(connection: Connection, since: datetime) -> list[Recoveries]:
    """How long each service was away that has come back, by name.

    Args:
        connection: in a transaction.
        since: it came back then or later.
    """
    rows = fetch(connection, load_sql(__package__, "recoveries"), {"since": since})
    return [Recoveries(**row) for row in rows]


def _locked(connection: Connection, services: Sequence[str]) -> dict[str, Document]:
    """What is kept of them; in order, so that two at once can't deadlock."""
    if not services:
        return {}
    blank = [{"service": one, "level": "not_checked", "document": BLANK} for one in services]
    connection.execute(upsert(StandingRow).values(blank).on_conflict_do_nothing())
    wanted = select(StandingRow.service, StandingRow.document)
    locked = wanted.where(StandingRow.service.in_(services)).order_by(StandingRow.service)
    rows = connection.execute(locked.with_for_update())
    return {service: document for service, document in rows if document}


def _keep(connection: Connection, found: Mapping[str, Document]) -> None:
    rows = [_row(service, plain(document)) for service, document in sorted(found.items())]
    if rows:
        statement = upsert(StandingRow)
        wanted = ("level", "since", "looked_at", "document")
        new = {name: statement.excluded[name] for name in wanted}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["service"], set_=new), rows
        )


def _row(service: str, document: Document) -> dict[str, Any]:
    return {
        "service": service,
        "level": document["level"],
        "since": _time(document["since"]),
        "looked_at": _time(document["looked_at"]),
        "document": document,
    }


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _tell(connection: Connection, told: Sequence[ServiceEvent], run_key: int) -> None:
    names = ("service", "before", "after", "cause", "message", "seconds", "down_seconds")
    rows = [
        {**{name: plain(getattr(one, name)) for name in names}, "at": one.at, "run": run_key}
        for one in told
    ]
    if rows:
        connection.execute(insert(ServiceEventRow), rows)


def _event(row: Mapping[str, Any]) -> ServiceEvent:
    run = RunRef(row["run_id"], row["origin"], row["name"])
    mine = {name: value for name, value in row.items() if name not in ("run_id", "origin", "name")}
    return ServiceEvent(**mine, run=run)
