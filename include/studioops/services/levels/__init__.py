"""How services are doing: a level each and one for the whole, from looks alone."""

from studioops.services.levels.change import change_of
from studioops.services.levels.level import Level, level_of
from studioops.services.levels.policy import Policy
from studioops.services.levels.standing import Standing
from studioops.services.levels.step import step
from studioops.services.levels.whole import WHOLE, Whole, whole, whole_standing

__all__ = [
    "WHOLE",
    "Level",
    "Policy",
    "Standing",
    "Whole",
    "change_of",
    "level_of",
    "step",
    "whole",
    "whole_standing",
]
