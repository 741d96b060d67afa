"""What Alembic runs around the ledger's revisions: on the connection that it is given."""

from __future__ import annotations

from alembic import context

from studioops.ledger.tables import SCHEMA, Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table_schema=SCHEMA,
)
with context.begin_transaction():
    context.run_migrations()
