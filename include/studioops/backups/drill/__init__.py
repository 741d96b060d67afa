"""The drill: a backup restored elsewhere and judged twice."""

from studioops.backups.drill.drilling import DrillHow, drill
from studioops.backups.drill.restoring import Restoration, restore_backup
from studioops.backups.drill.verdict import Aims, conclude

__all__ = ["Aims", "DrillHow", "Restoration", "conclude", "drill", "restore_backup"]
