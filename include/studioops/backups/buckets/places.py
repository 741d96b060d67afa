"""Where a bucket's copies lie in a vault."""

from __future__ import annotations

import secrets

from studioops.backups.model import folder_of
from studioops.backups.shelf import Shelf

BUCKETS = "buckets/"
COPYING = "copying/"
NAME_BYTES = 16


def top(shelf: Shelf) -> str:
    """Where all copies of a target's buckets lie; ends in a slash."""
    return f"{folder_of(shelf.target)}{BUCKETS}"


def data_folder(shelf: Shelf, bucket: str) -> str:
    """Where the contents of a bucket's objects lie; ends in a slash."""
    return f"{top(shelf)}{bucket}/data/"


def new_data_name(shelf: Shelf, bucket: str) -> str:
    """A name for one object's content, by chance: it tells nothing of the object's."""
    return f"{data_folder(shelf, bucket)}{secrets.token_hex(NAME_BYTES)}"


def manifest_name(shelf: Shelf, bucket: str, backup_id: str) -> str:
    """Where one copy's list lies."""
    return f"{top(shelf)}{bucket}/manifests/{backup_id}"


def mark_name(shelf: Shelf, bucket: str, backup_id: str) -> str:
    """Where a copy in progress says which earlier one it rests on."""
    return f"{top(shelf)}{bucket}/{COPYING}{backup_id}"
