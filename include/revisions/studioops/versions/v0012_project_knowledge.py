"""Text and a default of project_knowledge."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

squawk_ignore = {
    "changing-column-type": "varchar without a limit and text are stored alike: the catalog alone "
    "changes, no row is read or written, and the lock is let go at once",
}

FORTH = """
ALTER TABLE public.project_knowledge
    ALTER COLUMN category TYPE text,
    ALTER COLUMN key TYPE text,
    ALTER COLUMN source TYPE text,
    ALTER COLUMN updated_at SET DEFAULT now()
"""
BACK = """
ALTER TABLE public.project_knowledge
    ALTER COLUMN category TYPE varchar,
    ALTER COLUMN key TYPE varchar,
    ALTER COLUMN source TYPE varchar,
    ALTER COLUMN updated_at DROP DEFAULT
"""


def upgrade() -> None:
    """Forth."""
    op.execute(FORTH)


def downgrade() -> None:
    """And back."""
    op.execute(BACK)
