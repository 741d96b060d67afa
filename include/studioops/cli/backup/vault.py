"""How the backup commands reach the place where a target's backups lie."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from studioops.backups.shelf import Shelf
from studioops.cli.options import Chosen
from studioops.cli.store import open_store
from studioops.errors import NoSuchBackup, SettingsError, UsageError
from studioops.objectstore import ObjectStore
from studioops.objectstore.encryption import Keyring
from studioops.objectstore.vault import BucketVault, DirectoryVault
from studioops.settings import Settings

ATTEMPTS = 4
VaultOption = Annotated[
    Path | None,
    typer.Option(
        "--to",
        help="The directory of this machine where backups lie, instead of the object store.",
        file_okay=False,
        metavar="DIR",
    ),
]


@contextmanager
def open_shelf(chosen: Chosen, directory: Path | None, *, make: bool = False) -> Iterator[Shelf]:
    """The backups of the target that a command was pointed at.

    Args:
        chosen: the target.
        directory: of this machine, where they lie; None for the object store of the settings.
        make: whether a place that is missing is made; who only reads must not take an empty one
            for the right one.

    Raises:
        SettingsError: there is no key, or neither a directory nor an object store.
        UsageError: there is no such directory.
        ObjectStoreError: the bucket can't be made.
    """
    keyring = Keyring.of(chosen.settings)
    if directory is not None:
        if not make and not directory.is_dir():
            raise UsageError(
                f"there is no directory {directory}",
                "give the directory that its backups were taken to",
            )
        yield Shelf(DirectoryVault(directory), keyring, chosen.identity)
        return
    with open_source(chosen.settings) as store:
        bucket = chosen.settings.backup_bucket
        if make:
            store.ensure_buckets([bucket])
        vault = BucketVault(store, bucket, _locked_until(chosen.settings.backup_lock_days))
        yield Shelf(vault, keyring, chosen.identity)


def _locked_until(days: int) -> datetime | None:
    return datetime.now(UTC) + timedelta(days=days) if days else None


def open_source(settings: Settings) -> ObjectStore:
    """The object store of the settings; a request is tried more than once.

    Args:
        settings: as they stand.

    Raises:
        SettingsError: they name none.
    """
    missing = SettingsError(
        "there is no place for backups: no object store is configured",
        "set MINIO_ENDPOINT, MINIO_ACCESS_KEY and MINIO_SECRET_KEY, or give --to DIR",
    )
    return open_store(settings, missing, attempts=ATTEMPTS)


def newest_backup(shelf: Shelf) -> str:
    """The id of the newest backup.

    Args:
        shelf: the target's.

    Raises:
        NoSuchBackup: there is none.
    """
    newest = next(shelf.newest_first(), None)
    if newest is None:
        raise NoSuchBackup(
            f"{shelf.target} has no backup in {shelf.vault.where}",
            "take one: `studioops backup take`",
        )
    return newest
