"""The rehearsal: a plan applied, taken back and applied again on a restored copy."""

from studioops.migrations.rehearsal.rehearsing import (
    Basis,
    RehearseHow,
    Walked,
    find_basis,
    rehearsal_report,
    rehearse,
    walk_copy,
)

__all__ = [
    "Basis",
    "RehearseHow",
    "Walked",
    "find_basis",
    "rehearsal_report",
    "rehearse",
    "walk_copy",
]
