"""What documents lacks."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

FORTH = """
ALTER TABLE public.documents
    ADD COLUMN filename text,
    ADD COLUMN mime_type text,
    ADD COLUMN size_bytes bigint,
    ADD COLUMN language text,
    ADD COLUMN confidence numeric(3, 2),
    ADD COLUMN storage_path text,
    ADD COLUMN content_sha256 text
"""
BACK = """
ALTER TABLE public.documents
    DROP COLUMN filename,
    DROP COLUMN mime_type,
    DROP COLUMN size_bytes,
    DROP COLUMN language,
    DROP COLUMN confidence,
    DROP COLUMN storage_path,
    DROP COLUMN content_sha256
"""


def upgrade() -> None:
    """Forth."""
    op.execute(FORTH)


def downgrade() -> None:
    """And back."""
    op.execute(BACK)
