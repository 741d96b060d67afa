"""A foreign key whose own triggers are disabled."""

from studioops.checks.check import ScanCheck
from studioops.model import Severity

CHECK = ScanCheck(
    module=__name__,
    question="Are the triggers of every foreign key enabled?",
    severity=Severity.ERROR,
    why="the constraint looks valid and lets broken references through",
    reads_rows=False,
)
