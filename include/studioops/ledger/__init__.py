"""The ledger: what was proven, when, by which run, and how long it took."""

from studioops.ledger.model import ReportLine, RunRecord, RunRef, StoredReport, SubjectEvidence
from studioops.ledger.store import Ledger, open_ledger

__all__ = [
    "Ledger",
    "ReportLine",
    "RunRecord",
    "RunRef",
    "StoredReport",
    "SubjectEvidence",
    "open_ledger",
]
