"""Bringing a ledger's tables up to date, by Alembic and in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from studioops.ledger.failure import REVISIONS, VERSION, ahead
from studioops.ledger.tables import SCHEMA

if TYPE_CHECKING:
    from alembic.config import Config

VERSION_TABLE = f"{SCHEMA}.alembic_version"


def upgrade(connection: Connection, where: str) -> None:
    """Upgrade to the newest revision; nothing happens when it is there already.

    Two at once go one after the other, and the second finds nothing to do.

    Args:
        connection: in a READ COMMITTED transaction that may write.
        where: the ledger's place, to be shown.

    Raises:
        LedgerUnavailable: a newer release has migrated it.
    """
    from alembic import command

    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('studioops.ledger', 0))")
    )
    _refuse_newer(connection, where)
    # Asking first: CREATE SCHEMA IF NOT EXISTS wants a right on the database even where it exists.
    if not connection.scalar(text("SELECT to_regnamespace(:name) IS NOT NULL"), {"name": SCHEMA}):
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    command.upgrade(configuration(connection), "head")


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration for the ledger's own history.

    Args:
        connection: what to run on; None to look at the scripts alone.
    """
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "studioops.ledger:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _refuse_newer(connection: Connection, where: str) -> None:
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": VERSION_TABLE}) is None:
        return
    version = connection.scalar(text(VERSION))
    if version is not None and version not in REVISIONS:
        raise ahead(where, version)
