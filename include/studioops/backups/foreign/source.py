"""Where a dump is: a file or directory of this machine, or an object or prefix of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from studioops.backups.foreign.room import require_room, write_pieces
from studioops.backups.workplace import workplace
from studioops.errors import NoSuchObject, UsageError
from studioops.objectstore import ObjectStore
from studioops.objectstore.vault import BucketVault, Entry

SCHEME = "s3://"
Progress = Callable[[str, int, int], None]
NEXT_STEP = "give a file, a directory, s3://BUCKET/KEY, or s3://BUCKET/PREFIX/ for a directory dump"


@contextmanager
def on_disk(
    name: str, store: Callable[[], ObjectStore], progress: Progress | None = None
) -> Iterator[Path]:
    """A dump as a path; what came from the store is gone at the end.

    Args:
        name: a path, ``s3://bucket/key``, ``s3://bucket/prefix/``, or ``bucket/key`` where there is
            no such path.
        store: opens the object store, where it is needed.
        progress: told the object, how many bytes are there, and of how many.

    Raises:
        UsageError: there is nothing of that name.
        ObjectStoreError: the store can't be read.
        BackupError: the disk has no room for it.
    """
    path = Path(name)
    if not name.startswith(SCHEME) and path.exists():
        if not (path.is_file() or path.is_dir()):
            raise UsageError(f"{name} is neither a file nor a directory", NEXT_STEP)
        yield path
        return
    bucket, _, key = name.removeprefix(SCHEME).partition("/")
    relative = not path.is_absolute() and not name.startswith(".")
    if not (bucket and key and (relative or name.startswith(SCHEME))):
        raise UsageError(f"there is no dump {name}", NEXT_STEP)
    with _opened(name, store) as opened, workplace() as place:
        yield _fetched(BucketVault(opened, bucket), key, place, name, progress)


@contextmanager
def _opened(name: str, store: Callable[[], ObjectStore]) -> Iterator[ObjectStore]:
    try:
        opened = store()
    except UsageError as error:
        raise UsageError(f"there is no file {name}, and {error.message}", error.next_step) from None
    with opened:
        yield opened


def _fetched(
    vault: BucketVault, key: str, place: Path, name: str, progress: Progress | None
) -> Path:
    listed = _entries(vault, key, name)
    is_prefix = key.endswith("/") or not any(one.name == key for one in listed)
    top = f"{key.rstrip('/')}/"
    found = [one for one in listed if (one.name.startswith(top) if is_prefix else one.name == key)]
    if not found:
        raise UsageError(
            f"there is nothing called {key} in {vault.where}, nor a file {name}", NEXT_STEP
        )
    whole = sum(one.size for one in found)
    require_room(place, whole, name)
    target = place / "dump"
    if not is_prefix:
        _write(vault, found, [target], progress)
        return target
    target.mkdir()
    flat = [one for one in found if one.name != top and "/" not in one.name.removeprefix(top)]
    _write(vault, flat, [target / PurePosixPath(one.name).name for one in flat], progress)
    return target


def _entries(vault: BucketVault, key: str, name: str) -> list[Entry]:
    try:
        return list(vault.entries(key))
    except NoSuchObject:
        raise UsageError(
            f"there is no bucket {vault.bucket} in the object store, nor a file {name}", NEXT_STEP
        ) from None


def _write(
    vault: BucketVault, entries: list[Entry], paths: list[Path], progress: Progress | None
) -> None:
    whole = sum(one.size for one in entries)
    there = 0

    def counted(entry: Entry) -> Iterator[bytes]:
        nonlocal there
        for piece in vault.read(entry.name):
            there += len(piece)
            if progress is not None:
                progress(f"fetching {entry.name}", there, whole)
            yield piece

    for entry, path in zip(entries, paths, strict=True):
        write_pieces(counted(entry), path, entry.name)
