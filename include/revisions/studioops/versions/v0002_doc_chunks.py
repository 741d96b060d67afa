"""What doc_chunks lacks, and a key for new rows. Rows from before get no date of now."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

squawk_ignore = {
    "ban-drop-not-null": "StudioOps alone reads these columns, and it was meant to find NULL there",
}

ADDED = """
ALTER TABLE public.doc_chunks
    ADD COLUMN project_id uuid,
    ADD COLUMN source text,
    ADD COLUMN embedding real[],
    ADD COLUMN created_at timestamptz,
    ADD CONSTRAINT doc_chunks_project_id_fkey
        FOREIGN KEY (project_id) REFERENCES public.projects (id)
        ON DELETE SET NULL ON UPDATE CASCADE NOT VALID
"""
EASED = """
ALTER TABLE public.doc_chunks
    ALTER COLUMN created_at SET DEFAULT now(),
    ALTER COLUMN page DROP NOT NULL,
    ALTER COLUMN text DROP NOT NULL,
    ALTER COLUMN document_id DROP NOT NULL
"""
BACK = """
ALTER TABLE public.doc_chunks
    DROP COLUMN project_id,
    DROP COLUMN source,
    DROP COLUMN embedding,
    DROP COLUMN created_at,
    ALTER COLUMN page SET NOT NULL,
    ALTER COLUMN text SET NOT NULL,
    ALTER COLUMN document_id SET NOT NULL
"""


def upgrade() -> None:
    """Forth."""
    op.execute(ADDED)
    op.execute(EASED)


def downgrade() -> None:
    """And back, as long as no chunk lacks its page, its text or its document."""
    op.execute(BACK)
