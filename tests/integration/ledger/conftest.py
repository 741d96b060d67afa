"""A migrated ledger in a database of the test's own, used as a plain role and not as superuser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from studioops.ledger import Ledger, open_ledger
from studioops.model import Finding, Report, Severity, Status, Subject

SECRET = "p@ss/w:rd #7"
NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)

MakeReport = Callable[..., Report]


@pytest.fixture
def secret() -> str:
    """The password of the ledger's role, not percent-encoded."""
    return SECRET


@pytest.fixture
def ledger_url(database_dsn: str) -> Iterator[str]:
    """A role of its own that owns the database, and nothing else."""
    words = conninfo_to_dict(database_dsn)
    role = f"ledger_{words['dbname']}"
    names = {"role": sql.Identifier(role), "database": sql.Identifier(str(words["dbname"]))}
    with psycopg.connect(database_dsn, autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE ROLE {role} LOGIN PASSWORD {secret}").format(secret=SECRET, **names)
        )
        admin.execute(sql.SQL("ALTER DATABASE {database} OWNER TO {role}").format(**names))
    where = f"{words['host']}:{words['port']}/{words['dbname']}"
    yield f"postgresql://{role}:{quote(SECRET, safe='')}@{where}"
    with psycopg.connect(database_dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("REASSIGN OWNED BY {role} TO CURRENT_USER").format(**names))
        admin.execute(sql.SQL("DROP OWNED BY {role}").format(**names))
        admin.execute(sql.SQL("DROP ROLE {role}").format(**names))


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """Migrated and empty."""
    with open_ledger(ledger_url) as opened:
        opened.migrate()
        yield opened


@pytest.fixture
def make_report() -> MakeReport:
    """A report of some subjects: ``make_report({"a": Status.PASSED}, hours=1)``."""

    def make(
        subjects: dict[str, Status],
        *,
        hours: float = 0,
        kind: str = "scan",
        target: str = "studioops",
        reason: str = "",
    ) -> Report:
        return Report(
            kind=kind,
            target=target,
            status=Status.worst(subjects.values()),
            started_at=NOON + timedelta(hours=hours),
            seconds=1.5,
            subjects=tuple(Subject(name, one, reason, 0.25) for name, one in subjects.items()),
            findings=tuple(
                Finding("orphans", name, Severity.ERROR, f"{name} is broken", "why", "repair")
                for name, one in subjects.items()
                if one is Status.FAILED
            ),
            evidence={"schema_version": 1, "relationships": [{"child": name} for name in subjects]},
        )

    return make
