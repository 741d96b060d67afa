"""A foreign key that is declared and not enforced."""

from studioops.checks.check import ScanCheck
from studioops.model import Severity

CHECK = ScanCheck(
    module=__name__,
    question="Is every foreign key enforced?",
    severity=Severity.ERROR,
    why="the constraint is a remark: PostgreSQL checks nothing",
    reads_rows=False,
)
