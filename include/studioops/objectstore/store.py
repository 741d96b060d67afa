"""An S3 client (path style, signature version 4) whose every answer has a time limit."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from studioops.errors import NoSuchObject, UsageError
from studioops.objectstore.failure import BUCKET_EXISTS, code_of, no_store, translated

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_s3 import S3Client

DEFAULT_REGION = "us-east-1"
HALF_MADE_PAUSES_S = (0.1, 0.3, 1.0)


@dataclass(frozen=True, slots=True)
class ListedObject:
    """One line of a bucket's list.

    Args:
        key: its name.
        size: bytes.
        modified: when it was last written.
        etag: the store's mark of this content, with its quotes; empty where nobody asked.
    """

    key: str
    size: int
    modified: datetime
    etag: str = ""


@dataclass(frozen=True)
class ObjectStore:
    """One object store and the client that speaks with it.

    Args:
        endpoint: host and port, to be shown.
        region: where new buckets are made.
        client: boto3's.
    """

    endpoint: str
    region: str
    client: S3Client = field(repr=False)

    def buckets(self) -> list[str]:
        """The buckets that these credentials may see, by name.

        Raises:
            ObjectStoreError: or one of its kinds.
        """
        with translated(self.endpoint):
            # A proxy's or another server's page parses as an answer with nothing in it.
            found = self.client.list_buckets().get("Buckets")
        if found is None:
            raise no_store(self.endpoint)
        return sorted(bucket["Name"] for bucket in found)

    def missing_buckets(self, names: Collection[str]) -> list[str]:
        """Which of these are not there, in the order given.

        Raises:
            ObjectStoreError: or one of its kinds.
        """
        there = set(self.buckets())
        return [name for name in dict.fromkeys(names) if name not in there]

    def ensure_buckets(self, names: Collection[str]) -> list[str]:
        """Make the buckets that are missing.

        Args:
            names: of all that shall be there.

        Returns:
            those that were made.

        Raises:
            ObjectStoreError: or one of its kinds.
        """
        return [name for name in self.missing_buckets(names) if self._create(name)]

    def put(
        self,
        bucket: str,
        key: str,
        data: bytes,
        *,
        content_type: str = "application/octet-stream",
    ) -> None:
        """Store an object, in place of one of that key.

        Args:
            bucket: its name.
            key: the object's.
            data: its content, whole.
            content_type: what a browser takes it for.

        Raises:
            ObjectStoreError: or one of its kinds.
        """
        with translated(self.endpoint, bucket, key):
            self.client.put_object(Bucket=bucket, Key=key, Body=data, ContentType=content_type)

    def get(self, bucket: str, key: str) -> bytes:
        """An object, whole.

        Raises:
            NoSuchObject: there is none, or no such bucket.
            ObjectStoreError: or another of its kinds.
        """
        with translated(self.endpoint, bucket, key):
            return self.client.get_object(Bucket=bucket, Key=key)["Body"].read()

    def pages(self, bucket: str, prefix: str = "") -> Iterator[list[ListedObject]]:
        """Every object of a bucket, a page of up to a thousand at a time, in the store's order.

        Args:
            bucket: its name.
            prefix: only keys that begin so.

        Raises:
            NoSuchObject: there is no such bucket.
            ObjectStoreError: or another of its kinds.
        """
        with translated(self.endpoint, bucket):
            listing = self.client.get_paginator("list_objects_v2")
            for page in listing.paginate(Bucket=bucket, Prefix=prefix):
                # Another server's page parses as an answer with nothing in it: no empty bucket.
                if "KeyCount" not in dict(page):
                    raise no_store(self.endpoint)
                yield [
                    ListedObject(one["Key"], one["Size"], one["LastModified"], one.get("ETag", ""))
                    for one in page.get("Contents", ())
                ]

    def has(self, bucket: str, key: str) -> bool:
        """Whether an object is there.

        Raises:
            ObjectStoreError: nobody can tell.
        """
        try:
            with translated(self.endpoint, bucket, key):
                self.client.head_object(Bucket=bucket, Key=key)
        except NoSuchObject:
            return False
        return True

    def chunks(self, bucket: str, key: str, size: int = 1 << 20) -> Iterator[bytes]:
        """An object's content, a piece at a time.

        Args:
            bucket: its name.
            key: the object's.
            size: bytes of a piece.

        Raises:
            NoSuchObject: there is none, or no such bucket.
            ObjectStoreError: or another of its kinds.
        """
        with translated(self.endpoint, bucket, key):
            yield from self.client.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(size)

    def close(self) -> None:
        """Give every connection back."""
        self.client.close()

    def __enter__(self) -> Self:
        """Use as a context: closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def _create(self, name: str) -> bool:
        """Make a bucket; False where somebody else of ours was quicker."""
        # A store may call a bucket absent that another client is just making: SeaweedFS does.
        for pause in HALF_MADE_PAUSES_S:
            with suppress(NoSuchObject):
                return self._create_once(name)
            time.sleep(pause)
        return self._create_once(name)

    def _create_once(self, name: str) -> bool:
        from botocore.exceptions import ClientError

        with translated(self.endpoint, name):
            try:
                if self.region == DEFAULT_REGION:
                    self.client.create_bucket(Bucket=name)
                else:
                    place = {"LocationConstraint": self.region}
                    self.client.create_bucket(Bucket=name, CreateBucketConfiguration=place)  # type: ignore[arg-type]
            except ClientError as error:
                if code_of(error) in BUCKET_EXISTS:
                    return False
                raise
        return True


