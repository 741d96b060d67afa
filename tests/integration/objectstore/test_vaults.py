"""Both places for backups by the same tests: a file is there whole, or not at all."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studioops.errors import (
    BackupNotTaken,
    NoSuchObject,
    ObjectStoreDenied,
    ObjectStoreError,
    StudioOpsError,
)
from studioops.objectstore import ObjectStore, open_object_store
from studioops.objectstore.vault import BucketVault, DirectoryVault, Vault, directory

MB = 1 << 20
LARGE = 17 * MB  # three parts of a bucket's
PATTERN = bytes(range(256)) * 4096
ODD = [
    "shop/a b.dat",
    "shop/ünïcode-Ω.dat",
    "shop/100%25.dat",
    "shop/a+b&c=d?.dat",
    "shop/'quoted' \"twice\".dat",
    "shop/.hidden",
    "shop/movie.part",
    "shop/-rf",
    "shop/a:b|c*.dat",
    "shop/deep/er/and/deeper/x",
]


@pytest.fixture(params=["bucket", "directory"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    if request.param == "directory":
        return DirectoryVault(tmp_path / "spool")
    return BucketVault(request.getfixturevalue("store"), request.getfixturevalue("bucket"))


def content(size: int) -> bytes:
    return (PATTERN * (size // len(PATTERN) + 1))[:size]


def read(vault: Vault, name: str) -> bytes:
    return b"".join(vault.read(name))


def names(vault: Vault, prefix: str = "") -> list[str]:
    return sorted(one.name for one in vault.entries(prefix))


class Failing:
    """Content that breaks in the middle."""

    def __init__(self, size: int, error: BaseException) -> None:
        self._inner, self._error = io.BytesIO(content(size)), error

    def read(self, size: int = -1) -> bytes:
        piece = self._inner.read(size)
        if not piece:
            raise self._error
        return piece


@pytest.mark.parametrize("size", [0, 1, MB, LARGE])
def test_comes_back(vault: Vault, size: int) -> None:
    before, data = datetime.now(UTC), content(size)
    stored = vault.write("shop/id/dump/1.dat", io.BytesIO(data), size)
    assert (stored.name, stored.size) == ("shop/id/dump/1.dat", size)
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert read(vault, "shop/id/dump/1.dat") == data
    (entry,) = vault.entries()
    assert (entry.name, entry.size) == ("shop/id/dump/1.dat", size)
    slack = timedelta(seconds=2)  # a store tells whole seconds
    assert before - slack <= entry.modified <= datetime.now(UTC) + slack


def test_size_that_was_guessed_wrong(vault: Vault) -> None:
    stored = vault.write("x", io.BytesIO(content(LARGE)), 3)
    assert stored.size == LARGE
    assert vault.write("y", io.BytesIO(b"few"), LARGE).size == 3
    assert read(vault, "x") == content(LARGE)
    assert read(vault, "y") == b"few"


def test_source_that_gives_less_than_it_is_asked(vault: Vault) -> None:
    class Pipe(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 65_537))

    data = content(LARGE)
    vault.write("x", Pipe(data), LARGE)
    assert read(vault, "x") == data
    if isinstance(vault, BucketVault):
        head = vault.store.client.head_object(Bucket=vault.bucket, Key="x", PartNumber=1)
        # A part that is too short is refused by other stores, though not by this one.
        assert head["ETag"].strip('"').endswith("-3")


def test_in_place_of_one_of_that_name(vault: Vault) -> None:
    vault.write("x", io.BytesIO(content(MB)))
    vault.write("x", io.BytesIO(b"second"))
    assert read(vault, "x") == b"second"
    assert [one.size for one in vault.entries()] == [6]


def test_odd_names(vault: Vault) -> None:
    for name in ODD:
        vault.write(name, io.BytesIO(name.encode()))
    assert names(vault) == sorted(ODD)
    for name in ODD:
        assert names(vault, name) == [name]
        assert read(vault, name) == name.encode()
    vault.remove(ODD)
    assert names(vault) == []


def test_list_by_prefix(vault: Vault) -> None:
    there = ["a/1/manifest", "a/1/x", "a/10/manifest", "a.b/1", "ab/1/manifest", "b", "a-/1"]
    for name in there:
        vault.write(name, io.BytesIO(b"x"))
    assert names(vault) == sorted(there)
    assert names(vault, "a/") == ["a/1/manifest", "a/1/x", "a/10/manifest"]
    assert names(vault, "a/1") == ["a/1/manifest", "a/1/x", "a/10/manifest"]
    assert names(vault, "a/1/") == ["a/1/manifest", "a/1/x"]
    assert names(vault, "a/1/m") == ["a/1/manifest"]
    assert names(vault, "b") == ["b"]
    assert names(vault, "b/") == []
    assert names(vault, "nothing/at/all/") == []


def test_folders_are_told_of_without_what_lies_in_them(vault: Vault) -> None:
    there = ["a/1/manifest", "a/1/dump/x", "a/10/x", "a/2", "a.b/1", "ab/1", "b", "a-/1"]
    for name in there:
        vault.write(name, io.BytesIO(b"x"))
    assert sorted(vault.folders()) == ["a-/", "a.b/", "a/", "ab/"]
    assert sorted(vault.folders("a/")) == ["a/1/", "a/10/"]
    assert sorted(vault.folders("a/1")) == ["a/1/", "a/10/"]
    assert list(vault.folders("a/1/")) == ["a/1/dump/"]
    for nothing in ("a/2", "a/2/", "b/", "nothing/", "no/such/fo"):
        assert list(vault.folders(nothing)) == []


def test_folders_of_several_pages(store: ObjectStore, bucket: str) -> None:
    """The store gives three names a page; one folder has more files than that."""
    vault, event = BucketVault(store, bucket), "provide-client-params.s3.ListObjectsV2"
    names = [f"a/{number}/{file}" for number in range(7) for file in range(5 if number == 3 else 1)]
    for name in names:
        vault.write(name, io.BytesIO(b""))

    def short(params: dict[str, object], **_: object) -> dict[str, object]:
        return {**params, "MaxKeys": 3}

    store.client.meta.events.register(event, short)
    try:
        assert sorted(vault.folders("a/")) == [f"a/{number}/" for number in range(7)]
    finally:
        store.client.meta.events.unregister(event, short)


def test_has(vault: Vault) -> None:
    vault.write("a/b", io.BytesIO(b""))
    assert [vault.has(name) for name in ("a/b", "a", "a/c", "a/b/c", "c")] == [True, *[False] * 4]
    vault.remove(["a/b"])
    assert not vault.has("a/b")


def test_what_is_not_there(vault: Vault) -> None:
    assert names(vault) == []
    vault.remove(["nothing", "no/such/folder/x"])
    vault.write("a/b", io.BytesIO(b"x"))
    for name in ("a", "a/c", "b/x", "nothing"):
        with pytest.raises(NoSuchObject) as caught:
            read(vault, name)
        assert name in caught.value.message
    vault.remove(["a", "a/b/c"])
    assert read(vault, "a/b") == b"x"
    vault.remove(iter(["a/b", "a/b"]))
    assert names(vault) == []


@pytest.mark.parametrize("size", [1, MB, LARGE])
@pytest.mark.parametrize("old", [False, True])
def test_source_that_breaks(vault: Vault, size: int, old: bool) -> None:
    if old:
        vault.write("x", io.BytesIO(b"old"))
    with pytest.raises(RuntimeError, match="pg_dump died"):
        vault.write("x", Failing(size, RuntimeError("pg_dump died")))
    assert names(vault) == (["x"] if old else [])
    if old:
        assert read(vault, "x") == b"old"
    if isinstance(vault, BucketVault):
        assert vault.abort_uploads(datetime.now(UTC) + timedelta(days=1)) == 0
    else:
        assert isinstance(vault, DirectoryVault)
        assert [path for path in vault.root.rglob("*") if path.is_file()] == (
            [vault.root / "x"] if old else []
        )


def test_source_whose_disk_breaks(vault: Vault) -> None:
    """Its trouble is not the vault's: nobody shall make room in the wrong place."""
    error = OSError(errno.EIO, "the source broke")
    with pytest.raises(OSError, match="the source broke"):
        vault.write("x", Failing(LARGE, error))
    assert names(vault) == []


