"""One look at a service over the network: within its limit, and told in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from studioops.model import Status, Stopwatch
from studioops.services.probes.causes import Verdict
from studioops.services.probes.limit import within
from studioops.services.probes.unanswered import unanswered
from studioops.services.state import LESS_OFTEN, Cause, ServiceState

STEPS: Mapping[Cause, str] = {
    Cause.REFUSED: "check that it runs and that {place} is right",
    Cause.DNS: "check the host's name in {place}, and this machine's DNS",
    Cause.TIMEOUT: "check {place} and the firewall, and whether the service is overloaded",
    Cause.RESET: "check for a proxy or a firewall in between, then look again",
    Cause.TLS: "check its certificate and {place}; REQUESTS_CA_BUNDLE or SSL_CERT_FILE names "
    "authorities of your own",
    Cause.UNAUTHORISED: "check {key}",
    Cause.FORBIDDEN: "give {key} the rights that are asked for, or set what has them",
    Cause.RATE_LIMITED: LESS_OFTEN,
    Cause.QUOTA: "raise the limit of the account, or pay its bill",
    Cause.SERVER_ERROR: "look at the service's own log or status page",
    Cause.NONSENSE: "check {place}: something else answers there, or asks for a login",
    Cause.SLOW: "look at the service's load, and at the network in between",
    Cause.ERROR: "check {place} and the network in between",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom a look asks, in words that may be shown.

    Args:
        service: the name to report it by.
        where: its address, without path, query and credentials.
        place: the setting that says where it is.
        key: the settings that hold its credentials.
    """

    service: str
    where: str
    place: str
    key: str = "its credentials"

    def fault_of_setup(self, *secrets: str) -> ServiceState | None:
        """The state of a service that is set up so that nobody can ask it; None where one can.

        Args:
            secrets: the values of ``key``.
        """
        if not self.where:
            said, step = "no address over HTTP is set", f"write https://host in {self.place}"
        elif not sendable(*secrets):
            said = "its credentials hold a space, a line's end or a letter beyond ASCII"
            step = f"set {self.key} again"
        else:
            return None
        message = f"{self.service}: {said}"
        return ServiceState(self.service, Status.NOT_CHECKED, Cause.ERROR, message, step)


def address(url: str) -> str:
    """Scheme, host and port of a URL; its path, query and user may hold a secret.

    Returns:
        what may be shown; empty where it is no address over HTTP.
    """
    try:
        parts = urlsplit(url.strip())
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}"


def sendable(*secrets: str) -> bool:
    """Whether these can stand in a header: what was pasted with a line's end can't."""
    return all(one.isascii() and one.isprintable() and " " not in one for one in secrets)


def look(
    peer: Peer,
    ask: Callable[[], Verdict],
    cut: Callable[[], None],
    *,
    timeout: float,
    slow_after: float,
) -> ServiceState:
    """One look. Never raises for an outage.

    Args:
        peer: whom it is at.
        ask: asks the service; may raise whatever its client raises.
        cut: ends, from another thread, what it waits for.
        timeout: seconds for the whole look.
        slow_after: seconds from which an answer counts as degraded.
    """
    watch = Stopwatch()
    try:
        verdict = within(timeout, ask, cut)
    except Exception as error:  # noqa: BLE001 - whatever a client raises, the service is not well
        verdict = unanswered(error, timeout)
    return _state(peer, verdict, watch.seconds, slow_after)


def _state(peer: Peer, verdict: Verdict, seconds: float, slow_after: float) -> ServiceState:
    cause, latency = verdict.cause, seconds * 1000
    if cause is Cause.OK and seconds > slow_after:
        cause = Cause.SLOW
    said = f": {verdict.said}" if verdict.said else f" answers in {latency:.0f} ms"
    step = verdict.step or STEPS.get(cause, "").format(place=peer.place, key=peer.key)
    return ServiceState(
        peer.service,
        Status.PASSED if cause is Cause.OK or cause.degraded else Status.FAILED,
        cause,
        f"{peer.where}{said}",
        step,
        latency,
        verdict.details,
        verdict.retry_after_s,
    )
