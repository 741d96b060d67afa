"""Text and a default of extracted_items, and items without a document."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

squawk_ignore = {
    "changing-column-type": "varchar without a limit and text are stored alike: the catalog alone "
    "changes, no row is read or written, and the lock is let go at once",
    "ban-drop-not-null": "StudioOps alone reads these columns, and it was meant to find NULL there",
}

FORTH = """
ALTER TABLE public.extracted_items
    ALTER COLUMN type TYPE text,
    ALTER COLUMN title TYPE text,
    ALTER COLUMN unit TYPE text,
    ALTER COLUMN source_ref TYPE text,
    ALTER COLUMN confidence SET DEFAULT 0.8,
    ALTER COLUMN document_id DROP NOT NULL
"""
BACK = """
ALTER TABLE public.extracted_items
    ALTER COLUMN type TYPE varchar,
    ALTER COLUMN title TYPE varchar,
    ALTER COLUMN unit TYPE varchar,
    ALTER COLUMN source_ref TYPE varchar,
    ALTER COLUMN confidence DROP DEFAULT,
    ALTER COLUMN document_id SET NOT NULL
"""


def upgrade() -> None:
    """Forth."""
    op.execute(FORTH)


def downgrade() -> None:
    """And back, as long as each item has its document."""
    op.execute(BACK)
