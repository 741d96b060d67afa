"""The rehearsal: a plan applied, taken back and applied again on a restored copy."""

from studioops.migrations.rehearsal.rehearsing import RehearseHow, rehearse

__all__ = ["RehearseHow", "rehearse"]