def test_two_writers_of_one_name(vault: Vault) -> None:
    both = [b"1" * LARGE, b"2" * LARGE]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda data: vault.write("a/x", io.BytesIO(data)), both))
    assert read(vault, "a/x") in both
    assert names(vault) == ["a/x"]


# A directory.


@pytest.fixture
def spool(tmp_path: Path) -> DirectoryVault:
    return DirectoryVault(tmp_path / "above" / "spool")


def test_for_its_owner_alone(spool: DirectoryVault) -> None:
    before = os.umask(0)
    try:
        spool.write("shop/id/dump/1.dat", io.BytesIO(b"x"))
    finally:
        os.umask(before)
    below = [spool.root, *spool.root.rglob("*")]
    rights = {path.stat().st_mode & 0o777 for path in below if path.is_dir()}
    assert rights == {0o700}
    assert {path.stat().st_mode & 0o777 for path in below if path.is_file()} == {0o600}


def test_half_file_is_private_too(spool: DirectoryVault) -> None:
    seen: list[int] = []

    class Looking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            files = [path for path in spool.root.rglob("*") if path.is_file()]
            seen.extend(path.stat().st_mode & 0o777 for path in files)
            assert names(spool) == []
            return super().read(size)

    spool.write("x", Looking(b"x"))
    assert set(seen) == {0o600}


