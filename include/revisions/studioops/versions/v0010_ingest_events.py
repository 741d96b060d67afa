"""Text of ingest_events."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

squawk_ignore = {
    "changing-column-type": "varchar without a limit and text are stored alike: the catalog alone "
    "changes, no row is read or written, and the lock is let go at once",
}

FORTH = """
ALTER TABLE public.ingest_events
    ALTER COLUMN stage TYPE text,
    ALTER COLUMN status TYPE text
"""
BACK = """
ALTER TABLE public.ingest_events
    ALTER COLUMN stage TYPE varchar,
    ALTER COLUMN status TYPE varchar
"""


def upgrade() -> None:
    """Forth."""
    op.execute(FORTH)


def downgrade() -> None:
    """And back."""
    op.execute(BACK)
