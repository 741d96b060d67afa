"""The probe of any HTTP endpoint: its status, its body and its certificate."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from studioops.services.probes.causes import WELL, Verdict, of_status
from studioops.services.probes.looking import Peer, address, look
from studioops.services.state import Cause, ServiceState

if TYPE_CHECKING:
    from studioops.services.clients.http import Answer, HttpClient

SERVICE = "http"
PLACE = "the url of the service"
KEY = "user and password in the url of the service"


def probe_http(
    url: str | None,
    *,
    status: Collection[int] = WELL,
    contains: str = "",
    certificate_days: float = 14,
    timeout: float = 5,
    slow_after: float = 1,
    service: str = SERVICE,
) -> ServiceState:
    """One look at an HTTP endpoint, by GET. Never raises for an outage, follows no redirect.

    Args:
        url: the whole address; ``user:password@`` in it is sent as basic authentication, and
            nothing of it but scheme, host and port is shown. None where none is configured.
        status: the statuses that are well.
        contains: a text that the first MiB of the body must hold; none where it is empty.
        certificate_days: days before the certificate expires from which that is told.
        timeout: seconds for the whole look.
        slow_after: seconds from which an answer counts as degraded.
        service: the name to report it by.

    Returns:
        passed with status and certificate in details, failed with the cause, or not_checked.
    """
    if not url:
        return ServiceState.unknown(service, f"set {PLACE}")
    peer = Peer(service, address(url), PLACE, KEY)
    if (fault := peer.fault_of_setup()) is not None:
        return fault
    wanted = _Wanted(frozenset(status), contains, certificate_days)
    client = _client(url, timeout)

    def ask() -> Verdict:
        with client:
            answer = client.request("GET", url)
            return wanted.judged(answer, client.lines.certificate_expires)

    return look(peer, ask, client.cut, timeout=timeout, slow_after=slow_after)


def _client(url: str, timeout: float) -> HttpClient:
    from requests.auth import HTTPBasicAuth
    from requests.utils import get_auth_from_url

    from studioops.services.clients.http import HttpClient

    user, password = get_auth_from_url(url)
    return HttpClient(timeout, HTTPBasicAuth(user, password) if user or password else None)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an answer must be."""

    status: frozenset[int]
    contains: str
    certificate_days: float

    def judged(self, answer: Answer, expires: datetime | None) -> Verdict:
        details: dict[str, Any] = {"status": answer.status}
        if expires is not None:
            details["certificate_expires"] = expires.isoformat()
        verdict = of_status(answer.status, answer.headers, self.status)
        return replace(verdict or self._beyond_status(answer, expires), details=details)

    def _beyond_status(self, answer: Answer, expires: datetime | None) -> Verdict:
        if self.contains.encode() not in answer.body:
            said = f"the answer does not hold what it must (HTTP {answer.status})"
            return Verdict(Cause.NONSENSE, said)
        if expires is None:
            return Verdict(Cause.OK)
        left = expires - datetime.now(UTC)
        if left > timedelta(days=self.certificate_days):
            return Verdict(Cause.OK)
        said = f"its certificate expires in {left.days} days, on {expires:%Y-%m-%d}"
        return Verdict(Cause.EXPIRES_SOON, said, "renew the certificate")