@pytest.mark.parametrize(
    "name", ["../x", "/x", "a/../../x", "a//x", "", "a/", ".", "a/./x", "a\0b"]
)
def test_names_stay_inside(spool: DirectoryVault, name: str) -> None:
    outside = spool.root.parent / "x"
    outside.parent.mkdir(parents=True)
    outside.write_bytes(b"mine")
    for act in (
        lambda: spool.write(name, io.BytesIO(b"x")),
        lambda: list(spool.read(name)),
        lambda: spool.remove([name]),
    ):
        with pytest.raises(ObjectStoreError, match="no file can be called"):
            act()
    assert outside.read_bytes() == b"mine"
    assert sorted(spool.root.parent.iterdir()) == [outside]


def test_limit(tmp_path: Path) -> None:
    vault = DirectoryVault(tmp_path / "spool", 3 * MB)
    vault.write("a", io.BytesIO(content(2 * MB)))
    with pytest.raises(BackupNotTaken, match="its 3145728 bytes are used up") as caught:
        vault.write("b", io.BytesIO(content(MB + 1)))
    assert "mend the object store" in caught.value.next_step
    assert names(vault) == ["a"]
    vault.write("b", io.BytesIO(content(MB)))
    with pytest.raises(BackupNotTaken):
        vault.write("c", io.BytesIO(b"x"))
    vault.write("c", io.BytesIO(b""))
    vault.remove(["b"])
    vault.write("b", io.BytesIO(content(MB)))


def test_limit_with_several_writers(tmp_path: Path) -> None:
    """What the others have half written takes room as well."""
    vault = DirectoryVault(tmp_path / "spool", 48 * MB)

    def write(number: int) -> bool:
        try:
            vault.write(f"{number}", io.BytesIO(content(20 * MB)))
        except BackupNotTaken:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(write, range(4)))
    assert 0 < sum(done) <= 3  # two, and 8 MB of slack for each writer


def test_leftovers_of_a_killed_writer(tmp_path: Path) -> None:
    """They are never listed, and give their room back; those of one that lives are let be."""
    vault = DirectoryVault(tmp_path / "spool", 3 * MB)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(vault.root)], check=False)
    assert killed.returncode == -signal.SIGKILL
    (half,) = (vault.root / "shop").iterdir()
    assert half.stat().st_size == 2 * MB
    assert names(vault) == []
    with pytest.raises(BackupNotTaken):
        vault.write("x", io.BytesIO(content(2 * MB)))
    old = time.time() - 2 * directory.LEFTOVER_S
    os.utime(half, (old, old))
    vault.write("x", io.BytesIO(content(2 * MB)))
    assert not half.exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from studioops.objectstore.vault import DirectoryVault

class Source:
    left = 2
    def read(self, size=-1):
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1
        return bytes(1 << 20)

