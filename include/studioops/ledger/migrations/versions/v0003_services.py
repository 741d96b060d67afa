"""Where services stand, how they came there, and the breakers that workers share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

LEDGER = "ledger"
LEVELS = "IN ('normal', 'degraded', 'critical', 'offline', 'not_checked')"
CIRCUITS = "state IN ('closed', 'open', 'half-open')"


def upgrade() -> None:
    """Forth."""
    _standings()
    _events()
    _breakers()


def downgrade() -> None:
    """And back."""
    for table in ("breakers", "service_events", "service_standings"):
        op.drop_table(table, schema=LEDGER)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _standings() -> None:
    op.create_table(
        "service_standings",
        sa.Column("service", sa.Text, primary_key=True),
        _text("level"),
        _time("since", nullable=True),
        _time("looked_at", nullable=True),
        sa.Column("document", JSONB, nullable=False),
        sa.CheckConstraint(f"level {LEVELS}", name="level"),
        schema=LEDGER,
    )


def _events() -> None:
    op.create_table(
        "service_events",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        _text("service"),
        _text("before"),
        _text("after"),
        _time("at"),
        _text("cause"),
        _text("message"),
        sa.Column("run", sa.BigInteger, sa.ForeignKey(f"{LEDGER}.runs.id"), nullable=False),
        sa.Column("seconds", sa.Float),
        sa.Column("down_seconds", sa.Float),
        sa.CheckConstraint(
            f"before {LEVELS} AND after {LEVELS} AND before <> after", name="levels"
        ),
        schema=LEDGER,
    )
    newest = [sa.text("at DESC"), sa.text("id DESC")]
    _index("service_events_service_idx", ["service", *newest])
    _index("service_events_newest_idx", newest)
    _index("service_events_run_idx", ["run"])


def _index(name: str, columns: Sequence[str | sa.TextClause]) -> None:
    op.create_index(name, "service_events", columns, schema=LEDGER)


def _breakers() -> None:
    op.create_table(
        "breakers",
        sa.Column("service", sa.Text, primary_key=True),
        _text("state"),
        sa.Column("document", JSONB, nullable=False),
        sa.CheckConstraint(CIRCUITS, name="state"),
        schema=LEDGER,
    )
