"""The owner of a project, and a key for new rows."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

FORTH = """
ALTER TABLE public.projects
    ADD COLUMN owner_id uuid,
    ADD CONSTRAINT projects_owner_id_fkey
        FOREIGN KEY (owner_id) REFERENCES public.users (id)
        ON DELETE SET NULL ON UPDATE CASCADE NOT VALID
"""
BACK = """
ALTER TABLE public.projects
    DROP COLUMN owner_id
"""


def upgrade() -> None:
    """Forth."""
    op.execute(FORTH)


def downgrade() -> None:
    """And back."""
    op.execute(BACK)
