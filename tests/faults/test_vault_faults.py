"""Request N to the object store fails: a file is there whole or not at all, and we say so."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from studioops.errors import ObjectStoreError, ObjectStoreUnreachable
from studioops.objectstore.vault import BucketVault
from tests.faults.conftest import ALL, Through, patience
from tests.faults.proxy import ALWAYS, Fault, FaultProxy

LARGE = os.urandom((9 << 20) + 5)  # two parts
SMALL = os.urandom(3 << 20)
CARRIED_OUT = (Fault.LOST, Fault.CUT_ANSWER)
# The others are treated alike by all that is tested here.
SOME_FAULTS = [Fault.ERROR, Fault.LOST]
Positions = Callable[[], Iterator[int]]

pytestmark = pytest.mark.usefixtures("no_pauses")

every_fault = pytest.mark.parametrize("fault", list(Fault) if ALL else SOME_FAULTS)
once_or_again = pytest.mark.parametrize("attempts", [1, 4] if ALL else [1])


def listed(vault: BucketVault) -> list[str]:
    return sorted(one.name for one in vault.entries())


def no_upload_is_left(vault: BucketVault) -> bool:
    vault.abort_uploads(datetime.now(UTC) + timedelta(days=1))
    said = vault.store.client.list_multipart_uploads(Bucket=vault.bucket)
    return not said.get("Uploads")


def attempt(work: Callable[[], object]) -> bool:
    """Whether it was done; otherwise it raised an error of ours, in one line."""
    try:
        work()
    except ObjectStoreError as error:
        said = f"{error}{error.next_step}"
    else:
        return True
    assert said.isprintable()
    return False


def write(vault: BucketVault, name: str, content: bytes) -> Callable[[], object]:
    return lambda: vault.write(name, io.BytesIO(content), len(content))


@every_fault
@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
def test_write_that_is_tried_once(
    proxy: FaultProxy,
    through: Through,
    kept: BucketVault,
    *,
    positions: Positions,
    fault: Fault,
    content: bytes,
) -> None:
    for number in positions():
        proxy.heal()
        proxy.fail(fault, number)
        name, vault = f"shop/{number}", through(timeout=patience(fault))
        done = attempt(write(vault, name, content))
        touched = proxy.touched
        assert not done or listed(kept) == [name]
        # A lost reply may be that of the last request: then the file is there, and whole.
        # (So may be the store's own, on a machine that is busy, and nothing was touched.)
        assert done or fault in CARRIED_OUT or not touched or listed(kept) == []
        assert not listed(kept) or b"".join(kept.read(name)) == content
        assert no_upload_is_left(kept)
        kept.remove([name])
        if done and not touched:
            break


@every_fault
def test_write_that_is_tried_again(
    proxy: FaultProxy, through: Through, kept: BucketVault, positions: Positions, fault: Fault
) -> None:
    """One failure of one request is nobody's business."""
    for number in positions():
        proxy.heal()
        proxy.fail(fault, number)
        stored = through(attempts=4).write("shop/x", io.BytesIO(LARGE), len(LARGE))
        assert stored.size == len(LARGE)
        assert b"".join(kept.read("shop/x")) == LARGE
        assert no_upload_is_left(kept)
        kept.remove(["shop/x"])
        if not proxy.touched:
            break


@pytest.mark.parametrize(
    "fault", [Fault.REFUSED, Fault.ERROR, Fault.CUT_REQUEST] if ALL else [Fault.REFUSED]
)
def test_store_that_goes_away_at_request(
    proxy: FaultProxy, through: Through, kept: BucketVault, positions: Positions, fault: Fault
) -> None:
    """From the Nth on all fail, the clearing up too."""
    for number in positions():
        proxy.heal()
        proxy.fail(fault, number, ALWAYS)
        vault = through(attempts=2)
        done = attempt(write(vault, "shop/x", LARGE))
        touched = proxy.touched
        proxy.heal()
        whole = listed(kept) == ["shop/x"] and b"".join(kept.read("shop/x")) == LARGE
        # The question about versions comes after all of the file is there.
        assert whole or (listed(kept) == [] and not done)
        assert no_upload_is_left(kept)
        assert attempt(write(vault, "shop/x", LARGE))
        assert b"".join(kept.read("shop/x")) == LARGE
        kept.remove(["shop/x"])
        if not touched:
            assert done
            break


