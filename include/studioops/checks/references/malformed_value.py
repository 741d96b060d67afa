"""Values that can't be what a reference must be."""

from studioops.checks.check import ScanCheck
from studioops.model import Severity

CHECK = ScanCheck(
    module=__name__,
    question="Can every reference be what it must?",
    severity=Severity.ERROR,
    why=("no parent can ever exist for them, and converting the column's type fails on them"),
    reads_rows=True,
)
