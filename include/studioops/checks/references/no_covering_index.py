"""A reference that no index leads with."""

from studioops.checks.check import ScanCheck
from studioops.model import Severity

CHECK = ScanCheck(
    module=__name__,
    question="Has every reference an index?",
    severity=Severity.WARNING,
    why="every delete or key change of a parent reads the whole table under its lock",
    reads_rows=False,
)
