"""The new columns' keys hold for rows from before, which have NULL there."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

studioops_lock = "SHARE UPDATE EXCLUSIVE"

FORTH = (
    "ALTER TABLE public.doc_chunks VALIDATE CONSTRAINT doc_chunks_project_id_fkey",
    "ALTER TABLE public.projects VALIDATE CONSTRAINT projects_owner_id_fkey",
)
# A key that was looked at can't be unlooked at, but made anew.
CHUNKS_BACK = """
ALTER TABLE public.doc_chunks
    DROP CONSTRAINT doc_chunks_project_id_fkey,
    ADD CONSTRAINT doc_chunks_project_id_fkey
        FOREIGN KEY (project_id) REFERENCES public.projects (id)
        ON DELETE SET NULL ON UPDATE CASCADE NOT VALID
"""
PROJECTS_BACK = """
ALTER TABLE public.projects
    DROP CONSTRAINT projects_owner_id_fkey,
    ADD CONSTRAINT projects_owner_id_fkey
        FOREIGN KEY (owner_id) REFERENCES public.users (id)
        ON DELETE SET NULL ON UPDATE CASCADE NOT VALID
"""


def upgrade() -> None:
    """Forth."""
    for statement in FORTH:
        op.execute(statement)


def downgrade() -> None:
    """And back."""
    op.execute(CHUNKS_BACK)
    op.execute(PROJECTS_BACK)
