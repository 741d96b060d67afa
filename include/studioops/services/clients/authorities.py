"""The authorities whose certificates are taken, read once: a list of them takes a megabyte."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path
from threading import Lock

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util.ssl_ import create_urllib3_context

UNREADABLE = "the list of authorities can't be read"
_lock = Lock()


def trusting(listed: str | bool | None) -> ssl.SSLContext:
    """A context that many connections share, and that knows these authorities.

    Args:
        listed: a file or a directory, as ``REQUESTS_CA_BUNDLE`` names one; else requests' own list.

    Raises:
        ssl.SSLError: it can't be read.
    """
    path = Path(listed if isinstance(listed, str) else DEFAULT_CA_BUNDLE_PATH)
    try:
        with _lock:
            return _context(path, path.stat().st_mtime_ns)
    except OSError:
        error = ssl.SSLError(UNREADABLE)
        error.reason = UNREADABLE
        raise error from None


@lru_cache(maxsize=4)
def _context(path: Path, _changed: int) -> ssl.SSLContext:
    context = create_urllib3_context()
    if path.is_dir():
        context.load_verify_locations(capath=path)
    else:
        context.load_verify_locations(cafile=path)
    return context
