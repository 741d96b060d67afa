"""The ledger: what was proven, when, by which run, and how long it took."""

from studioops.ledger.model import (
    BEFORE,
    ReportLine,
    RunRecord,
    RunRef,
    StoredReport,
    SubjectEvidence,
)
from studioops.ledger.service_model import Recoveries, ServiceEvent
from studioops.ledger.store import Ledger, open_ledger

__all__ = [
    "BEFORE",
    "Ledger",
    "Recoveries",
    "ReportLine",
    "RunRecord",
    "RunRef",
    "ServiceEvent",
    "StoredReport",
    "SubjectEvidence",
    "open_ledger",
]
