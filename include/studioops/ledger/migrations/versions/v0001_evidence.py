"""Runs, reports, subjects, looks and findings."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

LEDGER = "ledger"
STATUSES = "status IN ('passed', 'failed', 'not_checked', 'not_applicable')"
SEVERITIES = "severity IN ('info', 'warning', 'error', 'critical')"


def upgrade() -> None:
    """Forth."""
    _runs()
    _reports()
    _subjects()
    _looks()
    _findings()


def downgrade() -> None:
    """And back."""
    for table in ("findings", "looks", "subjects", "reports", "runs"):
        op.drop_table(table, schema=LEDGER)


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str, *, nullable: bool = False, default: bool = False) -> sa.Column[datetime]:
    now = sa.func.now() if default else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=now)


def _refers(name: str, table: str, *, primary_key: bool = False) -> sa.Column[int]:
    parent = sa.ForeignKey(f"{LEDGER}.{table}.id")
    return sa.Column(name, sa.BigInteger, parent, primary_key=primary_key, nullable=False)


def _runs() -> None:
    op.create_table(
        "runs",
        _key(),
        _text("origin"),
        _text("name"),
        _text("run_id"),
        _time("first_seen", default=True),
        sa.UniqueConstraint("origin", "name", "run_id"),
        sa.CheckConstraint("origin IN ('dag', 'cli')", name="origin"),
        schema=LEDGER,
    )


def _reports() -> None:
    op.create_table(
        "reports",
        _key(),
        _refers("run", "runs"),
        _text("step"),
        _text("kind"),
        _text("target"),
        _text("status"),
        _time("started_at"),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        _time("recorded_at", default=True),
        _time("superseded_at", nullable=True),
        sa.CheckConstraint(STATUSES, name="status"),
        schema=LEDGER,
    )
    op.create_index(
        "reports_current_key",
        "reports",
        ["run", "step", "kind", "target"],
        unique=True,
        schema=LEDGER,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index("reports_run_idx", "reports", ["run"], schema=LEDGER)
    newest = sa.text("started_at DESC")
    op.create_index("reports_history_idx", "reports", ["target", "kind", newest], schema=LEDGER)


def _subjects() -> None:
    op.create_table(
        "subjects",
        _key(),
        _text("target"),
        _text("kind"),
        _text("name"),
        sa.UniqueConstraint("target", "kind", "name"),
        schema=LEDGER,
    )


def _looks() -> None:
    op.create_table(
        "looks",
        _refers("report", "reports", primary_key=True),
        _refers("subject", "subjects", primary_key=True),
        _text("status"),
        _text("reason"),
        sa.Column("seconds", sa.Float, nullable=False),
        _time("looked_at"),
        sa.Column("superseded", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.CheckConstraint(STATUSES, name="status"),
        schema=LEDGER,
    )
    wanted = {
        "looks_last_idx": "NOT superseded",
        "looks_passed_idx": "NOT superseded AND status = 'passed'",
    }
    for name, condition in wanted.items():
        op.create_index(
            name,
            "looks",
            ["subject", sa.text("looked_at DESC"), sa.text("report DESC")],
            schema=LEDGER,
            postgresql_where=sa.text(condition),
        )


def _findings() -> None:
    op.create_table(
        "findings",
        _refers("report", "reports", primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        _text("check_name"),
        _text("object"),
        _text("severity"),
        _text("message"),
        _text("why"),
        _text("repair"),
        sa.CheckConstraint(SEVERITIES, name="severity"),
        schema=LEDGER,
    )
    op.create_index("findings_object_idx", "findings", ["object", "check_name"], schema=LEDGER)
