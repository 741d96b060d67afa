"""Referential integrity: the contract, and the scan that holds a database against it."""

from studioops.integrity.contract import (
    BrokenContract,
    Contract,
    Fault,
    load_contract,
)
from studioops.integrity.scan import (
    PlannedRelationship,
    batches,
    merge_scans,
    plan_scan,
    scan,
)

__all__ = [
    "BrokenContract",
    "Contract",
    "Fault",
    "PlannedRelationship",
    "batches",
    "load_contract",
    "merge_scans",
    "plan_scan",
    "scan",
]
