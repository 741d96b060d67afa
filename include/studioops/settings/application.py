"""The application's own variables: nothing here uses them, and all of them are judged.

They are no part of :class:`Settings`, so that a fault in one never keeps a command from its work.
"""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from studioops.settings.environment import written


class SignIn(BaseSettings):
    """Signing in to the application."""

    jwt_secret_key: SecretStr | None = Field(
        None,
        alias="JWT_SECRET_KEY",
        description="signs every session; at least 32 characters, made by chance",
        json_schema_extra=written(required=True, fresh=True),
    )
    jwt_algorithm: str = Field(
        "HS256", alias="JWT_ALGORITHM", description="how sessions are signed, as JWA names it"
    )
    jwt_expiration_hours: float = Field(
        24,
        alias="JWT_EXPIRATION_HOURS",
        gt=0,
        description="hours until a session ends",
        json_schema_extra=written(24, 72, 8),
    )


class Api(BaseSettings):
    """The application's API, and who may call it."""

    debug: bool = Field(
        default=False,
        alias="DEBUG",
        description="tells callers of errors what only developers should see",
        json_schema_extra=written(development=True),
    )
    development_mode: bool = Field(
        default=False,
        alias="DEVELOPMENT_MODE",
        description="reloads code, and lets in who should not be let in elsewhere",
        json_schema_extra=written(development=True),
    )
    api_cors_enabled: bool = Field(
        default=True,
        alias="API_CORS_ENABLED",
        description="whether pages of other origins may call the API",
        json_schema_extra=written(production=False),
    )
    api_cors_origins: str | None = Field(
        None,
        alias="API_CORS_ORIGINS",
        description="those origins, with commas between",
        json_schema_extra=written("http://localhost:3000", "http://localhost:3000"),
    )
    api_allowed_hosts: str | None = Field(
        None,
        alias="API_ALLOWED_HOSTS",
        description="host names that the API answers to, with commas between",
        json_schema_extra=written("localhost,127.0.0.1", "localhost,127.0.0.1"),
    )
    api_rate_limit_enabled: bool = Field(
        default=True, alias="API_RATE_LIMIT_ENABLED", description="whether callers are held back"
    )
    api_rate_limit: int = Field(
        100,
        alias="API_RATE_LIMIT",
        ge=1,
        description="requests a minute",
        json_schema_extra=written(100, 1000, 100),
    )


class Logs(BaseSettings):
    """The application's logs."""

    log_level: str = Field(
        "INFO",
        alias="LOG_LEVEL",
        description="DEBUG, INFO, WARNING, ERROR or CRITICAL",
        json_schema_extra=written("INFO", "DEBUG", "WARNING"),
    )
    log_format: str = Field(
        "text",
        alias="LOG_FORMAT",
        description="text for people, json for machines",
        json_schema_extra=written("text", "text", "json"),
    )


class Answers(BaseSettings):
    """What the application asks of OpenAI."""

    openai_max_tokens: int = Field(
        1000, alias="OPENAI_MAX_TOKENS", ge=1, description="tokens of an answer, at most"
    )
    openai_temperature: float = Field(
        0.7,
        alias="OPENAI_TEMPERATURE",
        ge=0,
        le=2,
        description="0 answers alike each time, 2 wanders",
    )


class Looks(BaseSettings):
    """The application's own looks at its services."""

    db_pool_pre_ping: bool = Field(
        default=True,
        alias="DB_POOL_PRE_PING",
        description="whether a connection is tried before it is used",
    )
    health_check_timeout: float = Field(
        10,
        alias="HEALTH_CHECK_TIMEOUT",
        gt=0,
        description="seconds for one look",
        json_schema_extra=written(10, 5, 15),
    )
    health_check_retries: int = Field(
        3,
        alias="HEALTH_CHECK_RETRIES",
        ge=0,
        description="looks more where one failed",
        json_schema_extra=written(3, 2, 3),
    )


class Thresholds(BaseSettings):
    """From where on the application alerts."""

    cpu_alert_threshold: float = Field(
        80, alias="CPU_ALERT_THRESHOLD", gt=0, le=100, description="per cent of the processors"
    )
    memory_alert_threshold: float = Field(
        85, alias="MEMORY_ALERT_THRESHOLD", gt=0, le=100, description="per cent of the memory"
    )
    disk_alert_threshold: float = Field(
        90, alias="DISK_ALERT_THRESHOLD", gt=0, le=100, description="per cent of the disk"
    )
    error_rate_alert_threshold: float = Field(
        5, alias="ERROR_RATE_ALERT_THRESHOLD", gt=0, le=100, description="per cent of the requests"
    )


class Copies(BaseSettings):
    """The application's own backups; those that are proven are of STUDIOOPS_BACKUP_*."""

    backup_schedule: str = Field(
        "0 2 * * *", alias="BACKUP_SCHEDULE", description="of the database, as cron has it"
    )
    minio_backup_schedule: str = Field(
        "0 3 * * *", alias="MINIO_BACKUP_SCHEDULE", description="of the objects, as cron has it"
    )
    backup_retention_days: int = Field(
        30, alias="BACKUP_RETENTION_DAYS", ge=1, description="days for which they are kept"
    )
    backup_storage_path: str | None = Field(
        None, alias="BACKUP_STORAGE_PATH", description="the directory that they lie in"
    )


class Mail(BaseSettings):
    """Mail, and the queue that it leaves by."""

    smtp_host: str | None = Field(
        None, alias="SMTP_HOST", description="the mail server; no mail is sent without one"
    )
    smtp_port: int = Field(587, alias="SMTP_PORT", ge=1, le=65535, description="its port")
    smtp_username: str | None = Field(None, alias="SMTP_USERNAME", description="its account")
    smtp_password: SecretStr | None = Field(
        None, alias="SMTP_PASSWORD", description="the account's password"
    )
    smtp_from: str | None = Field(None, alias="SMTP_FROM", description="who mails are from")
    smtp_use_tls: bool = Field(
        default=True, alias="SMTP_USE_TLS", description="whether the password travels encrypted"
    )
    redis_url: SecretStr | None = Field(
        None, alias="REDIS_URL", description="the queue and cache, as redis://host:6379/0"
    )


class ApplicationSettings(SignIn, Api, Logs, Answers, Looks, Thresholds, Copies, Mail):
    """All of them."""

    model_config = SettingsConfigDict(
        env_file=None, env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )
