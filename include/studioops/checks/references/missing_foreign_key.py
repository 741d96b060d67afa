"""A relationship of the contract that no foreign key backs."""

from studioops.checks.check import ScanCheck
from studioops.model import Severity

CHECK = ScanCheck(
    module=__name__,
    question="Has every relationship of the contract its foreign key?",
    severity=Severity.ERROR,
    why="nothing stops the next broken reference",
    reads_rows=False,
)
