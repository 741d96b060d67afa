"""Backups: their keys, which are kept, where they are proven, and what is asked of them."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class BackupSettings(BaseSettings):
    """Backups that are proven."""

    backup_key_id: str | None = Field(
        None,
        alias="STUDIOOPS_BACKUP_KEY_ID",
        description="which of the keys encrypts what is written from now on",
    )
    backup_keys: dict[str, SecretStr] = Field(
        {},
        alias="STUDIOOPS_BACKUP_KEYS",
        description="by id, 32 bytes in base64 each; STUDIOOPS_BACKUP_KEYS__ID sets one",
    )
    backup_schedule: str = Field(
        "0 2 * * *", alias="STUDIOOPS_BACKUP_SCHEDULE", description="as cron has it"
    )
    backup_jobs: int = Field(
        2, alias="STUDIOOPS_BACKUP_JOBS", ge=1, le=64, description="tables at the same time"
    )
    backup_compress: str | None = Field(
        None, alias="STUDIOOPS_BACKUP_COMPRESS", description="as pg_dump --compress takes it"
    )
    backup_fingerprints: bool = Field(
        default=True,
        alias="STUDIOOPS_BACKUP_FINGERPRINTS",
        description="whether each table's contents are fingerprinted, to be compared by a drill",
    )
    backup_keep_daily: int = Field(
        7, alias="STUDIOOPS_BACKUP_KEEP_DAILY", ge=1, description="days of which one is kept"
    )
    backup_keep_weekly: int = Field(
        4, alias="STUDIOOPS_BACKUP_KEEP_WEEKLY", ge=0, description="weeks of which one is kept"
    )
    backup_keep_monthly: int = Field(
        12, alias="STUDIOOPS_BACKUP_KEEP_MONTHLY", ge=0, description="months of which one is kept"
    )
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
