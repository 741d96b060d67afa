"""Since when each credential is the same, by a keyed fingerprint."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

LEDGER = "ledger"
FINGERPRINT = "fingerprint ~ '^[0-9a-f]{64}$'"


def upgrade() -> None:
    """Forth."""
    time = sa.DateTime(timezone=True)
    op.create_table(
        "credential_ages",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.Text, primary_key=True),
        sa.Column("first_seen", time, nullable=False),
        sa.Column("last_seen", time, nullable=False),
        sa.CheckConstraint(FINGERPRINT, name="fingerprint"),
        sa.CheckConstraint("first_seen <= last_seen", name="order"),
        schema=LEDGER,
    )


def downgrade() -> None:
    """And back."""
    op.drop_table("credential_ages", schema=LEDGER)
