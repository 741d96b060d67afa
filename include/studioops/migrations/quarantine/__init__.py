"""The quarantine: in the target itself, rows taken out and references cleared, to be put back."""

from studioops.migrations.quarantine.counting import GoingCount, what_would_go
from studioops.migrations.quarantine.shelf import Held, held_back

__all__ = ["GoingCount", "Held", "held_back", "what_would_go"]
