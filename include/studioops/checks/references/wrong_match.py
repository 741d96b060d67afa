"""A foreign key that matches otherwise than the contract asks."""

from studioops.checks.check import ScanCheck
from studioops.model import Severity

CHECK = ScanCheck(
    module=__name__,
    question="Does every foreign key match as the contract asks?",
    severity=Severity.ERROR,
    why="a partly NULL reference is taken, or refused, where the contract says otherwise",
    reads_rows=False,
)
