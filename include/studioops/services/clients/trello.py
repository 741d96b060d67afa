"""A client of Trello's REST API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import quote

from requests import PreparedRequest
from requests.auth import AuthBase

from studioops.services.clients import TRELLO_URL
from studioops.services.clients.http import Answer, HttpClient


class TrelloClient:
    """Asks Trello, as whoever the token is of.

    Args:
        key: the application's.
        token: the member's.
        base_url: where Trello is.
        timeout: seconds to connect, and seconds to wait for more of an answer.
    """

    def __init__(
        self, key: str, token: str, *, base_url: str = TRELLO_URL, timeout: float = 10
    ) -> None:
        self._base, self._token = base_url.rstrip("/"), token
        self._http = HttpClient(timeout, _Credentials(key, token))

    def token(self) -> Answer:
        """What Trello knows of the token: until when it is good, and for what."""
        # The one call that takes it in its path, so no error of this may be shown as it is.
        return self.request("GET", f"/tokens/{quote(self._token, safe='')}")

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        document: Any = None,
    ) -> Answer:
        """One request.

        Args:
            method: GET, POST, PUT, …
            path: from the base URL on, with its slash.
            params: of the query.
            document: what to send as JSON.

        Returns:
            the answer, whatever its status.

        Raises:
            requests.RequestException: there is none; its text may tell the token.
        """
        return self._http.request(method, f"{self._base}{path}", params=params, document=document)

    def cut(self) -> None:
        """End what another thread waits for."""
        self._http.cut()

    def close(self) -> None:
        """Give every connection back."""
        self._http.close()

    def __enter__(self) -> Self:
        """Use as a context: closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


class _Credentials(AuthBase):
    """Key and token in a header: addresses end up in logs."""

    def __init__(self, key: str, token: str) -> None:
        self._value = f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"'

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = self._value
        return request
