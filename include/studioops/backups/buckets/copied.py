"""One object as a bucket's copy lists it: a line of the manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from studioops.objectstore.store import ListedObject


@dataclass(frozen=True, slots=True)
class CopiedObject:
    """One object of a copy.

    Args:
        key: its name in the bucket.
        size: bytes, plain.
        etag: the store's mark of its content, when it was read.
        modified: when it had last been written, to the second, in ISO 8601.
        sha256: of its plain content, in hex.
        stored: the file in the vault that holds it.
        stored_size: bytes of that file.
        stored_sha256: of that file's encrypted bytes, in hex.
        key_id: of the key that it is encrypted with.
        headers: what the bucket keeps beside the content (``ContentType``, ``Metadata``, …), by
            the words that an upload takes.
        locked_until: when the store lets go of the file at the earliest, in ISO 8601; empty where
            nothing is known to lock it.
    """

    key: str
    size: int
    etag: str
    modified: str
    sha256: str
    stored: str
    stored_size: int
    stored_sha256: str
    key_id: str
    headers: Mapping[str, Any] = field(default_factory=dict)
    locked_until: str = ""

    @property
    def listed(self) -> ListedObject:
        """As a bucket's list would have it."""
        return ListedObject(self.key, self.size, datetime.fromisoformat(self.modified), self.etag)

    def as_line(self) -> str:
        """One line of JSON."""
        words = asdict(self)
        if not self.locked_until:
            del words["locked_until"]
        return json.dumps(words, separators=(",", ":"))

    @classmethod
    def from_line(cls, line: str | bytes) -> CopiedObject:
        """The object that :meth:`as_line` wrote.

        Raises:
            ValueError: the line is no such thing.
            TypeError: or has other words.
        """
        return cls(**json.loads(line))
