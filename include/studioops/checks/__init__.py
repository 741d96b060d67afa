"""The catalogue of checks: one question a file, each with its SQL, its repair and its page."""

from studioops.checks.check import Check, Found, Row, ScanCheck, SqlCheck
from studioops.checks.registry import all_checks, choose_checks
from studioops.checks.run import run_checks

__all__ = [
    "Check",
    "Found",
    "Row",
    "ScanCheck",
    "SqlCheck",
    "all_checks",
    "choose_checks",
    "run_checks",
]
