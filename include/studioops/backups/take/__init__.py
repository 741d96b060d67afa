"""Taking a backup: one snapshot for the dump and the fingerprints, shipped as it is written."""

from studioops.backups.take.copies import copies_of
from studioops.backups.take.report import backup_evidence, taken_report
from studioops.backups.take.taking import CopyBuckets, How, take

__all__ = ["CopyBuckets", "How", "backup_evidence", "copies_of", "take", "taken_report"]
