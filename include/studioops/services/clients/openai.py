"""The official client of OpenAI, made from plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from studioops.services.clients import OPENAI_URL
from studioops.services.clients.lines import Lines

if TYPE_CHECKING:
    from openai import OpenAI

CONNECTED = "connection.connect_tcp.complete"


def open_openai(
    api_key: str, *, base_url: str = OPENAI_URL, timeout: float = 15, lines: Lines | None = None
) -> OpenAI:
    """A client that repeats nothing and follows no redirect.

    Args:
        api_key: starts with ``sk-`` at OpenAI's own.
        base_url: where OpenAI is, or what speaks as it does.
        timeout: seconds to connect, and seconds to wait for more of an answer.
        lines: takes its connections, so that another thread can cut them.
    """
    from openai import DefaultHttpxClient, OpenAI

    http = DefaultHttpxClient(
        timeout=timeout,
        follow_redirects=False,
        event_hooks={"request": [_holding(lines)]} if lines is not None else {},
    )
    return OpenAI(
        api_key=api_key, base_url=base_url, timeout=timeout, max_retries=0, http_client=http
    )


def _holding(lines: Lines) -> Callable[[Any], None]:
    """A hook that lets the lines take every connection a request opens."""

    def seen(event: str, found: Mapping[str, Any]) -> None:
        if event == CONNECTED:
            lines.hold(found["return_value"].get_extra_info("socket"))

    def hook(request: Any) -> None:
        request.extensions["trace"] = seen

    return hook
