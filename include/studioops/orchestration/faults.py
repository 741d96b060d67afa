"""The asset that says that faults were found: what mends them is due then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import Asset, get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from studioops.model import Status

INTEGRITY_FAULTS = Asset(
    name="studioops_integrity_faults", uri="studioops://integrity/faults", group="studioops"
)


def announce_faults(target: str, recorded: Mapping[str, Any]) -> None:
    """Make an event of a run that found faults.

    Args:
        target: the target's name, which the event carries.
        recorded: what the ledger holds of the run.

    Raises:
        AirflowSkipException: there is no fault; what nobody looked at is no fault, and no news
            for whoever mends faults.
    """
    if recorded["status"] != Status.FAILED:
        raise AirflowSkipException(f"{target}: no fault was found")
    events = get_current_context()["outlet_events"]
    events[INTEGRITY_FAULTS].extra = {"target": target, "report_id": recorded["report_id"]}
