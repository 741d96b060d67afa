"""The probe of OpenAI: which models may this key use?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from studioops.services.clients import OPENAI_URL
from studioops.services.clients.lines import Lines
from studioops.services.probes.causes import Verdict, not_wanted
from studioops.services.probes.looking import Peer, address, look
from studioops.services.state import Cause, ServiceState

if TYPE_CHECKING:
    from openai import APIStatusError
    from openai.resources.models import ModelsWithRawResponse

SERVICE = "openai"
QUOTA_CODE = "insufficient_quota"
# A key of too few rights is answered as a bad one is.
MISSING_SCOPES = "missing scopes"
UNAUTHORISED_HTTP = 401


def probe_openai(
    api_key: str | None,
    *,
    base_url: str = OPENAI_URL,
    timeout: float = 15,
    slow_after: float = 3,
    service: str = SERVICE,
) -> ServiceState:
    """One look at OpenAI, or at what speaks as it does. Never raises for an outage.

    Args:
        api_key: what to look with; None where none is configured.
        base_url: where it is, with the ``/v1``.
        timeout: seconds for the whole look.
        slow_after: seconds from which an answer counts as degraded.
        service: the name to report it by.

    Returns:
        passed with the number of models in details, failed with the cause, or not_checked.
    """
    if not api_key:
        return ServiceState.unknown(service, "set OPENAI_API_KEY in .env")
    peer = Peer(service, address(base_url), "OPENAI_BASE_URL", "OPENAI_API_KEY")
    if (fault := peer.fault_of_setup(api_key)) is not None:
        return fault
    from studioops.services.clients.openai import open_openai

    lines = Lines()
    client = open_openai(api_key, base_url=base_url, timeout=timeout, lines=lines)
    # What it loads at the first use takes a second that is none of OpenAI's.
    models = client.models.with_raw_response

    def ask() -> Verdict:
        with client:
            try:
                return _listed(models)
            finally:
                lines.release()

    return look(peer, ask, lines.cut, timeout=timeout, slow_after=slow_after)


def _listed(models: ModelsWithRawResponse) -> Verdict:
    from openai import APIStatusError

    try:
        answer = models.list()
    except APIStatusError as error:
        return _answered(error)
    document = answer.http_response.json()
    found = document.get("data") if isinstance(document, dict) else None
    if not isinstance(found, list):
        return Verdict(Cause.NONSENSE, "the answer is no list of models")
    return Verdict(Cause.OK, details={"models": len(found)})


def _answered(error: APIStatusError) -> Verdict:
    """An answer that is no list; never its text: it quotes the key in part."""
    verdict = not_wanted(error.status_code, error.response.headers)
    if error.code == QUOTA_CODE:
        return replace(verdict, cause=Cause.QUOTA, said="the account's quota is used up")
    if error.status_code == UNAUTHORISED_HTTP and MISSING_SCOPES in str(error).lower():
        said = "the key may not list models (missing scopes)"
        step = "give the key the scope api.model.read, or set one that has it"
        return replace(verdict, cause=Cause.FORBIDDEN, said=said, step=step)
    return verdict
