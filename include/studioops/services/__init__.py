"""The services that we depend on: one probe a file, each within its own time limit."""

from studioops.services.database import probe_database
from studioops.services.object_store import probe_object_store
from studioops.services.report import states_report
from studioops.services.state import Cause, ServiceState

__all__ = ["Cause", "ServiceState", "probe_database", "probe_object_store", "states_report"]
