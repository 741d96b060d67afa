"""Questions over HTTP to servers of this machine."""

from __future__ import annotations

from http.client import HTTPResponse
from typing import cast
from urllib.request import ProxyHandler, build_opener

# A proxy of the caller's knows nothing of our loopback address.
_direct = build_opener(ProxyHandler({}))


def get(url: str, timeout: float) -> HTTPResponse:
    """The answer to a GET, past any proxy.

    Args:
        url: on this machine.
        timeout: seconds.

    Raises:
        URLError: no answer, or HTTPError for one that is not well.
    """
    return cast(HTTPResponse, _direct.open(url, timeout=timeout))
