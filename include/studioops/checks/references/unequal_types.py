"""A relationship between columns of different types."""

from studioops.checks.check import ScanCheck
from studioops.model import Severity

CHECK = ScanCheck(
    module=__name__,
    question="Have both ends of every relationship one type?",
    severity=Severity.ERROR,
    why=("joins cast every row, indexes go unused, and one end takes what the other can't"),
    reads_rows=False,
)
