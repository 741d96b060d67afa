"""An adapter of requests whose connections can be cut, and whose certificates are noted."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connection import HTTPConnection, HTTPSConnection

from studioops.services.clients.authorities import trusting
from studioops.services.clients.lines import Lines


class Nobody(AuthBase):
    """No credentials. Without it requests takes some from the address or from ``.netrc``."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """The request as it is."""
        return request


class _Held(HTTPConnection):
    """A connection of urllib3's that is held by its client's lines."""

    def __init__(self, *args: Any, lines: Lines, **options: Any) -> None:
        super().__init__(*args, **options)
        self._lines = lines

    def _new_conn(self) -> Any:
        line = super()._new_conn()
        self._lines.hold(line)
        return line

    def connect(self) -> None:
        """Connect, and note until when the peer's certificate is good."""
        super().connect()
        if isinstance(self.sock, ssl.SSLSocket):
            until = str((self.sock.getpeercert() or {}).get("notAfter", ""))
            if until:
                seconds = ssl.cert_time_to_seconds(until)
                self._lines.certificate_expires = datetime.fromtimestamp(seconds, UTC)


class _HeldTls(_Held, HTTPSConnection):
    """The same over TLS."""


class HoldingAdapter(HTTPAdapter):
    """Makes connections that are held.

    Args:
        lines: take them.
    """

    def __init__(self, lines: Lines) -> None:
        super().__init__(max_retries=0)
        self._lines = lines

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: Any,
        proxies: Any = None,
        cert: Any = None,
    ) -> Any:
        """The pool for a request, made to hold what it opens."""
        pool: Any = super().get_connection_with_tls_context(request, verify, proxies, cert)
        pool.conn_kw["lines"] = self._lines
        pool.ConnectionCls = _Held
        if pool.scheme == "https":
            pool.ConnectionCls = _HeldTls
            pool.conn_kw["ssl_context"] = trusting(verify)
        return pool

    def cert_verify(self, conn: Any, *_: Any) -> None:
        """Always verify, by the authorities that the context knows already."""
        conn.cert_reqs, conn.ca_certs, conn.ca_cert_dir = "CERT_REQUIRED", None, None
