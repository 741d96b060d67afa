"""Every setting, declared once: its name in the environment, its type, its default."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

import studioops
from studioops.errors import SettingsError, UsageError

DEFAULT_TARGET = "studioops"
STACK_ENV_FILE = Path(".local/stack.env")
SHIPPED_CONTRACT = Path(studioops.__file__).parents[1] / "contracts" / "studioops.yaml"
SHIPPED_HISTORY = Path(studioops.__file__).parents[1] / "revisions" / "studioops" / "alembic.ini"


class Environment(StrEnum):
    """Which of the three configurations this is."""

    TEMPLATE = "template"
    DEVELOPMENT = "development"
    PRODUCTION = "production"


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


class Settings(BaseSettings):
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

    environment: Environment = Field(Environment.DEVELOPMENT, alias="STUDIOOPS_ENV")
    database_url: SecretStr | None = Field(None, alias="DATABASE_URL")
    ledger_url: SecretStr | None = Field(None, alias="LEDGER_URL")
    declared_targets: dict[str, Target] = Field({}, alias="STUDIOOPS_TARGETS")

    db_pool_size: int = Field(5, alias="DB_POOL_SIZE", ge=1)
    db_max_overflow: int = Field(10, alias="DB_MAX_OVERFLOW", ge=0)
    db_pool_timeout: float = Field(15, alias="DB_POOL_TIMEOUT", gt=0, description="seconds")
    db_pool_recycle: int = Field(1800, alias="DB_POOL_RECYCLE", ge=1, description="seconds")

    minio_endpoint: str | None = Field(None, alias="MINIO_ENDPOINT")
    minio_access_key: SecretStr | None = Field(None, alias="MINIO_ACCESS_KEY")
    minio_secret_key: SecretStr | None = Field(None, alias="MINIO_SECRET_KEY")
    minio_secure: bool = Field(default=False, alias="MINIO_SECURE")
    minio_region: str = Field("us-east-1", alias="MINIO_REGION")
    minio_documents_bucket: str = Field("documents", alias="MINIO_DOCUMENTS_BUCKET")
    minio_uploads_bucket: str = Field("uploads", alias="MINIO_UPLOADS_BUCKET")
    minio_exports_bucket: str = Field("exports", alias="MINIO_EXPORTS_BUCKET")
    minio_temp_bucket: str = Field("temp", alias="MINIO_TEMP_BUCKET")
    evidence_bucket: str = Field("evidence", alias="STUDIOOPS_EVIDENCE_BUCKET")
    backup_bucket: str = Field("backups", alias="STUDIOOPS_BACKUP_BUCKET")

    database_health_timeout: float = Field(5, alias="DATABASE_HEALTH_TIMEOUT", gt=0)
    database_wait: float = Field(
        1800,
        alias="STUDIOOPS_DATABASE_WAIT",
        ge=0,
        description="seconds that a DAG waits for a database that is away",
    )
    minio_health_timeout: float = Field(5, alias="MINIO_HEALTH_TIMEOUT", gt=0)
    statement_timeout: float = Field(
        900, alias="STUDIOOPS_STATEMENT_TIMEOUT", gt=0, description="seconds, for every statement"
    )
    scan_batches: int = Field(4, alias="STUDIOOPS_SCAN_BATCHES", ge=1, le=64)
    scan_connections: int = Field(2, alias="STUDIOOPS_SCAN_CONNECTIONS", ge=1, le=32)
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

    backup_key_id: str | None = Field(None, alias="STUDIOOPS_BACKUP_KEY_ID")
    backup_keys: dict[str, SecretStr] = Field(
        {},
        alias="STUDIOOPS_BACKUP_KEYS",
        description="by id, 32 bytes in base64 each; STUDIOOPS_BACKUP_KEYS__ID sets one",
    )
    backup_schedule: str = Field("0 2 * * *", alias="STUDIOOPS_BACKUP_SCHEDULE")
    backup_jobs: int = Field(2, alias="STUDIOOPS_BACKUP_JOBS", ge=1, le=64)
    backup_compress: str | None = Field(
        None, alias="STUDIOOPS_BACKUP_COMPRESS", description="as pg_dump --compress takes it"
    )
    backup_fingerprints: bool = Field(default=True, alias="STUDIOOPS_BACKUP_FINGERPRINTS")
    backup_keep_daily: int = Field(7, alias="STUDIOOPS_BACKUP_KEEP_DAILY", ge=1)
    backup_keep_weekly: int = Field(4, alias="STUDIOOPS_BACKUP_KEEP_WEEKLY", ge=0)
    backup_keep_monthly: int = Field(12, alias="STUDIOOPS_BACKUP_KEEP_MONTHLY", ge=0)
    backup_lock_days: int = Field(
        7,
        alias="STUDIOOPS_BACKUP_LOCK_DAYS",
        ge=0,
        description="days for which nobody can remove a backup, where the bucket has object lock",
    )
    drill_url: SecretStr | None = Field(
        None,
        alias="STUDIOOPS_DRILL_URL",
        description="the server where backups are proven, for targets that name none themselves",
    )
    store_wait: float = Field(
        1800,
        alias="STUDIOOPS_STORE_WAIT",
        ge=0,
        description="seconds that a backup waits for the object store before it is spooled",
    )
    spool_dir: Path = Field(Path(".local/spool"), alias="STUDIOOPS_SPOOL_DIR")
    spool_limit: int = Field(10 << 30, alias="STUDIOOPS_SPOOL_LIMIT", ge=0, description="bytes")
    restore_target: float = Field(
        3600, alias="STUDIOOPS_RTO", gt=0, description="seconds that a restore may take"
    )
    age_target: float = Field(
        90_000, alias="STUDIOOPS_RPO", gt=0, description="seconds of data that may be lost"
    )
    gate_backup_age: float = Field(
        90_000,
        alias="STUDIOOPS_GATE_BACKUP_AGE",
        gt=0,
        description="seconds; a migration needs a proven backup that is no older",
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
    def buckets(self) -> tuple[str, ...]:
        """The buckets that the application needs, and the one for evidence."""
        return (
            self.minio_documents_bucket,
            self.minio_uploads_bucket,
            self.minio_exports_bucket,
            self.minio_temp_bucket,
            self.evidence_bucket,
            self.backup_bucket,
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


def load_settings() -> Settings:
    """The settings as they stand now.

    Returns:
        the settings; an empty variable counts as not set.

    Raises:
        SettingsError: a value can't be what its setting is; names it and never shows the value.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        said = "; ".join(f"setting {_variable(one['loc'])}: {one['msg']}" for one in faults)
        names = ", ".join(_variable(one["loc"]) for one in faults)
        raise SettingsError(said, f"mend {names} in .env or in the environment") from None
    except SourceError:
        raise SettingsError(
            "STUDIOOPS_TARGETS is no valid JSON",
            "use STUDIOOPS_TARGETS__NAME__URL=… and STUDIOOPS_TARGETS__NAME__CONTRACT=…",
        ) from None


def _variable(location: tuple[int | str, ...]) -> str:
    """The environment variable behind the place that pydantic names."""
    first, *rest = (str(part) for part in location)
    field = Settings.model_fields.get(first)
    top = field.alias if field is not None and field.alias else first
    return "__".join([top, *rest]).upper()
