"""Applying a plan and taking it back, whatever breaks in between."""

from studioops.migrations.runner.applying import apply
from studioops.migrations.runner.reverting import revert

__all__ = ["apply", "revert"]
