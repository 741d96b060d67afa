"""The object store: where it is, who we are there, and its buckets."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from studioops.settings.environment import written


class StoreSettings(BaseSettings):
    """The object store."""

    minio_endpoint: str | None = Field(
        None, alias="MINIO_ENDPOINT", description="host:port, without a scheme"
    )
    minio_access_key: SecretStr | None = Field(
        None,
        alias="MINIO_ACCESS_KEY",
        description="the id of the key pair",
        json_schema_extra=written(required=True),
    )
    minio_secret_key: SecretStr | None = Field(
        None,
        alias="MINIO_SECRET_KEY",
        description="the secret of the key pair",
        json_schema_extra=written(required=True),
    )
    minio_secure: bool = Field(
        default=False,
        alias="MINIO_SECURE",
        description="whether it speaks TLS",
        json_schema_extra=written(production=True),
    )
    minio_region: str = Field("us-east-1", alias="MINIO_REGION", description="its region")
    minio_documents_bucket: str = Field(
        "documents", alias="MINIO_DOCUMENTS_BUCKET", description="what documents.path names"
    )
    minio_uploads_bucket: str = Field(
        "uploads", alias="MINIO_UPLOADS_BUCKET", description="what people upload"
    )
    minio_exports_bucket: str = Field(
        "exports", alias="MINIO_EXPORTS_BUCKET", description="what is made for download"
    )
    minio_temp_bucket: str = Field(
        "temp", alias="MINIO_TEMP_BUCKET", description="what may be lost"
    )
    evidence_bucket: str = Field(
        "evidence", alias="STUDIOOPS_EVIDENCE_BUCKET", description="Data Docs"
    )
    backup_bucket: str = Field("backups", alias="STUDIOOPS_BACKUP_BUCKET", description="backups")
    store_wait: float = Field(
        1800,
        alias="STUDIOOPS_STORE_WAIT",
        ge=0,
        description="seconds that a backup waits for the object store before it is spooled",
    )
    spool_dir: Path = Field(
        Path(".local/spool"),
        alias="STUDIOOPS_SPOOL_DIR",
        description="where what waits for the object store lies, encrypted",
    )
    spool_limit: int = Field(10 << 30, alias="STUDIOOPS_SPOOL_LIMIT", ge=0, description="bytes")

    @property
    def buckets(self) -> tuple[str, ...]:
        """The buckets that the application needs, and ours."""
        return (
            self.minio_documents_bucket,
            self.minio_uploads_bucket,
            self.minio_exports_bucket,
            self.minio_temp_bucket,
            self.evidence_bucket,
            self.backup_bucket,
        )
