"""From the difference between a contract and a database to a plan."""

from studioops.migrations.planner.planning import make_plan
from studioops.migrations.planner.proposal import Estimate, Proposal

__all__ = ["Estimate", "Proposal", "make_plan"]
