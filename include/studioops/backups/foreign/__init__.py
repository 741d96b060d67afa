"""Proving dumps that other tools than ours took."""

from studioops.backups.foreign.source import on_disk
from studioops.backups.foreign.verify import VerifyHow, verify_dump

__all__ = ["VerifyHow", "on_disk", "verify_dump"]
