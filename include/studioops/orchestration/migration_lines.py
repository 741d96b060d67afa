"""A plan as the table that Airflow's page shows to whoever is to agree."""

from __future__ import annotations

from collections.abc import Iterator

from studioops.migrations.planner import Proposal


def plan_lines(proposal: Proposal) -> Iterator[str]:
    """The plan in Markdown, line by line.

    Args:
        proposal: what is to be applied.
    """
    yield f"Plan `{proposal.plan.hash[:12]}`: {len(proposal.plan.operations)} operations"
    yield ""
    yield "| stage | operation | rows | lock there | blocks | lock back |"
    yield "|---|---|---|---|---|---|"
    for one, estimate in zip(proposal.plan.operations, proposal.estimates, strict=True):
        cells = (
            one.stage.name.lower(),
            one.words().replace("|", "\\|"),
            str(estimate.rows),
            estimate.lock,
            estimate.blocks,
            estimate.lock_back,
        )
        yield f"| {' | '.join(cells)} |"
    for line in (*proposal.absent, *proposal.remarks):
        yield f"\n{line}"
