"""Buckets copied beside the database: each object once, encrypted, listed by a manifest."""

from studioops.backups.buckets.comparing import CopiedBuckets, compare_with_copy
from studioops.backups.buckets.copied import CopiedObject
from studioops.backups.buckets.copying import copy_bucket
from studioops.backups.buckets.leftover import unreferenced
from studioops.backups.buckets.listing import list_copy
from studioops.backups.buckets.restoring import restore_objects
from studioops.backups.buckets.verifying import verify_copy

__all__ = [
    "CopiedBuckets",
    "CopiedObject",
    "compare_with_copy",
    "copy_bucket",
    "list_copy",
    "restore_objects",
    "unreferenced",
    "verify_copy",
]