def test_old_file_of_the_same_size_is_not_taken_for_the_new_one(
    proxy: FaultProxy, through: Through, kept: BucketVault
) -> None:
    """The last request fails for good: the file that is there is yesterday's."""
    old = os.urandom(len(LARGE))
    kept.write("shop/x", io.BytesIO(old))
    proxy.fail(Fault.ERROR, 1, ALWAYS, method="POST", path=r"\?uploadId=")
    with pytest.raises(ObjectStoreUnreachable):
        through(attempts=2).write("shop/x", io.BytesIO(LARGE), len(LARGE))
    assert proxy.touched
    assert b"".join(kept.read("shop/x")) == old


@every_fault
@once_or_again
def test_read(
    proxy: FaultProxy,
    through: Through,
    kept: BucketVault,
    *,
    positions: Positions,
    fault: Fault,
    attempts: int,
) -> None:
    kept.write("shop/x", io.BytesIO(SMALL))
    for number in positions():
        proxy.heal()
        proxy.fail(fault, number)
        vault = through(attempts, patience(fault))
        assert b"".join(vault.read("shop/x")) == SMALL
        if not proxy.touched:
            break


@every_fault
def test_read_of_a_store_that_is_away(
    proxy: FaultProxy, through: Through, kept: BucketVault, fault: Fault
) -> None:
    """What came is right so far, and that it is not all is said."""
    kept.write("shop/x", io.BytesIO(SMALL))
    proxy.fail(fault, 1, ALWAYS)
    cut_off = bytearray()
    with pytest.raises(ObjectStoreUnreachable):
        pour(through(timeout=1).read("shop/x"), cut_off)
    assert SMALL.startswith(bytes(cut_off))
    assert len(cut_off) < len(SMALL)


def pour(pieces: Iterator[bytes], into: bytearray) -> None:
    for piece in pieces:
        into += piece


def test_read_goes_on_where_it_broke(
    proxy: FaultProxy, through: Through, kept: BucketVault
) -> None:
    kept.write("shop/x", io.BytesIO(LARGE))
    rule = proxy.fail(Fault.CUT_ANSWER, 1, 3, method="GET", path="shop/x")
    assert b"".join(through().read("shop/x")) == LARGE
    assert proxy.touched == 3
    assert rule.seen == 4


@every_fault
@once_or_again
def test_list(
    proxy: FaultProxy,
    through: Through,
    kept: BucketVault,
    *,
    positions: Positions,
    fault: Fault,
    attempts: int,
) -> None:
    """A list that was cut short is an error, and no shorter list."""
    names = [f"shop/{number}" for number in range(5)]
    for name in names:
        kept.write(name, io.BytesIO(b"x"))
    for number in positions():
        proxy.heal()
        proxy.fail(fault, number)
        found: list[str] = []
        vault = through(attempts, patience(fault))
        done = attempt(lambda vault=vault, found=found: found.extend(listed(vault)))
        assert found == (names if done else [])
        assert done or attempts == 1
        if not proxy.touched:
            break


@every_fault
@once_or_again
def test_remove(
    proxy: FaultProxy,
    through: Through,
    kept: BucketVault,
    *,
    positions: Positions,
    fault: Fault,
    attempts: int,
) -> None:
    names = [f"shop/{number}" for number in range(3)]
    for number in positions():
        for name in names:
            kept.write(name, io.BytesIO(b"x"))
        proxy.heal()
        proxy.fail(fault, number)
        vault = through(attempts, patience(fault))
        done = attempt(lambda vault=vault: vault.remove(names))
        touched = proxy.touched
        left = listed(kept)
        assert (left == []) if done else (names[-len(left) :] == left or not left)
        assert done or attempts == 1
        proxy.heal()
        vault.remove(names)
        assert listed(kept) == []
        if not touched:
            break


def test_answer_about_locks_that_is_cut_off(proxy: FaultProxy, through: Through) -> None:
    """It is a 404, and the word that tells why is in the half that is lost."""
    proxy.fail(Fault.CUT_ANSWER, 1, path="object-lock")
    assert not through().lockable
    assert proxy.touched == 1


def test_nobody_listens(proxy: FaultProxy, through: Through, kept: BucketVault) -> None:
    vault = through()
    vault.write("shop/x", io.BytesIO(SMALL))
    with proxy.away():
        for work in (
            write(vault, "shop/y", SMALL),
            write(vault, "shop/y", LARGE),
            lambda: listed(vault),
            lambda: list(vault.read("shop/x")),
            lambda: vault.remove(["shop/x"]),
        ):
            with pytest.raises(ObjectStoreUnreachable, match="connection refused"):
                work()
    assert b"".join(vault.read("shop/x")) == SMALL
    assert listed(kept) == ["shop/x"]
