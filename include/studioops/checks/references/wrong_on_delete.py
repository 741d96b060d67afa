"""A foreign key with another ON DELETE action than the contract's."""

from studioops.checks.check import ScanCheck
from studioops.model import Severity

CHECK = ScanCheck(
    module=__name__,
    question="Has every foreign key the ON DELETE action that the contract asks for?",
    severity=Severity.ERROR,
    why="the next deletion of a parent does what nobody asked for",
    reads_rows=False,
)
