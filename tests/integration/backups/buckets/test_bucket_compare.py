"""Columns that name objects are held against the copy, not against the bucket as it is now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from studioops.backups.buckets import compare_with_copy
from studioops.backups.seen import Seen
from studioops.integrity import load_contract
from studioops.model import Status
from studioops.postgres import open_database
from tests.integration.backups.buckets.conftest import digest

KEYS = ("a/b", "a-b", "a", "é")


@pytest.fixture
def compare(archive, database_dsn, tmp_path):
    contract = tmp_path / "contract.yaml"
    contract.write_text(
        f"objects:\n- {{column: books.path, bucket: {archive.bucket}, sha256: books.sha}}\n",
        encoding="utf-8",
    )
    with psycopg.connect(database_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE books (path text, sha text)")
        cursor.executemany(
            "INSERT INTO books VALUES (%s, %s)", [(key, digest(key.encode())) for key in KEYS]
        )

    def look(*copies, **options) -> Seen:
        with open_database(database_dsn) as database:
            return compare_with_copy(
                database, load_contract(contract), archive.shelf, copies, "studioops", **options
            )

    for key in KEYS:
        archive.put(key, data=key.encode())
    return look


def checks(seen: Seen) -> list[str]:
    return [one.check for one in seen.findings]


def test_a_copy_that_has_what_rows_name_passes_whatever_the_bucket_has_now(archive, compare):
    copy = archive.copy()
    archive.delete(*KEYS)
    seen = compare(copy)
    assert (seen.status, checks(seen)) == (Status.PASSED, [])


def test_a_row_whose_object_the_copy_lacks_is_found(archive, compare):
    copy = archive.delete("a-b").copy()
    archive.put("a-b", data=b"a-b")
    seen = compare(copy)
    assert (seen.status, checks(seen)) == (Status.FAILED, ["missing_object"])
    assert "'a-b'" in seen.findings[0].message


def test_an_object_of_another_content_is_found(archive, compare):
    copy = archive.put("a", data=b"cut").copy()
    archive.put("a", data=b"a")
    seen = compare(copy, contents=None)
    assert (seen.status, checks(seen)) == (Status.FAILED, ["object_mismatch"])


def test_an_object_written_after_the_snapshot_is_no_fault(archive, compare):
    copy = archive.put("later").copy()
    assert checks(compare(copy, snapshot_at=datetime.now(UTC))) == []
    later = datetime.now(UTC) + timedelta(hours=1)
    assert checks(compare(copy, snapshot_at=later)) == ["unnamed_object"]


def test_no_copy_or_a_damaged_one_is_not_checked(archive, compare):
    seen = compare()
    assert seen.status is Status.NOT_CHECKED
    assert "has no copy of the bucket" in seen.subjects[0].reason
    copy = archive.copy()
    archive.flip(copy.manifest)
    seen = compare(copy)
    assert (seen.status, checks(seen)) == (Status.NOT_CHECKED, [])
    assert "; next: " in seen.subjects[0].reason


def test_without_columns_there_is_nothing_to_hold(archive, database_dsn, tmp_path):
    contract = tmp_path / "none.yaml"
    contract.write_text("relationships: []\n", encoding="utf-8")
    with open_database(database_dsn) as database:
        seen = compare_with_copy(database, load_contract(contract), archive.shelf, (), "studioops")
    assert seen.subjects[0].status is Status.NOT_APPLICABLE
