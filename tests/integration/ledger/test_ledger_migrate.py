"""The ledger's tables: made by Alembic, equal to the models, and by two at once just as well."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from studioops.errors import LedgerUnavailable
from studioops.ledger import Ledger, open_ledger, store
from studioops.ledger.failure import REVISIONS
from studioops.ledger.migrate import configuration
from studioops.ledger.store import MIGRATING
from studioops.ledger.tables import SCHEMA, Base

INDEXES = (
    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
    "JOIN pg_class ON pg_class.oid = indrelid "
    "WHERE relnamespace = 'ledger'::regnamespace AND relname <> 'alembic_version'"
)
CONSTRAINTS = (
    "SELECT conrelid::regclass::text || ' ' || conname, pg_get_constraintdef(oid) "
    "FROM pg_constraint WHERE connamespace = 'ledger'::regnamespace "
    "AND conrelid::regclass::text <> 'ledger.alembic_version'"
)
COLUMNS = (
    "SELECT attrelid::regclass::text || '.' || attname, "
    "concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity, attnum, "
    "pg_get_expr(adbin, adrelid)) FROM pg_attribute "
    "JOIN pg_class ON pg_class.oid = attrelid AND relkind = 'r' "
    "LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum "
    "WHERE attnum > 0 AND relnamespace = 'ledger'::regnamespace AND relname <> 'alembic_version'"
)


def shape(dsn: str) -> dict[str, str]:
    """Every index, constraint and column of the ledger, as PostgreSQL spells them."""
    with psycopg.connect(dsn) as connection:
        return {
            name: definition
            for query in (INDEXES, CONSTRAINTS, COLUMNS)
            for name, definition in connection.execute(query).fetchall()
        }


def engine(dsn: str) -> Any:
    return create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))


def test_one_head_and_it_is_the_one_that_the_code_knows() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    known = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(known)) == REVISIONS
    assert scripts.get_heads() == [REVISIONS[-1]]


def test_migrating_again_changes_nothing(ledger: Ledger, database_dsn: str) -> None:
    before = shape(database_dsn)
    ledger.migrate()
    assert shape(database_dsn) == before
    assert len(before) > 40


def test_alembic_sees_no_drift(ledger: Ledger, database_dsn: str) -> None:
    with engine(database_dsn).connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
                "version_table_schema": SCHEMA,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_drift_that_alembic_does_not_see(ledger: Ledger, database_dsn: str, cluster: Any) -> None:
    """Conditions of indexes and checks: what create_all makes is what the migrations make."""
    name = cluster.clone("template0")
    try:
        with engine(cluster.dsn(name)).begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
            Base.metadata.create_all(connection)
        assert shape(database_dsn) == shape(cluster.dsn(name))
    finally:
        cluster.drop(name)


@pytest.mark.parametrize("racers", [2, 6])
def test_many_at_once(ledger_url: str, racers: int) -> None:
    ledgers = [open_ledger(ledger_url) for _ in range(racers)]
    with ThreadPoolExecutor(racers) as pool:
        list(pool.map(Ledger.migrate, ledgers))
    assert [one.runs() for one in ledgers] == [[]] * racers
    for one in ledgers:
        one.close()


def test_waiting_for_another_migration_has_an_end(
    ledger_url: str, database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MIGRATING", replace(MIGRATING, lock_timeout=0.2))
    with psycopg.connect(database_dsn) as other, open_ledger(ledger_url) as ledger:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('studioops.ledger', 0))")
        with pytest.raises(LedgerUnavailable, match="lock timeout"):
            ledger.migrate()
        other.rollback()
        ledger.migrate()


def test_role_that_may_not_create_schemas_can_use_one_made_for_it(
    ledger_url: str, database_dsn: str
) -> None:
    role = ledger_url.partition("//")[2].partition(":")[0]
    with psycopg.connect(database_dsn) as admin:
        admin.execute(f"CREATE SCHEMA ledger AUTHORIZATION {role}")
        database = admin.info.dbname
        admin.execute(f"ALTER DATABASE {database} OWNER TO CURRENT_USER")
    with open_ledger(ledger_url) as ledger:
        ledger.migrate()
        assert ledger.latest() == []


def test_a_failed_migration_leaves_nothing(ledger_url: str, database_dsn: str) -> None:
    role = ledger_url.partition("//")[2].partition(":")[0]
    with psycopg.connect(database_dsn) as admin:
        admin.execute(f"CREATE SCHEMA ledger AUTHORIZATION {role}")
        admin.execute("CREATE TABLE ledger.findings ()")
    with open_ledger(ledger_url) as ledger:
        with pytest.raises(LedgerUnavailable, match='relation "findings" already exists'):
            ledger.migrate()
        with psycopg.connect(database_dsn) as admin:
            tables = admin.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'ledger'::regnamespace"
            ).fetchall()
            assert tables == [("findings",)]
            admin.execute("DROP TABLE ledger.findings")
        ledger.migrate()


def test_back_and_forth(ledger: Ledger, database_dsn: str) -> None:
    before = shape(database_dsn)
    with ledger._transaction(MIGRATING) as connection:
        command.downgrade(configuration(connection), "base")
    assert shape(database_dsn) == {}
    ledger.migrate()
    assert shape(database_dsn) == before
