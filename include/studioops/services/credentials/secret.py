"""A secret that signs: nobody but its owner can refuse it, so it is judged by what it is."""

from __future__ import annotations

from collections.abc import Callable

from studioops.model import Status
from studioops.services.credentials.credential import Credential
from studioops.services.state import Cause
from studioops.settings.rules.strength import weakness


def strict(secret: str) -> str:
    """Why a secret of the application is weak, by the rule that ``config validate`` goes by."""
    return weakness(secret) or ""


def check_secret(
    name: str, secret: str | None, place: str, signs: str, judge: Callable[[str], str] = strict
) -> Credential:
    """Judge a secret by its length, its chance and whether others know it.

    Args:
        name: to report it by.
        secret: None where it is not set.
        place: the setting that holds it.
        signs: what is signed with it.
        judge: says why it is weak; an empty text where it is not.
    """
    if not secret:
        return Credential.absent(name, f"set {place}")
    weak = judge(secret)
    said = f"{place} {weak}" if weak else f"{place} is long and made by chance"
    return Credential(name, Status.PASSED, Cause.OK, said, may=(f"sign {signs}",), weak=weak)
