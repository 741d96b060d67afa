"""Reports of a certain database, found by what it is and not by its name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

LEDGER = "ledger"
ORIGIN = "(document #> '{evidence,origin}')"


def upgrade() -> None:
    """Forth."""
    op.create_index(
        "reports_origin_idx",
        "reports",
        ["kind", sa.text(ORIGIN), sa.text("started_at DESC")],
        schema=LEDGER,
        postgresql_where=sa.text(f"superseded_at IS NULL AND {ORIGIN} IS NOT NULL"),
    )


def downgrade() -> None:
    """And back."""
    op.drop_index("reports_origin_idx", table_name="reports", schema=LEDGER)
