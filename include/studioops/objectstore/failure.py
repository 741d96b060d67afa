"""boto3's errors in our own words: what happened, where, what to type next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from studioops.errors import (
    NoSuchObject,
    ObjectStoreDenied,
    ObjectStoreError,
    ObjectStoreUnreachable,
)

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

BUCKET_EXISTS = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})
DENIED = {
    "InvalidAccessKeyId": ("does not know this key id", "check MINIO_ACCESS_KEY"),
    "SignatureDoesNotMatch": (
        "does not take this secret for the key id",
        "check MINIO_SECRET_KEY (and MINIO_REGION)",
    ),
    "AuthorizationHeaderMalformed": ("is of another region", "check MINIO_REGION"),
    "RequestTimeTooSkewed": ("says that our clock is wrong", "set this machine's clock"),
    "ExpiredToken": ("says that the credentials expired", "make new ones"),
}
FORBIDDEN = ("refuses", "let the key's policy allow it (s3:ListAllMyBuckets for the list)")
ABSENT = {
    "NoSuchBucket": "there is no such bucket",
    "NoSuchKey": "there is no such object",
    "NoSuchVersion": "there is no such version of it",
    "404": "there is nothing of that name",
}
FORBIDDEN_HTTP = 403
SERVER_ERROR_HTTP = 500


@contextmanager
def translated(endpoint: str, bucket: str = "", key: str = "") -> Iterator[None]:
    """Raise our own errors for whatever boto3 raises inside.

    Args:
        endpoint: to be shown.
        bucket: to be shown.
        key: to be shown.

    Raises:
        ObjectStoreError: or one of its kinds.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    where = "/".join(part for part in (endpoint, bucket, key) if part)
    try:
        yield
    except ClientError as error:
        raise _answered(error, where) from None
    except ResponseParserError:
        raise no_store(where) from None
    except BotoCoreError as error:
        raise _unanswered(error, where) from None


def no_store(where: str) -> ObjectStoreError:
    """The error for a peer that answers, and not as an S3 store does."""
    return ObjectStoreError(
        f"{where}: what answers there is no S3 store", "check MINIO_ENDPOINT and MINIO_SECURE"
    )


def code_of(error: ClientError) -> str:
    """The store's own word for its error; for an answer without a body, the HTTP status."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _answered(error: ClientError, where: str) -> ObjectStoreError:
    """The store said no; its code says why (never its message: some quote the request)."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = code_of(error) or str(status)
    if code in ABSENT:
        return NoSuchObject(f"{where}: {ABSENT[code]}", "check the bucket's and the object's name")
    if code in DENIED or status == FORBIDDEN_HTTP:
        said, step = DENIED.get(code, FORBIDDEN)
        return ObjectStoreDenied(f"{where}: the object store {said} ({code})", step)
    if status >= SERVER_ERROR_HTTP:
        return ObjectStoreUnreachable(
            f"{where}: the object store is in trouble ({code}, HTTP {status})",
            "read the object store's log, then run this again",
        )
    return ObjectStoreError(
        f"{where}: the object store answers {code} (HTTP {status})",
        "check MINIO_ENDPOINT and MINIO_SECURE, then read the object store's log",
    )


def _unanswered(error: BotoCoreError, where: str) -> ObjectStoreError:
    """Nothing came back that could be read."""
    from botocore import exceptions as boto

    reached = "check that the object store runs and that MINIO_ENDPOINT is right"
    if isinstance(error, boto.ConnectTimeoutError | boto.ReadTimeoutError):
        return ObjectStoreUnreachable(f"{where}: no answer in time", reached)
    if isinstance(error, boto.SSLError):
        return ObjectStoreUnreachable(f"{where}: no TLS connection", "check MINIO_SECURE")
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError | boto.IncompleteReadError):
        return ObjectStoreUnreachable(f"{where}: no connection: {_network(error)}", reached)
    return ObjectStoreError(
        f"{where}: {type(error).__name__}", "check the names asked for and this machine's AWS files"
    )


def _network(error: BotoCoreError) -> str:
    """What the network said: boto3 tells the URL, urllib3's error inside tells why."""
    from urllib3.exceptions import NameResolutionError

    inner = error.kwargs.get("error")
    if isinstance(inner, NameResolutionError):
        return "no such host"
    if "Connection refused" in str(inner):
        return "connection refused"
    return "it broke"
