"""An object that is put, read and removed, and that stays behind in no case that can be helped."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from studioops.errors import NoSuchObject, ObjectStoreDenied, ObjectStoreError
from studioops.objectstore import ObjectStore
from studioops.objectstore.failure import translated

PREFIX = "studioops-canary/"
CONTENT = b"studioops canary: written to see whether it can be, and removed at once\n"
# A look lasts seconds; what is as old as this was left by one that was killed.
FORGOTTEN = timedelta(hours=1)


class Canary:
    """One look at what a key may do in a bucket.

    Args:
        store: with the key.
        bucket: where it goes.
    """

    def __init__(self, store: ObjectStore, bucket: str) -> None:
        self._store, self._bucket = store, bucket
        self._key = f"{PREFIX}{uuid.uuid4().hex}"
        self._version: str | None = None
        self._may: list[str] = []
        self.doing = "put objects"
        self.read_only = False
        self.left = ""

    @property
    def may(self) -> tuple[str, ...]:
        """What was done so far."""
        return tuple(self._may)

    def fly(self) -> None:
        """Put, read, remove.

        Raises:
            ObjectStoreError: or one of its kinds; ``doing`` says at what.
        """
        try:
            self._put()
        except ObjectStoreDenied:
            self._see_whether_it_reads()
            raise
        except NoSuchObject:
            raise
        except ObjectStoreError:
            # It may have arrived all the same.
            self._give_up()
            raise
        try:
            self._read()
        except BaseException:
            self._give_up()
            raise
        self._remove()

    def _put(self) -> None:
        with translated(self._store.endpoint, self._bucket, self._key):
            answer = self._store.client.put_object(Bucket=self._bucket, Key=self._key, Body=CONTENT)
        self.left = f"{self._bucket}/{self._key}"
        self._version = answer.get("VersionId")
        self._may.append("put objects")

    def _read(self) -> None:
        self.doing = "get objects"
        if self._store.get(self._bucket, self._key) != CONTENT:
            raise ObjectStoreError(
                f"{self._store.endpoint}/{self._bucket}: what was put is not what is read",
                "check MINIO_ENDPOINT: what answers there is no S3 store, or it is damaged",
            )
        self._may.append("get objects")

    def _remove(self) -> None:
        self.doing = "delete objects"
        wanted: dict[str, Any] = {"VersionId": self._version} if self._version else {}
        with translated(self._store.endpoint, self._bucket, self._key):
            # Without its version a bucket that keeps versions would keep it.
            self._store.client.delete_object(Bucket=self._bucket, Key=self._key, **wanted)
        self.left = ""
        self._may.append("delete objects")

    def _give_up(self) -> None:
        """Remove it, whatever went wrong before; that stays the news."""
        doing, may = self.doing, list(self._may)
        self.left = f"{self._bucket}/{self._key}"
        with suppress(ObjectStoreError):
            self._remove()
        self.doing, self._may = doing, may

    def _see_whether_it_reads(self) -> None:
        with suppress(ObjectStoreError):
            next(self._store.pages(self._bucket, PREFIX), None)
            self._may.append("list objects")
            self.read_only = True


def sweep(store: ObjectStore, bucket: str, now: datetime | None = None) -> tuple[str, ...]:
    """Remove canaries of looks that were killed.

    Args:
        store: with a key that may delete.
        bucket: where they are.
        now: the time.

    Returns:
        what could not be seen to, with the reason; mostly nothing.
    """
    before = (now or datetime.now(UTC)) - FORGOTTEN
    try:
        for page in store.pages(bucket, PREFIX):
            for one in page:
                if one.modified < before:
                    with translated(store.endpoint, bucket, one.key):
                        store.client.delete_object(Bucket=bucket, Key=one.key)
    except ObjectStoreError as error:
        return (f"whether an earlier look left an object: {error.message}",)
    return ()
