"""Whether a restored copy equals its manifest."""

from studioops.backups.faithful.copies import prove_copies
from studioops.backups.faithful.definitions import compare_catalog
from studioops.backups.faithful.rows import compare_rows
from studioops.backups.faithful.sequences import compare_sequences

__all__ = ["compare_catalog", "compare_rows", "compare_sequences", "prove_copies"]
