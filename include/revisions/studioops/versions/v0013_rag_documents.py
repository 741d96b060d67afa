"""Text and defaults of rag_documents."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"

squawk_ignore = {
    "changing-column-type": "varchar without a limit and text are stored alike: the catalog alone "
    "changes, no row is read or written, and the lock is let go at once",
}

FORTH = """
ALTER TABLE public.rag_documents
    ALTER COLUMN title TYPE text,
    ALTER COLUMN source TYPE text,
    ALTER COLUMN document_type TYPE text,
    ALTER COLUMN is_active SET DEFAULT true,
    ALTER COLUMN updated_at SET DEFAULT now()
"""
BACK = """
ALTER TABLE public.rag_documents
    ALTER COLUMN title TYPE varchar,
    ALTER COLUMN source TYPE varchar,
    ALTER COLUMN document_type TYPE varchar,
    ALTER COLUMN is_active DROP DEFAULT,
    ALTER COLUMN updated_at DROP DEFAULT
"""


def upgrade() -> None:
    """Forth."""
    op.execute(FORTH)


def downgrade() -> None:
    """And back."""
    op.execute(BACK)
