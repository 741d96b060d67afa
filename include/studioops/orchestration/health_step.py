"""One look at every service, the levels that come of it, and its place in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from studioops.model import Stopwatch
from studioops.orchestration.connections import open_evidence
from studioops.orchestration.reach import reach_of
from studioops.orchestration.reason import leaves_reason
from studioops.orchestration.recording import record, this_run
from studioops.orchestration.verdict import Recorded
from studioops.services import look_at, states_report, watched
from studioops.services.levels import Policy
from studioops.services.report import SERVICES, with_levels
from studioops.services.watching import watched as judged
from studioops.settings import Service, load_settings
from studioops.settings.declarations import DEFAULT_TARGET


@leaves_reason
def look_and_judge() -> Recorded:
    """Look at every service, judge what that does to its level, and write both down.

    Raises:
        LedgerUnavailable: nothing could be written.
    """
    settings, watch = load_settings(), Stopwatch()
    services = settings.services
    at = datetime.now(UTC)
    with reach_of(settings) as reach:
        states = look_at(watched(services, reach))
    optional = {name for name, one in services.items() if not one.required}
    report = states_report(DEFAULT_TARGET, states, watch, kind=SERVICES, optional=optional)
    with open_evidence() as ledger:
        levels = judged(
            ledger, states, policies(services, settings.looks_every), at=at, run=this_run()
        )
    report = with_levels(report, levels)
    return record([report.as_json()])


def policies(services: Mapping[str, Service], every: float) -> dict[str, Policy]:
    """When the level of each service changes.

    Args:
        services: of the settings, by name.
        every: seconds between two runs: nobody looks more often.
    """
    return {
        name: Policy(
            required=one.required,
            failures=one.failures,
            successes=one.successes,
            interval=max(every, one.interval),
        )
        for name, one in services.items()
    }
