"""Text of generated_documents."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

squawk_ignore = {
    "changing-column-type": "varchar without a limit and text are stored alike: the catalog alone "
    "changes, no row is read or written, and the lock is let go at once",
}

FORTH = """
ALTER TABLE public.generated_documents
    ALTER COLUMN type TYPE text,
    ALTER COLUMN path_pdf TYPE text
"""
BACK = """
ALTER TABLE public.generated_documents
    ALTER COLUMN type TYPE varchar,
    ALTER COLUMN path_pdf TYPE varchar
"""


def upgrade() -> None:
    """Forth."""
    op.execute(FORTH)


def downgrade() -> None:
    """And back."""
    op.execute(BACK)
