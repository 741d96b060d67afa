"""Where backups lie: a bucket, or a directory of this machine; both keep the same files."""

from studioops.objectstore.vault.bucket import BucketVault
from studioops.objectstore.vault.directory import DirectoryVault
from studioops.objectstore.vault.pieces import Pieces
from studioops.objectstore.vault.vault import Entry, Readable, Stored, Vault

__all__ = ["BucketVault", "DirectoryVault", "Entry", "Pieces", "Readable", "Stored", "Vault"]
