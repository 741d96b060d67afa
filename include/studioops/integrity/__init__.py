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
    foreign_key_line,
    merge_scans,
    orphans_line,
    plan_scan,
    scan,
    unseen_keys,
)

__all__ = [
    "BrokenContract",
    "Contract",
    "Fault",
    "PlannedRelationship",
    "batches",
    "foreign_key_line",
    "load_contract",
    "merge_scans",
    "orphans_line",
    "plan_scan",
    "scan",
    "unseen_keys",
]
