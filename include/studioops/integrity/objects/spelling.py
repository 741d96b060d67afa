"""Values that hold more than an object's name: an address, a bucket before it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit


def plain_names(value: str, bucket: str) -> Iterator[str]:
    """The names that a value may stand for, other than itself.

    Args:
        value: as a row has it.
        bucket: that its object should be in.
    """
    try:
        address = urlsplit(value)
    except ValueError:
        return
    # s3://bucket/name has the bucket where http://host/bucket/name has the host.
    path = address.path if address.scheme and address.netloc else value
    for text in dict.fromkeys((path, unquote(path))):
        name = text.lstrip("/")
        yield from (one for one in (name, name.removeprefix(f"{bucket}/")) if one != value)
