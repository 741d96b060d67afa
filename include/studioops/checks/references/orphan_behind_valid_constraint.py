"""Orphans that a valid foreign key denies."""

from studioops.checks.check import ScanCheck
from studioops.model import Severity

CHECK = ScanCheck(
    module=__name__,
    question="Is any orphan hidden behind a valid foreign key?",
    severity=Severity.CRITICAL,
    why=(
        "the constraint says the data is sound and it is not: VALIDATE passes, pg_dump "
        "passes, and a restore loses this foreign key"
    ),
    reads_rows=True,
)
