"""The quarantine: in the target itself, rows taken out and references cleared, to be put back."""

from studioops.migrations.quarantine.counting import GoingCount, what_would_go
from studioops.migrations.quarantine.shelf import Held, held_back, summed

__all__ = ["GoingCount", "Held", "held_back", "summed", "what_would_go"]
