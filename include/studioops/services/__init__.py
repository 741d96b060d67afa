"""The services that we depend on: looked at, judged, and gone round when they are away."""

from studioops.services.probes import probe_database, probe_object_store
from studioops.services.reach import Reach, Watched, watched
from studioops.services.report import states_report
from studioops.services.state import Cause, ServiceState
from studioops.services.together import look_at

__all__ = [
    "Cause",
    "Reach",
    "ServiceState",
    "Watched",
    "look_at",
    "probe_database",
    "probe_object_store",
    "states_report",
    "watched",
]
