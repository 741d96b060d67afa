"""One look at every credential, its age, and its place in the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from studioops.model import Stopwatch
from studioops.orchestration.connections import open_evidence
from studioops.orchestration.reach import fingerprint_key, keys_of
from studioops.orchestration.reason import leaves_reason
from studioops.orchestration.recording import record
from studioops.orchestration.verdict import Recorded
from studioops.services.credentials import (
    credentials_report,
    held,
    look_at_credentials,
    remember,
)
from studioops.settings import load_settings
from studioops.settings.declarations import DEFAULT_TARGET


@leaves_reason
def look_and_judge() -> Recorded:
    """Look at every credential, tell how old each is, and write it down.

    Raises:
        LedgerUnavailable: nothing could be written.
    """
    settings, watch, at = load_settings(), Stopwatch(), datetime.now(UTC)
    with keys_of(settings) as keys:
        wanted = list(held(settings, keys).values())
        found = look_at_credentials(wanted)
    with open_evidence() as ledger:
        ages = remember(ledger, fingerprint_key(settings), wanted, at)
    old_after = timedelta(days=settings.credential_days)
    report = credentials_report(DEFAULT_TARGET, found, watch, ages=ages, at=at, old_after=old_after)
    return record([report.as_json()])
