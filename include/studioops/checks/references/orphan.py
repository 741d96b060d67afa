"""Rows whose reference finds no parent."""

from studioops.checks.check import ScanCheck
from studioops.model import Severity

CHECK = ScanCheck(
    module=__name__,
    question="Has every reference its parent?",
    severity=Severity.ERROR,
    why="whatever follows the reference finds nothing, and no foreign key can be added",
    reads_rows=True,
)
