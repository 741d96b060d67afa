"""Words to search chunks by, which PostgreSQL keeps in step with their text."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"

squawk_ignore = {
    "adding-field-with-default": "a generated column has no other way; where doc_chunks is too "
    "large to be written anew within the runner's 10 s, this stops and leaves all as it was",
}

FORTH = """
ALTER TABLE public.doc_chunks
    ADD COLUMN tsv tsvector
        GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, coalesce(text, ''::text))) STORED
"""
BACK = """
ALTER TABLE public.doc_chunks
    DROP COLUMN tsv
"""


def upgrade() -> None:
    """Forth."""
    op.execute(FORTH)


def downgrade() -> None:
    """And back."""
    op.execute(BACK)
