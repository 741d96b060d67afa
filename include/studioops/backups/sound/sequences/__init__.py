"""Whether every sequence is ahead of the columns that it feeds."""

from studioops.backups.sound.sequences.proof import sequences

__all__ = ["sequences"]
