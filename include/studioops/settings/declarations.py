"""Every setting, declared once: its name in the environment, its type, its default."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import SettingsConfigDict

import studioops
from studioops.errors import UsageError
from studioops.settings.backups import BackupSettings
from studioops.settings.credentials import CredentialSettings
from studioops.settings.environment import Environment, written
from studioops.settings.services import ServiceSettings
from studioops.settings.stores import StoreSettings

DEFAULT_TARGET = "studioops"
STACK_ENV_FILE = Path(".local/stack.env")
SHIPPED_CONTRACT = Path(studioops.__file__).parents[1] / "contracts" / "studioops.yaml"
SHIPPED_HISTORY = Path(studioops.__file__).parents[1] / "revisions" / "studioops" / "alembic.ini"


class Target(BaseModel):
    """A PostgreSQL database under care.

    Args:
        url: how to connect, as libpq takes it (URL or ``key=value`` words).
        contract: the contract's file; without one the catalog alone is judged.
        replica: a standby of the same server that scans read instead, to spare the primary.
        drill: a server that backups are restored on to be proven; the target's own without one.
            The database that it names is never touched.
        alembic: the ``alembic.ini`` of its own history; its revisions come before the contract.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: SecretStr
    contract: Path | None = None
    replica: SecretStr | None = None
    drill: SecretStr | None = None
    alembic: Path | None = None


class Settings(ServiceSettings, CredentialSettings, StoreSettings, BackupSettings):
    """All settings, from the environment, then ``.env``, then what the local stack wrote."""

    model_config = SettingsConfigDict(
        env_file=(STACK_ENV_FILE, ".env"),
        env_ignore_empty=True,
        env_nested_delimiter="__",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    environment: Environment = Field(
        Environment.DEVELOPMENT,
        alias="STUDIOOPS_ENV",
        description="what this is; production asks more of the others",
        json_schema_extra=written("template", "development", "production"),
    )
    database_url: SecretStr | None = Field(
        None,
        alias="DATABASE_URL",
        description="the application's database, which is the target studioops, as "
        "postgresql://user:password@host:5432/database",
        json_schema_extra=written(required=True),
    )
    ledger_url: SecretStr | None = Field(
        None, alias="LEDGER_URL", description="the database of evidence, apart from every target"
    )
    declared_targets: dict[str, Target] = Field(
        {},
        alias="STUDIOOPS_TARGETS",
        description="more databases under care; STUDIOOPS_TARGETS__NAME__URL declares one, and "
        "__CONTRACT, __REPLICA, __DRILL and __ALEMBIC say more of it",
    )

    db_pool_size: int = Field(
        5,
        alias="DB_POOL_SIZE",
        ge=1,
        description="connections that are kept",
        json_schema_extra=written(10, 5, 20),
    )
    db_max_overflow: int = Field(
        10,
        alias="DB_MAX_OVERFLOW",
        ge=0,
        description="connections more, for as long as they are needed",
        json_schema_extra=written(20, 10, 50),
    )
    db_pool_timeout: float = Field(
        15,
        alias="DB_POOL_TIMEOUT",
        gt=0,
        description="seconds that one waits for a connection",
        json_schema_extra=written(30, 15, 60),
    )
    db_pool_recycle: int = Field(
        1800,
        alias="DB_POOL_RECYCLE",
        ge=1,
        description="seconds after which a connection is made anew",
        json_schema_extra=written(3600, 1800, 7200),
    )

    database_wait: float = Field(
        1800,
        alias="STUDIOOPS_DATABASE_WAIT",
        ge=0,
        description="seconds that a DAG waits for a database that is away",
    )
    statement_timeout: float = Field(
        900, alias="STUDIOOPS_STATEMENT_TIMEOUT", gt=0, description="seconds, for every statement"
    )
    scan_batches: int = Field(
        4, alias="STUDIOOPS_SCAN_BATCHES", ge=1, le=64, description="tasks that a DAG scans in"
    )
    scan_connections: int = Field(
        2, alias="STUDIOOPS_SCAN_CONNECTIONS", ge=1, le=32, description="of one scan"
    )
    object_contents: int = Field(
        1000,
        alias="STUDIOOPS_OBJECT_CONTENTS",
        ge=0,
        description="objects of an entry that are read to prove their SHA-256 (up to 1 GiB of "
        "them, chosen at random); 0 for all, whatever their size",
    )
    replica_wait: float = Field(
        60,
        alias="STUDIOOPS_REPLICA_WAIT",
        ge=0,
        description="seconds that a scan waits for a replica to replay what its primary has",
    )
    scan_range_rows: int = Field(
        20_000_000,
        alias="STUDIOOPS_SCAN_RANGE_ROWS",
        ge=1_000,
        description="rows; a larger table is looked at range by range of its primary key",
    )

    gate_rehearsal_age: float = Field(
        604_800,
        alias="STUDIOOPS_GATE_REHEARSAL_AGE",
        gt=0,
        description="seconds; a migration needs a rehearsal that is no older",
    )
    migration_tries: int = Field(
        8,
        alias="STUDIOOPS_MIGRATION_TRIES",
        ge=1,
        le=100,
        description="how often a step of a migration is tried that gets no lock",
    )

    @property
    def targets(self) -> dict[str, Target]:
        """Every target by name; DATABASE_URL is the one called ``studioops``."""
        named = {name.lower(): target for name, target in self.declared_targets.items()}
        if self.database_url is not None and DEFAULT_TARGET not in named:
            named[DEFAULT_TARGET] = Target(
                url=self.database_url, contract=SHIPPED_CONTRACT, alembic=SHIPPED_HISTORY
            )
        return named

    def target(self, name: str) -> Target:
        """The target of that name.

        Raises:
            UsageError: no target has it.
        """
        targets = self.targets
        if name.lower() not in targets:
            known = ", ".join(sorted(targets)) or "none yet"
            raise UsageError(
                f"no target is called {name!r} (known: {known})",
                "start the local stack with `studioops up`, set DATABASE_URL or "
                f"STUDIOOPS_TARGETS__{name.upper()}__URL in .env, or give --dsn URL",
            )
        return targets[name.lower()]

    def drill_of(self, target: Target) -> SecretStr:
        """Where a target's backups are restored to be proven; by default its own server."""
        return target.drill or self.drill_url or target.url
