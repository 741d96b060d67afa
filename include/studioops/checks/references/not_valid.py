"""A foreign key that nobody has held against the rows from before it."""

from studioops.checks.check import ScanCheck
from studioops.model import Severity

CHECK = ScanCheck(
    module=__name__,
    question="Is any foreign key NOT VALID?",
    severity=Severity.ERROR,
    why="rows from before it may break it, and nobody has looked",
    reads_rows=False,
)
