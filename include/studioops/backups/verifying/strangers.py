"""Files in a dump's folder that its backup does not name."""

from __future__ import annotations

from collections.abc import Iterator

from studioops.backups.model import Manifest
from studioops.backups.seen import Seen, fault
from studioops.backups.shelf import DUMP, Shelf
from studioops.backups.verifying.files import file_name
from studioops.model import Finding

SUBJECT = "nothing else in its folder"


def look_for_strangers(shelf: Shelf, manifest: Manifest) -> Seen:
    """Hold the vault's list against the manifest; a restore reads none of what is too much.

    Args:
        shelf: where the backup lies.
        manifest: the backup's.

    Raises:
        ObjectStoreError: the vault can't be read.
    """
    return Seen.of(SUBJECT, _strangers(shelf, manifest))


def _strangers(shelf: Shelf, manifest: Manifest) -> Iterator[Finding]:
    own = {file_name(manifest, one) for one in manifest.files}
    for entry in shelf.vault.entries(f"{manifest.folder}{DUMP}"):
        if entry.name not in own:
            yield fault(
                "backup_file_foreign",
                entry.name,
                f"no file of that name belongs to the backup ({entry.size} bytes, written "
                f"{entry.modified:%Y-%m-%d %H:%M} UTC)",
                "no restore reads it, but whoever wrote it can write to your backups",
                f"see in the store's log who wrote it, then remove it from {shelf.vault.where}",
            )
