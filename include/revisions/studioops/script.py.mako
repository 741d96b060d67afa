"""${message}."""

from __future__ import annotations

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Forth."""
    ${upgrades if upgrades else "raise NotImplementedError"}


def downgrade() -> None:
    """And back."""
    ${downgrades if downgrades else "raise NotImplementedError"}
