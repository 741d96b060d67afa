"""An object of the bucket under care, read from its start to its end as one version of it."""

from __future__ import annotations

import hashlib
import time
from threading import Event
from typing import Any

from studioops.backups.buckets.scratch import to_second
from studioops.errors import NoSuchObject, ObjectStoreUnreachable
from studioops.objectstore import ObjectStore
from studioops.objectstore.failure import translated

TRIES = 4
PAUSE_S = 0.5
ONE_ANSWER = 1 << 20
NOT_THAT_ONE_HTTP = 412
BESIDE = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Metadata",
)


class Changed(Exception):
    """Somebody wrote the object while it was read."""


class Gone(Exception):
    """Somebody deleted the object."""


class Stopped(Exception):
    """Another thread failed, so that this one's work is for nothing."""


class SourceObject:
    """A file-like object; where the connection breaks, it reads on from there.

    Args:
        store: where the object is.
        bucket: its bucket.
        key: its name.
        stop: set by another thread that failed.

    Raises:
        Gone: it is not there any more.
        ObjectStoreError: or one of its kinds.
    """

    def __init__(self, store: ObjectStore, bucket: str, key: str, stop: Event) -> None:
        self._store, self._bucket, self.key, self._stop = store, bucket, key, stop
        self._digest, self._place = hashlib.sha256(), 0
        answer = self._open_first()
        self._body = answer["Body"]
        self.size: int = answer["ContentLength"]
        self.etag: str = answer["ETag"]
        self.modified = to_second(answer["LastModified"])
        self.headers = {name: answer[name] for name in BESIDE if answer.get(name)}

    @property
    def sha256(self) -> str:
        """Of all that was read so far, in hex."""
        return self._digest.hexdigest()

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to that many bytes; nothing at the end.

        Raises:
            Changed: it is another one by now.
            Stopped: nobody needs it any more.
        """
        if self._stop.is_set():
            raise Stopped
        piece = self._read(size)
        self._digest.update(piece)
        self._place += len(piece)
        if not piece and size:
            self._end()
        return piece

    def _read(self, size: int) -> bytes:
        for left in reversed(range(TRIES)):
            try:
                with translated(self._store.endpoint, self._bucket, self.key):
                    return bytes(self._body.read(None if size < 0 else size))
            except ObjectStoreUnreachable:
                if not left:
                    raise
                time.sleep(PAUSE_S * (TRIES - left))
                self._open_again()
        raise AssertionError

    def _end(self) -> None:
        """What came in one answer is one version; a longer one is asked after once more."""
        if self._place != self.size:
            raise Changed
        if self.size > ONE_ANSWER:
            with translated(self._store.endpoint, self._bucket, self.key):
                now = self._store.client.head_object(Bucket=self._bucket, Key=self.key)
            if (now["ETag"], to_second(now["LastModified"])) != (self.etag, self.modified):
                raise Changed

    def _open_first(self) -> Any:
        try:
            return self._get()
        except NoSuchObject:
            # Where the bucket itself is gone, its list says so: that is no deleted object.
            page = next(self._store.pages(self._bucket, self.key), [])
            if any(one.key == self.key for one in page):
                raise
            raise Gone from None

    def _open_again(self) -> None:
        if self._place < self.size:
            more = {"IfMatch": self.etag, "Range": f"bytes={self._place}-"}
            try:
                self._body = self._get(**more)["Body"]
            except NoSuchObject:
                raise Changed from None

    def _get(self, **more: str) -> Any:
        from botocore.exceptions import ClientError

        with translated(self._store.endpoint, self._bucket, self.key):
            try:
                extra: Any = more
                return self._store.client.get_object(Bucket=self._bucket, Key=self.key, **extra)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == NOT_THAT_ONE_HTTP:
                    raise Changed from None
                raise
