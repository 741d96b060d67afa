"""The probe of Trello: until when is the token good, and for what?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from studioops.services.clients import TRELLO_URL
from studioops.services.probes.causes import Verdict, of_status
from studioops.services.probes.looking import Peer, address, look
from studioops.services.state import Cause, ServiceState

if TYPE_CHECKING:
    from studioops.services.clients.http import Answer

SERVICE = "trello"
# The whole body of its 401.
REFUSALS: Mapping[bytes, tuple[str, str]] = {
    b"invalid key": ("Trello does not know the key", "check TRELLO_API_KEY"),
    b"invalid token": (
        "Trello does not take the token",
        "check TRELLO_API_TOKEN, or make one",
    ),
    b"expired token": ("Trello says that the token expired", "make a new TRELLO_API_TOKEN"),
}


def probe_trello(
    key: str | None,
    token: str | None,
    *,
    base_url: str = TRELLO_URL,
    expires_days: float = 14,
    timeout: float = 10,
    slow_after: float = 2,
    service: str = SERVICE,
) -> ServiceState:
    """One look at Trello. Never raises for an outage.

    Args:
        key: the application's; None where none is configured.
        token: the member's; None where none is configured.
        base_url: where it is, with the ``/1``.
        expires_days: days before the token expires from which that is told.
        timeout: seconds for the whole look.
        slow_after: seconds from which an answer counts as degraded.
        service: the name to report it by.

    Returns:
        passed with the token's expiry and permissions in details, failed with the cause, or
        not_checked.
    """
    if not key or not token:
        return ServiceState.unknown(service, "set TRELLO_API_KEY and TRELLO_API_TOKEN in .env")
    secrets = "TRELLO_API_KEY and TRELLO_API_TOKEN"
    peer = Peer(service, address(base_url), "TRELLO_BASE_URL", secrets)
    if (fault := peer.fault_of_setup(key, token)) is not None:
        return fault
    from studioops.services.clients.trello import TrelloClient

    client = TrelloClient(key, token, base_url=base_url, timeout=timeout)

    def ask() -> Verdict:
        with client:
            return _judged(client.token(), expires_days)

    return look(peer, ask, client.cut, timeout=timeout, slow_after=slow_after)


def _judged(answer: Answer, expires_days: float) -> Verdict:
    verdict = of_status(answer.status, answer.headers)
    if verdict is not None:
        said, step = REFUSALS.get(answer.body.strip(), (verdict.said, ""))
        return replace(verdict, said=said, step=step)
    document = answer.document()
    if not isinstance(document, dict) or not isinstance(document.get("permissions"), list):
        return Verdict(Cause.NONSENSE, "the answer does not speak of a token")
    try:
        until = _instant(document.get("dateExpires"))
    except ValueError:
        return Verdict(Cause.NONSENSE, "the answer's date of expiry is none")
    rights = [_rights(one) for one in document["permissions"] if isinstance(one, dict)]
    details = {"expires": until and until.isoformat(), "permissions": rights}
    return replace(_by_expiry(until, expires_days), details=details)


def _instant(text: str | None) -> datetime | None:
    """An ISO 8601 date.

    Raises:
        ValueError: it is none.
    """
    if text is None:
        return None
    found = datetime.fromisoformat(str(text))
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _rights(permission: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "model": permission.get("modelType"),
        "on": permission.get("idModel"),
        "read": bool(permission.get("read")),
        "write": bool(permission.get("write")),
    }


def _by_expiry(until: datetime | None, days: float) -> Verdict:
    if until is None:
        return Verdict(Cause.OK)
    left, step = until - datetime.now(UTC), "make a new TRELLO_API_TOKEN"
    if left <= timedelta():
        return Verdict(Cause.UNAUTHORISED, f"the token expired on {until:%Y-%m-%d}", step)
    if left <= timedelta(days=days):
        said = f"the token expires in {left.days} days, on {until:%Y-%m-%d}"
        return Verdict(Cause.EXPIRES_SOON, said, step)
    return Verdict(Cause.OK)
