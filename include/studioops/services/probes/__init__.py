"""One probe a file: one look at one service, within its own limit. None raises for an outage."""

from studioops.services.probes.database import probe_database
from studioops.services.probes.object_store import probe_object_store

__all__ = ["probe_database", "probe_object_store"]
