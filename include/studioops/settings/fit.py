"""The judgement at start-up: production does not run with what is critical."""

from __future__ import annotations

from studioops.errors import Refused
from studioops.model import Severity
from studioops.settings.declarations import Settings
from studioops.settings.environment import Environment


def require_fit(settings: Settings) -> None:
    """Refuse to run in production with a critical finding.

    Args:
        settings: as they stand.

    Raises:
        Refused: this is production, and the configuration is not fit for it.
    """
    if settings.environment is not Environment.PRODUCTION:
        return
    from studioops.settings.reading import read_values
    from studioops.settings.rules import judge

    worst = [one for one in judge(read_values()) if one.severity is Severity.CRITICAL]
    if not worst:
        return
    first = worst[0]
    more = f" (and {len(worst) - 1} more: `studioops config validate`)" if worst[1:] else ""
    raise Refused(f"not fit for production: {first.object}: {first.message}{more}", first.repair)
