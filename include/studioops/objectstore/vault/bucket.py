"""Files in a bucket: uploaded in parts, read on where a connection broke, locked if it can be."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal, cast

from studioops.errors import NoSuchObject, ObjectStoreDenied, ObjectStoreUnreachable
from studioops.objectstore.failure import code_of, no_store, translated
from studioops.objectstore.store import ObjectStore
from studioops.objectstore.vault.parts import upload_in_parts
from studioops.objectstore.vault.vault import Entry, Measured, Readable, Stored

PIECE = 1 << 20
TRIES = 4
# What stores say that have no versions or no lock, in the bucket or at all.
NO_SUCH_THING = frozenset({"ObjectLockConfigurationNotFoundError", "NotImplemented"})
MARK_OF_DELETION = (404, 405)
PAUSE_S = 0.5
MODE: Literal["GOVERNANCE"] = "GOVERNANCE"
ASKED_ONCE = ("versioned", "lockable")


@dataclass(frozen=True)
class BucketVault:
    """A bucket as a vault.

    Args:
        store: its client should try a request more than once (``attempts``).
        bucket: its name.
        locked_until: files that are written can't be removed before, where the bucket has object
            lock; None to lock nothing.
    """

    store: ObjectStore
    bucket: str
    locked_until: datetime | None = None

    @property
    def where(self) -> str:
        """Endpoint and bucket."""
        return f"{self.store.endpoint}/{self.bucket}"

    def write(self, name: str, source: Readable, size: int = 0) -> Stored:
        """As :class:`Vault` says. A multipart upload that fails is aborted."""
        measured = Measured(source)
        # Asked first: once the file is there, nothing that fails may make it seem not to be.
        versioned = self.versioned
        with translated(self.store.endpoint, self.bucket, name):
            try:
                self.store.client.upload_fileobj(
                    cast(Any, measured),
                    self.bucket,
                    name,
                    ExtraArgs=self._lock(),
                    Config=upload_in_parts(size),
                )
            except Exception as error:
                # The store may have done it all, and only its last reply was lost.
                if not _was_completing(error) or not self._holds(name, measured):
                    raise
        version = self._version(name) if versioned else ""
        return Stored(name, measured.size, measured.sha256, version)

    def read(self, name: str, version: str = "") -> Iterator[bytes]:
        """As :class:`Vault` says. Where the connection breaks, it reads on from there."""
        place, left = 0, TRIES
        while True:
            try:
                for piece in self._from(name, version, place):
                    place += len(piece)
                    left = TRIES
                    yield piece
                return
            except ObjectStoreUnreachable:
                left -= 1
                if not left:
                    raise
                time.sleep(PAUSE_S * (TRIES - left))

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """As :class:`Vault` says."""
        for page in self.store.pages(self.bucket, prefix):
            for one in page:
                yield Entry(one.key, one.size, one.modified)

    def folders(self, prefix: str = "") -> Iterator[str]:
        """As :class:`Vault` says."""
        with translated(self.store.endpoint, self.bucket):
            listing = self.store.client.get_paginator("list_objects_v2")
            for page in listing.paginate(Bucket=self.bucket, Prefix=prefix, Delimiter="/"):
                # Another server's page parses as an answer with nothing in it.
                if "KeyCount" not in dict(page):
                    raise no_store(self.store.endpoint)
                yield from (one["Prefix"] for one in page.get("CommonPrefixes", ()))

    def has(self, name: str) -> bool:
        """As :class:`Vault` says."""
        return self.store.has(self.bucket, name)

    def remove(self, names: Iterable[str]) -> None:
        """As :class:`Vault` says. The version that is seen goes last, so a refusal hides nothing.

        Raises:
            ObjectStoreDenied: a file is locked (:meth:`locked_until_of`), or the key may not.
            ObjectStoreError: or another of its kinds.
        """
        for name in names:
            with translated(self.store.endpoint, self.bucket, name):
                for version in self._versions(name) if self.versioned else [None]:
                    extra: Any = {} if version is None else {"VersionId": version}
                    self.store.client.delete_object(Bucket=self.bucket, Key=name, **extra)

    def locked_until_of(self, name: str) -> datetime | None:
        """As :class:`Vault` says: the latest end of all versions' locks."""
        if not self.lockable:
            return None
        with translated(self.store.endpoint, self.bucket, name):
            ends = [self._end_of_lock(name, version) for version in self._versions(name)]
        return max((end for end in ends if end is not None), default=None)

    @property
    def locks_until(self) -> datetime | None:
        """As :class:`Vault` says."""
        return self.locked_until if self.locked_until and self.lockable else None

    def locking(self, end: datetime) -> BucketVault:
        """As :class:`Vault` says."""
        return self._same_place(end)

    def lock_longer(self, name: str, end: datetime) -> None:
        """As :class:`Vault` says; one request, and no question before."""
        try:
            with translated(self.store.endpoint, self.bucket, name):
                self.store.client.put_object_retention(
                    Bucket=self.bucket,
                    Key=name,
                    Retention={"Mode": MODE, "RetainUntilDate": end},
                )
        except ObjectStoreDenied:
            # So a store says, too, that the lock ends later than that already.
            ends = self.locked_until_of(name)
            if ends is None or ends < end:
                raise

    @property
    def unlocked(self) -> BucketVault:
        """As :class:`Vault` says."""
        return self._same_place(None)

    def _same_place(self, locked_until: datetime | None) -> BucketVault:
        """With another lock; what the store said of its bucket is not asked again."""
        other = replace(self, locked_until=locked_until)
        known = {word: self.__dict__[word] for word in ASKED_ONCE if word in self.__dict__}
        other.__dict__.update(known)
        return other

    def abort_uploads(self, before: datetime, prefix: str = "") -> int:
        """Give up uploads in parts that somebody began and never ended.

        Args:
            before: only those begun before then.
            prefix: only of files whose name begins so.

        Returns:
            how many were given up.

        Raises:
            ObjectStoreError: or one of its kinds.
        """
        client, count = self.store.client, 0
        with translated(self.store.endpoint, self.bucket):
            pages = client.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
                for one in page.get("Uploads", ()):
                    if one["Initiated"] < before:
                        client.abort_multipart_upload(
                            Bucket=self.bucket, Key=one["Key"], UploadId=one["UploadId"]
                        )
                        count += 1
        return count

    @cached_property
    def versioned(self) -> bool:
        """Whether the bucket keeps versions (or did, and still has them), as locks need it to."""
        said = self._configured("get_bucket_versioning", "GetBucketVersioning")
        return "Status" in said

    @cached_property
    def lockable(self) -> bool:
        """Whether the bucket was made with object lock.

        Raises:
            ObjectStoreDenied: the key may not ask, so nobody can tell.
            ObjectStoreError: or another of its kinds.
        """
        right = "GetBucketObjectLockConfiguration"
        said = self._configured("get_object_lock_configuration", right)
        locking = said.get("ObjectLockConfiguration", {})
        return bool(locking.get("ObjectLockEnabled") == "Enabled")

    def _configured(self, question: str, right: str, tries: int = TRIES) -> dict[str, Any]:
        """What a bucket's configuration says; nothing from a store that has no such thing."""
        from botocore.exceptions import ClientError

        try:
            with translated(self.store.endpoint, self.bucket):
                try:
                    return dict(getattr(self.store.client, question)(Bucket=self.bucket))
                except ClientError as error:
                    if code_of(error) in NO_SUCH_THING:
                        return {}
                    # A number is no word of the store's: the answer that told it was cut off.
                    if tries > 1 and code_of(error).isdigit():
                        return self._configured(question, right, tries - 1)
                    raise
        except ObjectStoreDenied as error:
            step = f"let the key's policy allow s3:{right}, or check MINIO_ACCESS_KEY"
            raise ObjectStoreDenied(error.message, step) from None

    def _lock(self) -> dict[str, Any]:
        if self.locked_until is None or not self.lockable:
            return {}
        return {"ObjectLockMode": MODE, "ObjectLockRetainUntilDate": self.locked_until}

    def _from(self, name: str, version: str, place: int) -> Iterator[bytes]:
        extra: Any = {"VersionId": version} if version else {}
        if place:
            extra["Range"] = f"bytes={place}-"
        with translated(self.store.endpoint, self.bucket, name):
            answer = self.store.client.get_object(Bucket=self.bucket, Key=name, **extra)
            yield from answer["Body"].iter_chunks(PIECE)

    def _size(self, name: str) -> int:
        try:
            with translated(self.store.endpoint, self.bucket, name):
                return self.store.client.head_object(Bucket=self.bucket, Key=name)["ContentLength"]
        except NoSuchObject:
            return -1

    def _holds(self, name: str, measured: Measured) -> bool:
        """Whether it was carried out: an older file of that name may be as long as this one."""
        if self._size(name) != measured.size:
            return False
        found = hashlib.sha256()
        for piece in self.read(name):
            found.update(piece)
        return found.hexdigest() == measured.sha256

    def _version(self, name: str) -> str:
        with translated(self.store.endpoint, self.bucket, name):
            said = self.store.client.head_object(Bucket=self.bucket, Key=name)
        return said.get("VersionId", "")

    def _versions(self, name: str) -> list[str]:
        """The versions of a file, marks of its deletion too; what is seen of it comes last."""
        listing = self.store.client.get_paginator("list_object_versions")
        found: list[tuple[bool, str]] = []
        for page in listing.paginate(Bucket=self.bucket, Prefix=name):
            both: list[Any] = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            found += [(one["IsLatest"], one["VersionId"]) for one in both if one["Key"] == name]
        return [version for _, version in sorted(found)]

    def _end_of_lock(self, name: str, version: str) -> datetime | None:
        """When a version can be removed; a mark of deletion has no head, and no lock."""
        from botocore.exceptions import ClientError

        try:
            head = self.store.client.head_object(Bucket=self.bucket, Key=name, VersionId=version)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in MARK_OF_DELETION:
                return None
            raise
        if head.get("ObjectLockLegalHoldStatus") == "ON":
            return datetime.max.replace(tzinfo=UTC)
        return head.get("ObjectLockRetainUntilDate")


def _was_completing(error: Exception) -> bool:
    """Whether a retried request found its upload gone, as after one that was carried out."""
    from botocore.exceptions import ClientError

    return isinstance(error, ClientError) and error.operation_name == "CompleteMultipartUpload"
