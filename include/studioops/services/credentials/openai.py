"""The key of OpenAI's API."""

from __future__ import annotations

from studioops.services.clients import OPENAI_URL
from studioops.services.credentials.credential import Credential
from studioops.services.credentials.weakness import exposed_by, weak_password
from studioops.services.probes import probe_openai

NAME = "openai"
ADMIN = "sk-admin-"


def check_openai(
    api_key: str | None, *, base_url: str = OPENAI_URL, timeout: float = 15, name: str = NAME
) -> Credential:
    """One look at a key: a bad one, one of too few rights and one without quota are told apart.

    Args:
        api_key: None where none is set.
        base_url: where OpenAI is, or what speaks as it does.
        timeout: seconds for the whole look.
        name: to report it by.
    """
    if not api_key:
        return Credential.absent(name, "set OPENAI_API_KEY in .env")
    state = probe_openai(api_key, base_url=base_url, timeout=timeout, service=name)
    admin = ("administer the organisation",) if api_key.startswith(ADMIN) else ()
    return Credential.of_state(
        name,
        state,
        may=("list models", *admin),
        beyond_need=admin,
        weak=weak_password(api_key),
        exposed=exposed_by(base_url),
        unknown=("its expiry and other scopes: OpenAI tells a key nothing of them",),
    )