DirectoryVault(Path(sys.argv[1])).write("shop/x", Source())
"""


def test_half_file_of_a_slow_writer_is_let_be(tmp_path: Path) -> None:
    vault = DirectoryVault(tmp_path / "spool", 3 * MB)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            for path in vault.root.glob(".*.part"):
                os.utime(path, (0, 0))
                vault.write("other", io.BytesIO(b"x"))
            return super().read(size)

    vault.write("x", Slow(b"slow"))
    assert read(vault, "x") == b"slow"
    assert names(vault) == ["other", "x"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("no right to mount a small disk; the limit of a file's size stands for it")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def full(vault: DirectoryVault, said: str) -> None:
    vault.write("old", io.BytesIO(content(MB)))
    with pytest.raises(BackupNotTaken, match=said) as caught:
        vault.write("shop/new", io.BytesIO(content(3 * MB)))
    assert caught.value.next_step == "make room there, then run this again"
    assert names(vault) == ["old"]
    assert read(vault, "old") == content(MB)
    assert not list(vault.root.rglob(".*.part"))


def test_full_disk(small_disk: Path) -> None:
    full(DirectoryVault(small_disk / "spool"), "No space left on device")


@pytest.fixture
def _short_files() -> Iterator[None]:
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MB + 5, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("_short_files")
def test_file_that_may_not_grow(spool: DirectoryVault) -> None:
    """The last write before the end is a short one, which must not pass for a whole one."""
    full(spool, "File too large")


@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_disk_that_fails_at_the_end(
    spool: DirectoryVault, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os if failing == "fsync" else Path, failing, fail)
        with pytest.raises(ObjectStoreError, match="Input/output error") as caught:
            spool.write("x", io.BytesIO(b"x"))
    assert "mend the directory" in caught.value.next_step
    assert names(spool) == []


def test_file_in_the_way(tmp_path: Path) -> None:
    place = tmp_path / "spool"
    place.write_bytes(b"")
    vault = DirectoryVault(place)
    for act in (lambda: vault.write("x", io.BytesIO(b"x")), lambda: names(vault)):
        with pytest.raises(ObjectStoreError) as caught:
            act()
        assert caught.value.message.startswith(str(place))


def test_directory_that_can_not_be_read(
    spool: DirectoryVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not the same as an empty one."""
    spool.write("shop/x", io.BytesIO(b"x"))

    def scandir(path: object) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("shop"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path)

    real: Callable[..., Iterator[os.DirEntry[str]]] = os.scandir
    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(ObjectStoreDenied, match="Permission denied"):
        names(spool)


def test_folder_that_is_removed_while_one_writes(spool: DirectoryVault) -> None:
    """A folder goes with its last file; the next file makes it anew, however close they are."""

    def both(number: int) -> None:
        name = f"shop/id/{number}"
        for _ in range(100):
            spool.write(name, io.BytesIO(b"x"))
            spool.remove([name])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(both, range(4)))
    assert list(spool.root.iterdir()) == []


# A bucket.


@pytest.fixture
def versioned(store: ObjectStore, bucket: str) -> BucketVault:
    store.client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return BucketVault(store, bucket)


def test_versions(versioned: BucketVault) -> None:
    vault = versioned
    first = vault.write("shop/x", io.BytesIO(b"first"))
    second = vault.write("shop/x", io.BytesIO(b"second"))
    vault.write("shop/xy", io.BytesIO(b"neighbour"))
    assert first.version
    assert second.version not in ("", first.version)
    assert b"".join(vault.read("shop/x", first.version)) == b"first"
    assert b"".join(vault.read("shop/x", second.version)) == b"second"
    assert read(vault, "shop/x") == b"second"
    vault.remove(["shop/x"])
    assert names(vault) == ["shop/xy"]
    for version in ("", first.version, second.version):
        with pytest.raises(NoSuchObject):
            list(vault.read("shop/x", version))
    vault.remove(["shop/xy"])


def test_uploads_that_somebody_left(store: ObjectStore, bucket: str) -> None:
    vault = BucketVault(store, bucket)
    for key in ("shop/a", "shop/b", "other/c"):
        begun = store.client.create_multipart_upload(Bucket=bucket, Key=key)
        store.client.upload_part(
            Bucket=bucket, Key=key, UploadId=begun["UploadId"], PartNumber=1, Body=b"x"
        )
    assert names(vault) == []
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert vault.abort_uploads(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert vault.abort_uploads(later, "shop/") == 2
    assert vault.abort_uploads(later) == 1
    assert vault.abort_uploads(later) == 0


def test_bucket_that_is_not_there(store: ObjectStore) -> None:
    vault = BucketVault(store, "no-such-bucket-of-ours")
    for act in (
        lambda: vault.write("x", io.BytesIO(b"x")),
        lambda: vault.write("x", io.BytesIO(content(LARGE))),
        lambda: read(vault, "x"),
        lambda: names(vault),
    ):
        with pytest.raises(NoSuchObject, match="no such bucket"):
            act()


def test_store_that_is_away() -> None:
    with open_object_store("127.0.0.1:1", "key", "hush", timeout=0.5) as away:
        vault = BucketVault(away, "backups")
        for act in (
            lambda: vault.write("x", io.BytesIO(b"x")),
            lambda: vault.write("x", io.BytesIO(content(LARGE))),
            lambda: names(vault),
            lambda: vault.remove(["x"]),
        ):
            with pytest.raises(StudioOpsError, match=re.escape("127.0.0.1:1")) as caught:
                act()
            assert isinstance(caught.value, ObjectStoreError)
