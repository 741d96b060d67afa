"""A connection of Great Expectations' to the target: ours, with our limits, no password in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event

from studioops.postgres import Database
from studioops.postgres.connect import session_settings

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )

# It wants a URL; nobody is ever reached by this one.
NOWHERE = "postgresql+psycopg://studioops@target/database"


@contextmanager
def read_only_engine(context: EphemeralDataContext, database: Database, name: str) -> Iterator[Any]:
    """A datasource whose every transaction is read-only and limited as a database's own are.

    Args:
        context: that it is added to.
        database: the target.
        name: the datasource's.
    """
    sources: Any = context.data_sources
    datasource = sources.add_postgres(
        name,
        connection_string=NOWHERE,
        create_temp_table=False,
        kwargs={"creator": database.connector, "pool_size": 1, "hide_parameters": True},
    )
    engine = datasource.get_execution_engine().engine

    def limit(connection: Connection) -> None:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql(*session_settings(database.limits))

    event.listen(engine, "begin", limit)
    try:
        yield datasource
    finally:
        engine.dispose()
