"""The services that we depend on: looked at, judged, and gone round when they are away."""

from studioops.services.probes import probe_database, probe_object_store
from studioops.services.report import states_report
from studioops.services.state import Cause, ServiceState

__all__ = ["Cause", "ServiceState", "probe_database", "probe_object_store", "states_report"]
