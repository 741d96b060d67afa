"""Both ways have to end alike, or nothing was compared."""

from __future__ import annotations

from studioops.migrations.state import MAJOR, State, read_schema
from studioops.postgres import fetch, open_database

ORPHANS = """
SELECT count(*) AS orphans FROM public.orders AS o
WHERE NOT EXISTS (SELECT FROM public.customers AS c WHERE c.id = o.customer_id)
"""


def ending(dsn: str) -> State:
    """How a way has left a database: every definition but those of our own schema.

    Args:
        dsn: of the database.

    Raises:
        RuntimeError: it has left orphans.
    """
    with open_database(dsn) as database, database.transaction() as connection:
        orphans = fetch(connection, ORPHANS)[0]["orphans"]
        if orphans:
            raise RuntimeError(f"{orphans} orphans are left")
        return State(read_schema(connection), {}, fetch(connection, MAJOR)[0]["major"])


def ended_alike(one: State, other: State) -> None:
    """Compare.

    Args:
        one: how one way has left its database.
        other: how the other has.

    Raises:
        RuntimeError: they differ; says in what.
    """
    differences = one.differences(other)
    if differences:
        raise RuntimeError(f"the ways end otherwise: {'; '.join(differences)}")
