"""The object store of the settings, as commands reach it."""

from __future__ import annotations

from studioops.errors import UsageError
from studioops.objectstore import ObjectStore, open_object_store
from studioops.settings import Settings


def open_store(settings: Settings, missing: UsageError, *, attempts: int = 1) -> ObjectStore:
    """A client for the object store of the settings.

    Args:
        settings: as they stand.
        missing: raised where they name none.
        attempts: how often a request is tried.

    Raises:
        UsageError: the one that was given.
    """
    key, secret = settings.minio_access_key, settings.minio_secret_key
    if settings.minio_endpoint is None or key is None or secret is None:
        raise missing
    return open_object_store(
        settings.minio_endpoint,
        key.get_secret_value(),
        secret.get_secret_value(),
        region=settings.minio_region,
        secure=settings.minio_secure,
        timeout=settings.minio_health_timeout,
        attempts=attempts,
    )
