"""The probe of Langfuse: its own health check, its database included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studioops.services.probes.causes import Verdict, of_status
from studioops.services.probes.looking import Peer, address, look
from studioops.services.state import Cause, ServiceState

if TYPE_CHECKING:
    from studioops.services.clients.http import Answer

SERVICE = "langfuse"
# Without the parameter it calls itself well as long as its web server answers.
HEALTH, WITH_DATABASE = "/api/public/health", {"failIfDatabaseUnavailable": "true"}


def probe_langfuse(
    host: str | None,
    *,
    timeout: float = 5,
    slow_after: float = 1,
    service: str = SERVICE,
) -> ServiceState:
    """One look at Langfuse; it takes no credentials. Never raises for an outage.

    Args:
        host: its address, ``https://…``; None where none is configured.
        timeout: seconds for the whole look.
        slow_after: seconds from which an answer counts as degraded.
        service: the name to report it by.

    Returns:
        passed with its version in details, failed with the cause, or not_checked.
    """
    if not host:
        return ServiceState.unknown(service, "set LANGFUSE_HOST in .env")
    peer = Peer(service, address(host), "LANGFUSE_HOST")
    if (fault := peer.fault_of_setup()) is not None:
        return fault
    from studioops.services.clients.http import HttpClient

    client = HttpClient(timeout)

    def ask() -> Verdict:
        with client:
            return _judged(client.request("GET", host.rstrip("/") + HEALTH, params=WITH_DATABASE))

    return look(peer, ask, client.cut, timeout=timeout, slow_after=slow_after)


def _judged(answer: Answer) -> Verdict:
    verdict = of_status(answer.status, answer.headers)
    if verdict is not None:
        return verdict
    document = answer.document()
    if not isinstance(document, dict) or "status" not in document:
        return Verdict(Cause.NONSENSE, "the answer does not speak of health")
    details = {"version": str(document.get("version", ""))}
    if document["status"] != "OK":
        return Verdict(Cause.SERVER_ERROR, "Langfuse says that it is not well", details=details)
    return Verdict(Cause.OK, details=details)
