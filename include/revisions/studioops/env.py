"""What Alembic runs around StudioOps' revisions: on the connection that it is given, or its own."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection, create_engine

# A role that is called as the journal's schema would keep the version there.
VERSIONS = "public"


def run(connection: Connection) -> None:
    """Run what is asked for, each revision in a transaction of its own."""
    context.configure(
        connection=connection, version_table_schema=VERSIONS, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    context.configure(
        dialect_name="postgresql", version_table_schema=VERSIONS, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
elif given := context.config.attributes.get("connection"):
    run(given)
else:
    with create_engine(os.environ["DATABASE_URL"]).connect() as own:
        run(own)
