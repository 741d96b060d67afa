"""Our own backups verified where they lie, without a restore."""

from studioops.backups.verifying.several import verify_all, verify_report
from studioops.backups.verifying.verify import SAMPLE, Verified, VerifyHow, verify_backup

__all__ = [
    "SAMPLE",
    "Verified",
    "VerifyHow",
    "verify_all",
    "verify_backup",
    "verify_report",
]
