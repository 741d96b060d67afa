"""One probe a file: one look at one service, within its own limit. None raises for an outage."""

from studioops.services.probes.database import probe_database
from studioops.services.probes.host import probe_host
from studioops.services.probes.http import probe_http
from studioops.services.probes.langfuse import probe_langfuse
from studioops.services.probes.object_store import probe_object_store
from studioops.services.probes.openai import probe_openai
from studioops.services.probes.trello import probe_trello

__all__ = [
    "probe_database",
    "probe_host",
    "probe_http",
    "probe_langfuse",
    "probe_object_store",
    "probe_openai",
    "probe_trello",
]
