"""A default of chat_messages."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

FORTH = """
ALTER TABLE public.chat_messages
    ALTER COLUMN is_user SET DEFAULT true
"""
BACK = """
ALTER TABLE public.chat_messages
    ALTER COLUMN is_user DROP DEFAULT
"""


def upgrade() -> None:
    """Forth."""
    op.execute(FORTH)


def downgrade() -> None:
    """And back."""
    op.execute(BACK)
