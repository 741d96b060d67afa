"""Referential integrity: the contract, and the scan that holds a database against it."""

from studioops.integrity.contract import (
    BrokenContract,
    Contract,
    Fault,
    load_contract,
)
from studioops.integrity.expectations import (
    check_expectations,
    expectations_not_checked,
    plain_html,
    publish_docs,
)
from studioops.integrity.objects import compare_objects, objects_not_checked
from studioops.integrity.scan import (
    PlannedRelationship,
    batches,
    foreign_key_line,
    judge_definitions,
    merge_scans,
    orphans_line,
    plan_scan,
    reading_line,
    remaining,
    scan,
    unseen_keys,
)
from studioops.integrity.trend import Trend, compare_reports
from studioops.integrity.whole import rest_lines, with_parts

__all__ = [
    "BrokenContract",
    "Contract",
    "Fault",
    "PlannedRelationship",
    "Trend",
    "batches",
    "check_expectations",
    "compare_objects",
    "compare_reports",
    "expectations_not_checked",
    "foreign_key_line",
    "judge_definitions",
    "load_contract",
    "merge_scans",
    "objects_not_checked",
    "orphans_line",
    "plain_html",
    "plan_scan",
    "publish_docs",
    "reading_line",
    "remaining",
    "rest_lines",
    "scan",
    "unseen_keys",
    "with_parts",
]