def open_object_store(
    endpoint: str,
    access_key: str,
    secret_key: str,
    *,
    region: str = DEFAULT_REGION,
    secure: bool = False,
    timeout: float = 5,
    attempts: int = 1,
) -> ObjectStore:
    """A client for an object store. Connects at the first call, not here.

    Args:
        endpoint: ``host:port``.
        access_key: the key's id.
        secret_key: the key's secret.
        region: that signatures and new buckets are of.
        secure: whether to speak TLS.
        timeout: seconds to connect, and seconds to wait for more of an answer.
        attempts: how often a request is tried; who moves files tries more than once.

    Raises:
        UsageError: the endpoint is no ``host:port``.
        ObjectStoreError: the machine's own AWS configuration is broken.
    """
    from studioops.objectstore.models import new_session

    place = _host_and_port(endpoint)
    try:
        with translated(place):
            client = new_session().client(
                "s3",
                endpoint_url=f"{'https' if secure else 'http'}://{place}",
                aws_access_key_id=access_key,
                aws_secret_access_key=secret_key,
                region_name=region,
                config=_config(timeout, attempts),
            )
    except ValueError:
        # boto3's own rules for host names.
        raise _no_endpoint() from None
    return ObjectStore(place, region, client)


def _host_and_port(endpoint: str) -> str:
    """The endpoint as it may be shown and joined to a scheme.

    Raises:
        UsageError: it has a scheme, credentials or a path.
    """
    place = endpoint.strip().rstrip("/")
    try:
        parts = urlsplit(f"//{place}")
        _ = parts.port  # which raises where it is no number
    except ValueError:
        raise _no_endpoint() from None
    if not parts.hostname or parts.netloc != place or "@" in place or " " in place:
        raise _no_endpoint()
    return place


def _no_endpoint() -> UsageError:
    return UsageError(
        "the object store's endpoint is no host:port",
        "write MINIO_ENDPOINT=host:9000, and say http or https by MINIO_SECURE",
    )


def _config(timeout: float, attempts: int) -> Config:
    """One try a call, as a rule: whoever calls knows whether another is worth it."""
    from botocore.config import Config

    return Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        connect_timeout=timeout,
        read_timeout=timeout,
        retries={"total_max_attempts": attempts, "mode": "standard"},
    )
