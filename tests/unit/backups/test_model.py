"""Ids that sort by time, documents that come back, names that stay where they belong."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studioops.backups.model import (
    ID,
    BackupFile,
    BucketCopy,
    Manifest,
    Proof,
    SequenceValue,
    as_name,
    began_at,
    folder_of,
    new_backup_id,
)
from studioops.errors import UsageError
from studioops.model import Status
from studioops.postgres.fingerprint.model import TableRows

BACKUP = "20261125T020000Z-1f0c9a3e"
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=offsets)  # noqa: DTZ001
texts = st.text(max_size=20)
sizes = st.integers(0, 1 << 50)


@given(moments, moments)
def test_ids_sort_by_time(one: datetime, other: datetime) -> None:
    first, second = new_backup_id(one), new_backup_id(other)
    assert ID.match(first)
    assert began_at(first) == one.astimezone(UTC).replace(microsecond=0)
    if to_ms(one) < to_ms(other):
        assert first < second


def to_ms(moment: datetime) -> datetime:
    """Cut to milliseconds, which is what an id tells apart."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def test_two_of_a_second_sort_by_time_and_two_of_an_instant_differ() -> None:
    now = datetime(2026, 11, 25, 2, 0, 0, 7000, tzinfo=UTC)
    later = [new_backup_id(now + timedelta(milliseconds=number)) for number in range(100)]
    assert later == sorted(later)
    assert len({new_backup_id(now) for _ in range(5)}) == 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "latest",
        BACKUP[:-1],
        f"{BACKUP}0",
        f"{BACKUP}\n",
        f" {BACKUP}",
        BACKUP.upper(),
        "20261125T020000Z-1F0C9A3E",
        "20261325T020000Z-1f0c9a3e",
        "20260230T020000Z-1f0c9a3e",
        "20261125T250000Z-1f0c9a3e",
        "٢٠٢٦١١٢٥T020000Z-1f0c9a3e",
        f"../{BACKUP}",
        "buckets",
    ],
)
def test_what_is_no_id(text: str) -> None:
    with pytest.raises(UsageError, match="is no backup's id") as caught:
        began_at(text)
    assert "studioops backup list" in caught.value.next_step


ODD = ["shop", "a/b", "../x", "..", ".", "...", "a b", "%2E%2E", "ünï", "a\\b", "-rf", "\0", "\n"]


@given(st.text(min_size=1, max_size=40))
@example("..")
@example(".")
@example("%2E")
@example("a/../b")
def test_targets_stay_in_their_folder(target: str) -> None:
    folder = folder_of(target, BACKUP)
    top, backup_id, nothing = folder.split("/")
    assert (backup_id, nothing) == (BACKUP, "")
    assert top not in ("", ".", "..")
    assert top.isascii()
    assert top.isprintable()
    assert unquote(top) == target
    assert folder_of(target) == f"{top}/"


def test_no_two_targets_share_a_folder() -> None:
    assert len({folder_of(target) for target in ODD}) == len(ODD)
    assert len({as_name(target).lower() for target in ODD}) == len(ODD)


def test_target_without_a_name() -> None:
    with pytest.raises(UsageError, match="no name"):
        folder_of("")


files = st.builds(BackupFile, texts, sizes, sizes, texts, texts)
copies = st.builds(BucketCopy, texts, texts, texts, sizes, sizes)
tables = st.builds(TableRows, sizes, texts, texts)
sequences = st.builds(SequenceValue, st.integers(), st.integers(), st.integers(), st.booleans())
manifests = st.builds(
    Manifest,
    backup_id=texts,
    target=texts,
    snapshot_at=moments,
    seconds=st.floats(0, 1e6),
    server=st.dictionaries(texts, texts | st.integers(), max_size=3),
    tool=texts,
    files=st.lists(files, max_size=3).map(tuple),
    tables=st.dictionaries(texts, tables, max_size=3),
    left_out=st.dictionaries(texts, texts, max_size=3),
    definitions=st.dictionaries(texts, st.dictionaries(texts, texts, max_size=3), max_size=3),
    sequences=st.dictionaries(texts, sequences, max_size=3),
    buckets=st.lists(copies, max_size=2).map(tuple),
    fingerprint=st.dictionaries(texts, texts, max_size=2),
    attempts=st.integers(1, 9),
    steps=st.dictionaries(texts, st.floats(0, 1e6), max_size=3),
    spooled_on=texts,
)


@given(manifests)
def test_manifest_comes_back(manifest: Manifest) -> None:
    document = json.loads(json.dumps(manifest.as_json()))
    again = Manifest.from_json(document)
    assert again == manifest
    assert again.snapshot_at.utcoffset() == manifest.snapshot_at.utcoffset()
    assert again.size == sum(one.size for one in manifest.files)


proofs = st.builds(
    Proof,
    backup_id=texts,
    proven_at=moments,
    faithful=st.sampled_from(Status),
    sound=st.sampled_from(Status),
    restore_seconds=st.floats(0, 1e6),
    age_seconds=st.floats(0, 1e9),
    run=texts,
    server=texts,
    findings=st.lists(texts, max_size=3).map(tuple),
)


@given(proofs)
def test_proof_comes_back(proof: Proof) -> None:
    again = Proof.from_json(json.loads(json.dumps(proof.as_json())))
    assert again == proof
    assert isinstance(again.faithful, Status)


@pytest.mark.parametrize("faithful", Status)
@pytest.mark.parametrize("sound", Status)
def test_proven_is_both(faithful: Status, sound: Status) -> None:
    proof = Proof(BACKUP, datetime.now(UTC), faithful, sound, 1, 2, "by hand", "18.6")
    assert proof.passed is (faithful == sound == Status.PASSED)
