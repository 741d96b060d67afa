"""The ledger's tables. What they are made by is in ``migrations``; a test holds the two equal."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA = "ledger"
NAMES = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}
STATUSES = "status IN ('passed', 'failed', 'not_checked', 'not_applicable')"
ORIGIN = "(document #> '{evidence,origin}')"
SEVERITIES = "severity IN ('info', 'warning', 'error', 'critical')"
LEVELS = "IN ('normal', 'degraded', 'critical', 'offline', 'not_checked')"


class Base(DeclarativeBase):
    """All tables live in the schema ``ledger``, since sessions have no search path."""

    metadata = MetaData(schema=SCHEMA, naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger(),
        str: Text(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
    }


class RunRow(Base):
    """One run of a DAG or a command. Airflow's run ids are unique within a DAG only."""

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("origin", "name", "run_id"),
        CheckConstraint("origin IN ('dag', 'cli')", name="origin"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    origin: Mapped[str]
    name: Mapped[str]
    run_id: Mapped[str]
    first_seen: Mapped[datetime] = mapped_column(server_default=func.now())


class ReportRow(Base):
    """One report of a run. A later attempt of the same step supersedes it, and deletes nothing."""

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    run: Mapped[int] = mapped_column(ForeignKey(RunRow.id))
    step: Mapped[str]
    kind: Mapped[str]
    target: Mapped[str]
    status: Mapped[str]
    started_at: Mapped[datetime]
    seconds: Mapped[float]
    document: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    superseded_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(STATUSES, name="status"),
        Index(
            "reports_current_key",
            "run",
            "step",
            "kind",
            "target",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("reports_run_idx", "run"),
        Index("reports_history_idx", "target", "kind", text("started_at DESC")),
        Index(
            "reports_origin_idx",
            "kind",
            text(ORIGIN),
            text("started_at DESC"),
            postgresql_where=text(f"superseded_at IS NULL AND {ORIGIN} IS NOT NULL"),
        ),
    )


class SubjectRow(Base):
    """One thing that is looked at again and again."""

    __tablename__ = "subjects"
    __table_args__ = (UniqueConstraint("target", "kind", "name"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    target: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]


class LookRow(Base):
    """One look at one subject, as one report tells it."""

    __tablename__ = "looks"

    report: Mapped[int] = mapped_column(ForeignKey(ReportRow.id), primary_key=True)
    subject: Mapped[int] = mapped_column(ForeignKey(SubjectRow.id), primary_key=True)
    status: Mapped[str]
    reason: Mapped[str]
    seconds: Mapped[float]
    looked_at: Mapped[datetime]
    superseded: Mapped[bool] = mapped_column(server_default=false())

    __table_args__ = (
        CheckConstraint(STATUSES, name="status"),
        # The last look, and the last that passed, are one probe each however long the history is.
        Index(
            "looks_last_idx",
            "subject",
            text("looked_at DESC"),
            text("report DESC"),
            postgresql_where=text("NOT superseded"),
        ),
        Index(
            "looks_passed_idx",
            "subject",
            text("looked_at DESC"),
            text("report DESC"),
            postgresql_where=text("NOT superseded AND status = 'passed'"),
        ),
    )


class FindingRow(Base):
    """One fault, in the report's order."""

    __tablename__ = "findings"

    report: Mapped[int] = mapped_column(ForeignKey(ReportRow.id), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    check_name: Mapped[str]
    object: Mapped[str]
    severity: Mapped[str]
    message: Mapped[str]
    why: Mapped[str]
    repair: Mapped[str]

    __table_args__ = (
        CheckConstraint(SEVERITIES, name="severity"),
        Index("findings_object_idx", "object", "check_name"),
    )


class StandingRow(Base):
    """Where one service stands by the newest look at it."""

    __tablename__ = "service_standings"
    __table_args__ = (CheckConstraint(f"level {LEVELS}", name="level"),)

    service: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str]
    since: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    document: Mapped[dict[str, Any]]


class ServiceEventRow(Base):
    """One change of a service's level."""

    __tablename__ = "service_events"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    service: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    at: Mapped[datetime]
    cause: Mapped[str]
    message: Mapped[str]
    run: Mapped[int] = mapped_column(ForeignKey(RunRow.id))
    seconds: Mapped[float | None]
    down_seconds: Mapped[float | None]

    __table_args__ = (
        CheckConstraint(f"before {LEVELS} AND after {LEVELS} AND before <> after", name="levels"),
        Index("service_events_service_idx", "service", text("at DESC"), text("id DESC")),
        Index("service_events_newest_idx", text("at DESC"), text("id DESC")),
        Index("service_events_run_idx", "run"),
    )


class BreakerRow(Base):
    """One breaker, for all workers."""

    __tablename__ = "breakers"
    __table_args__ = (CheckConstraint("state IN ('closed', 'open', 'half-open')", name="state"),)

    service: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    document: Mapped[dict[str, Any]]


class CredentialAgeRow(Base):
    """One secret that is or was in use. Whoever has not got the key can't tell which."""

    __tablename__ = "credential_ages"
    __table_args__ = (
        CheckConstraint("fingerprint ~ '^[0-9a-f]{64}$'", name="fingerprint"),
        CheckConstraint("first_seen <= last_seen", name="order"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
