"""Trello's key and token: until when, for what, and whether that is more than cards need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from studioops.services.clients import TRELLO_URL
from studioops.services.credentials.credential import Credential
from studioops.services.credentials.weakness import exposed_by, weak_password
from studioops.services.probes import probe_trello

NAME = "trello"
EVERY = "*"
WHAT = {"Board": "boards", "Member": "the account", "Organization": "workspaces"}


def check_trello(
    key: str | None,
    token: str | None,
    *,
    base_url: str = TRELLO_URL,
    board: str | None = None,
    timeout: float = 10,
    name: str = NAME,
) -> Credential:
    """One look at a token.

    Args:
        key: the application's; None where none is set.
        token: the member's; None where none is set.
        base_url: where Trello is.
        board: the one board that cards are written to; None where nothing is written.
        timeout: seconds for the whole look.
        name: to report it by.
    """
    if not key or not token:
        return Credential.absent(name, "set TRELLO_API_KEY and TRELLO_API_TOKEN in .env")
    state = probe_trello(key, token, base_url=base_url, timeout=timeout, service=name)
    rights = state.details.get("permissions", ())
    expires = state.details.get("expires")
    return Credential.of_state(
        name,
        state,
        may=tuple(_may(rights)),
        beyond_need=tuple(_beyond(rights, board)),
        expires_at=_instant(expires) if expires else None,
        weak=weak_password(token),
        exposed=exposed_by(base_url),
    )


def _may(rights: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for one in rights:
        for word in ("read", "write"):
            if one[word]:
                yield f"{word} {_object(one)}"


def _beyond(rights: Iterable[Mapping[str, Any]], board: str | None) -> Iterator[str]:
    """Of the rights to write all but the one on the board that cards go to."""
    for one in rights:
        if one["write"] and not (board and one["model"] == "Board" and one["on"] == board):
            yield f"write {_object(one)}"


def _object(right: Mapping[str, Any]) -> str:
    """What a right is on; an id of somebody's is not told."""
    what = WHAT.get(str(right["model"]), "something else")
    if right["model"] == "Member":
        return what
    return f"all {what}" if right["on"] == EVERY else f"one of the {what}"


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
