"""A requests session that keeps to what it is given, and whose connections can be cut."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from requests import Response, Session
from requests.auth import AuthBase

from studioops.services.clients.adapter import HoldingAdapter, Nobody
from studioops.services.clients.lines import Lines

MOST = 1 << 20
PIECE = 1 << 14


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer.

    Args:
        status: its status code.
        headers: names in whatever case they are asked for.
        body: the first MiB of it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def document(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it is none.
        """
        return json.loads(self.body)


class HttpClient:
    """A session of requests for one thread; another one may cut it.

    It follows no redirect (one may lead to a login page, or carry credentials away), reads no
    ``.netrc`` and repeats nothing: whoever calls knows whether another try is worth it.

    Args:
        timeout: seconds to connect, and seconds to wait for more of an answer.
        auth: what puts the credentials on a request.
    """

    def __init__(self, timeout: float, auth: AuthBase | None = None) -> None:
        self.lines = Lines()
        self._timeout = timeout
        self._session = Session()
        self._session.auth = auth or Nobody()
        self._session.headers["User-Agent"] = "studioops"
        adapter = HoldingAdapter(self.lines)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        document: Any = None,
    ) -> Answer:
        """One request.

        Args:
            method: GET, POST, …
            url: the whole address.
            params: of the query.
            document: what to send as JSON.

        Returns:
            the answer, whatever its status.

        Raises:
            requests.RequestException: there is none.
        """
        with self._session.request(
            method,
            url,
            params=params,
            json=document,
            timeout=self._timeout,
            allow_redirects=False,
            stream=True,
        ) as response:
            return Answer(response.status_code, response.headers, _body(response))

    def cut(self) -> None:
        """End what another thread waits for."""
        self.lines.cut()

    def close(self) -> None:
        """Give every connection back."""
        self._session.close()
        self.lines.release()

    def __enter__(self) -> Self:
        """Use as a context: closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def _body(response: Response) -> bytes:
    body = bytearray()
    for piece in response.iter_content(PIECE):
        body += piece
        if len(body) >= MOST:
            break
    return bytes(body)
