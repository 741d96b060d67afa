"""Applying a plan and taking it back, whatever breaks in between."""

from studioops.migrations.runner.applying import Admit, apply
from studioops.migrations.runner.reverting import Reverted, revert

__all__ = ["Admit", "Reverted", "apply", "revert"]
