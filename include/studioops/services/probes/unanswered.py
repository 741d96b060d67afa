"""What an exception says of a service that was asked over HTTP."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from studioops.services.probes.causes import Verdict
from studioops.services.state import Cause

# By name: none of the libraries needs to be loaded, and what openai is built on changes its own.
# From the most to the least telling, since each wraps the other's errors.
EXCEPTIONS: tuple[tuple[frozenset[str], Cause, str], ...] = (
    (frozenset({"gaierror", "NameResolutionError"}), Cause.DNS, "no such host"),
    (frozenset({"ConnectionRefusedError"}), Cause.REFUSED, "connection refused"),
    (
        frozenset({"SSLEOFError", "SSLZeroReturnError", "RemoteDisconnected"}),
        Cause.RESET,
        "the connection was closed before the answer",
    ),
    (frozenset({"SSLError", "CertificateError"}), Cause.TLS, "no TLS connection"),
    # To urllib3 an address without a route is a kind of timeout.
    (frozenset({"NewConnectionError"}), Cause.ERROR, "no connection"),
    (frozenset({"TimeoutError", "Timeout", "TimeoutException"}), Cause.TIMEOUT, "no answer"),
    (
        frozenset({"ConnectionResetError", "BrokenPipeError", "ConnectionAbortedError"}),
        Cause.RESET,
        "the connection was reset",
    ),
    (frozenset({"IncompleteRead"}), Cause.RESET, "the answer was cut short"),
    (
        frozenset({"UnicodeDecodeError", "ContentDecodingError", "DecodingError", "DecodeError"}),
        Cause.NONSENSE,
        "the answer can't be read",
    ),
    (frozenset({"JSONDecodeError"}), Cause.NONSENSE, "the answer is no JSON"),
    (
        frozenset({"BadStatusLine", "HTTPException", "InvalidHeader", "HeaderParsingError"}),
        Cause.NONSENSE,
        "what answers does not speak HTTP",
    ),
    (frozenset({"ReadError", "WriteError"}), Cause.RESET, "the connection broke"),
    (frozenset({"ProtocolError"}), Cause.RESET, "the connection broke"),
)
# What httpx says of an answer that ends too early.
ENDED = ("disconnected", "peer closed", "incomplete")


def unanswered(error: BaseException, timeout: float) -> Verdict:
    """What an exception says of a service that was asked over HTTP.

    Args:
        error: of requests, urllib3, http.client, ssl, socket, openai or what it is built on.
        timeout: the limit that was set, to be told where it was reached.

    Returns:
        the verdict. None of the exception's text is in it: that tells addresses, tokens and all.
    """
    chain = list(_chain(error))
    names = {kind.__name__ for one in chain for kind in type(one).__mro__}
    if "RemoteProtocolError" in names:
        return _protocol(chain)
    for kinds, cause, said in EXCEPTIONS:
        if kinds & names:
            more = {Cause.TLS: _tls_reason(chain), Cause.TIMEOUT: f" in {timeout:g} s"}
            return Verdict(cause, said + more.get(cause, ""))
    return Verdict(Cause.ERROR, f"the look failed ({type(chain[-1]).__name__})")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and what it came of, from the outermost inwards."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def _protocol(chain: list[BaseException]) -> Verdict:
    """One class of httpx is for an answer that ends too early and for one that is no HTTP."""
    told = " ".join(str(one).lower() for one in chain)
    if any(words in told for words in ENDED):
        return Verdict(Cause.RESET, "the connection was closed before the answer's end")
    return Verdict(Cause.NONSENSE, "what answers does not speak HTTP")


def _tls_reason(chain: list[BaseException]) -> str:
    """OpenSSL's own word for it; it names the host at most."""
    for one in chain:
        if isinstance(one, ssl.SSLError):
            said = getattr(one, "verify_message", "") or getattr(one, "reason", "")
            return f": {str(said).replace('_', ' ').lower()}" if said else ""
    return ""
