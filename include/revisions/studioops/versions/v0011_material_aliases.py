"""Text of material_aliases."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"

squawk_ignore = {
    "changing-column-type": "varchar without a limit and text are stored alike: the catalog alone "
    "changes, no row is read or written, and the lock is let go at once",
}

FORTH = """
ALTER TABLE public.material_aliases
    ALTER COLUMN alias TYPE text,
    ALTER COLUMN source_ref TYPE text
"""
BACK = """
ALTER TABLE public.material_aliases
    ALTER COLUMN alias TYPE varchar,
    ALTER COLUMN source_ref TYPE varchar
"""


def upgrade() -> None:
    """Forth."""
    op.execute(FORTH)


def downgrade() -> None:
    """And back."""
    op.execute(BACK)
