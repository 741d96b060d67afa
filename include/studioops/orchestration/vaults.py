"""A target's backups as tasks reach them: the vault, the keys, the server for drills."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from studioops.backups.shelf import Shelf
from studioops.errors import SettingsError
from studioops.objectstore import ObjectStore
from studioops.objectstore.encryption import Keyring
from studioops.objectstore.vault import BucketVault, DirectoryVault
from studioops.orchestration.connections import connection_of, database_url, open_store
from studioops.settings import load_settings

BACKUP_KEYS = "studioops_backup_keys"
DRILL = "_drill"
TRIES = 4


def keyring() -> Keyring:
    """The keys of the connection ``studioops_backup_keys``; else those of the settings.

    Its login is the current key's id and its password the key (32 bytes in base64); older keys
    stand in its extra, by id.

    Raises:
        SettingsError: there are none, or one is no key.
    """
    connection, settings = connection_of(BACKUP_KEYS), load_settings()
    if connection is None and settings.backup_key_id:
        return Keyring.of(settings)
    if connection is None:
        raise SettingsError(
            f"Airflow has no connection called {BACKUP_KEYS!r}, and the settings hold no key",
            f"airflow connections add {BACKUP_KEYS} --conn-type generic --conn-login KEY_ID "
            "--conn-password KEY, where KEY is what `openssl rand -base64 32` prints",
        )
    keys = {str(name): str(key) for name, key in connection.extra_dejson.items()}
    current = connection.login or ""
    try:
        return Keyring.of_texts(current, {**keys, current: connection.password or ""})
    except SettingsError as error:
        raise SettingsError(
            f"the Airflow connection {BACKUP_KEYS!r}: {error.message}",
            "give it the key's id as login and the key (32 bytes in base64) as password, and older "
            "keys by id as extra",
        ) from None


@contextmanager
def open_vault() -> Iterator[tuple[ObjectStore, BucketVault]]:
    """The object store with the bucket for backups, which is made where it is absent.

    Raises:
        SettingsError: there is no connection.
        ObjectStoreError: it can't be reached.
    """
    settings = load_settings()
    with open_store(settings.minio_health_timeout, attempts=TRIES) as store:
        store.ensure_buckets([settings.backup_bucket])
        locked = datetime.now(UTC) + timedelta(days=settings.backup_lock_days)
        yield (
            store,
            BucketVault(
                store, settings.backup_bucket, locked if settings.backup_lock_days else None
            ),
        )


@contextmanager
def open_shelf(target: str) -> Iterator[Shelf]:
    """A target's backups in the object store.

    Args:
        target: the target's name.
    """
    keys = keyring()
    with open_vault() as (_, vault):
        yield Shelf(vault, keys, target)


def spool() -> DirectoryVault:
    """The directory of this host where backups wait for the object store."""
    settings = load_settings()
    return DirectoryVault(settings.spool_dir.resolve(), settings.spool_limit)


def drill_server(target: str) -> str:
    """Where a target's backups are restored to be proven.

    Args:
        target: the target's name; its connection of that name and ``_drill``, else its own.
    """
    try:
        return database_url(target + DRILL)
    except SettingsError:
        return database_url(target)
