"""What a way is given, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# Of pg_dump, pg_restore and all that is looked at beside them.
JOBS = 2


@dataclass(frozen=True)
class Asked:
    """What a way is given.

    Args:
        dsn: of the database.
        server: of the superuser's database on the same server, where copies are restored.
        endpoint: of the object store.
        keys: its key's id and secret.
        bucket: empty where something is to be stored.
        directory: of the other way's files; absent where they are to be written.
        backup: the id of our backup, where it is to be drilled.
    """

    dsn: str = field(repr=False)
    server: str = field(repr=False)
    endpoint: str
    keys: Sequence[str] = field(repr=False)
    bucket: str
    directory: str
    backup: str = ""


@dataclass(frozen=True)
class Answer:
    """What a way did.

    Args:
        seconds: from its start to its end, in a process that had its modules.
        steps: seconds of its parts; what is in none of them was not timed by itself.
        backup: the id of our backup.
        size: bytes that lie in the store by now, where something was stored.
        peak: the most memory that its process had, in MB.
        before: the same before it began.
    """

    seconds: float
    steps: Mapping[str, float]
    backup: str = ""
    size: int = 0
    peak: float = 0
    before: float = 0
