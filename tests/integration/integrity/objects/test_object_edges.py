"""What goes wrong between rows and objects in real life: odd values, writers at work, no room."""

from __future__ import annotations

import sqlite3
import threading
import time

import psycopg
import pytest

from studioops.integrity.objects import second_look, workspace
from studioops.model import Status
from tests.integration.integrity.objects.conftest import digest, only


@pytest.mark.parametrize("value", ["../x", "./a", "a/../b", ".", "x" * 1025, "é" * 700, "\x01"])
def test_a_value_that_no_object_can_have_is_missing_and_spoils_nothing_else(library, value):
    seen = only(library.put("one").rows("one", value, "two").compare())
    assert (seen["status"], seen["missing"], seen["reason"]) == ("failed", 2, "")
    assert sorted(seen["sample"]["missing"]) == sorted([value, "two"])


def test_a_name_of_a_directory_is_no_object(library):
    seen = only(library.put("dir/file").rows("dir/file", "dir/", "dir").compare())
    assert sorted(seen["sample"]["missing"]) == ["dir", "dir/"]


@pytest.mark.parametrize(
    "value", ["s3://{bucket}/a/b.txt", "http://store:9000/{bucket}/a/b.txt", "{bucket}/a/b.txt"]
)
def test_a_value_that_holds_more_than_the_name_says_so(library, value):
    value = value.format(bucket=library.bucket)
    (finding, *_) = library.put("a/b.txt").rows(value).compare().findings
    assert finding.check == "missing_object"
    assert f"the bucket has 'a/b.txt' for {value!r}" in finding.repair
    assert "VIEW" in finding.repair


def test_an_old_version_and_a_deleted_object_are_none(library):
    library.put("kept", text="an older book")
    library.store.client.put_bucket_versioning(
        Bucket=library.bucket, VersioningConfiguration={"Status": "Enabled"}
    )
    library.put("kept", "deleted").rows("kept", "deleted")
    library.store.client.delete_object(Bucket=library.bucket, Key="deleted")
    seen = only(library.compare())
    assert (seen["sample"]["missing"], seen["objects"]) == (["deleted"], 1)
    assert (seen["mismatched"], seen["unnamed"]) == (0, 0)


def test_two_rows_of_one_object_are_one_name_and_one_claim(library):
    seen = only(library.put("one").rows("one", "one", "lost", "lost").compare())
    assert (seen["rows"], seen["missing"]) == (4, 1)
    assert (seen["claims"], seen["contents_read"]) == (1, 1)


def test_two_rows_that_claim_another_content_can_not_both_be_right(library):
    library.put("one").rows("one").rows("one", sha=digest("another"))
    seen = only(library.compare())
    assert (seen["claims"], seen["mismatched"]) == (2, 1)


def test_an_empty_text_claims_no_hash(library):
    library.put("one").rows("one").sql("UPDATE books SET sha = '  '")
    seen = only(library.compare())
    assert (seen["status"], seen["claims"], seen["unproven"]) == ("passed", 0, 1)


def test_no_more_bytes_are_read_than_was_said_but_one_object_at_least(library):
    keys = [f"k{n}" for n in range(9)]
    library.put(*keys, text="x" * 1000).rows(*keys, sha=digest("x" * 1000))
    seen = only(library.compare(content_bytes=3500))
    assert (seen["claims"], seen["contents_read"], seen["bytes_read"]) == (9, 3, 3000)
    assert only(library.compare(content_bytes=10))["contents_read"] == 1
    assert only(library.compare(contents=None, content_bytes=None))["contents_read"] == 9


@pytest.mark.parametrize("kind", ["text[]", "jsonb", "json"])
def test_a_column_whose_values_are_no_names_is_not_checked(library, kind):
    library.sql(f"ALTER TABLE books ALTER path TYPE {kind} USING NULL").put("one")
    seen = only(library.compare())
    assert (seen["status"], seen["missing"]) == ("not_checked", None)
    assert f"is {kind}" in seen["reason"]
    assert "view" in seen["reason"].partition("next: ")[2]


def test_what_is_whole_is_waited_for_by_nobody(library):
    library.put("one").rows("one")
    began = time.monotonic()
    assert only(library.compare(pause=60))["status"] == "passed"
    assert time.monotonic() - began < 30


def during_the_pause(work, monkeypatch) -> None:
    monkeypatch.setattr(second_look.time, "sleep", lambda _: work())


@pytest.mark.parametrize("one_by_one", [0, 1000])
def test_writers_at_work_are_no_fault_however_many(library, monkeypatch, one_by_one):
    monkeypatch.setattr(second_look, "ONE_BY_ONE", one_by_one)
    uploads, moved = [f"u{n}" for n in range(5)], [f"m{n}" for n in range(5)]
    late, gone = [f"l{n}" for n in range(5)], [f"g{n}" for n in range(5)]
    library.rows(*uploads, *gone).put(*late, *moved)

    def work() -> None:
        library.put(*uploads).rows(*late).sql("DELETE FROM books WHERE path LIKE 'g%'")
        for key in moved:
            library.store.client.delete_object(Bucket=library.bucket, Key=key)

    during_the_pause(work, monkeypatch)
    seen = only(library.compare())
    assert (seen["status"], seen["missing"], seen["unnamed"]) == ("passed", 0, 0)


@pytest.mark.parametrize("one_by_one", [0, 1000])
def test_among_writers_at_work_the_faults_are_found(library, monkeypatch, one_by_one):
    monkeypatch.setattr(second_look, "ONE_BY_ONE", one_by_one)
    library.rows("lost", "late").put("stray", "early")
    during_the_pause(lambda: library.put("late").rows("early"), monkeypatch)
    seen = only(library.compare())
    assert (seen["sample"]["missing"], seen["sample"]["unnamed"]) == (["lost"], ["stray"])


def test_an_object_seen_at_the_first_look_alone_is_missing_next_time(library, monkeypatch):
    """Looked at twice before it is a fault: what vanishes in between was seen missing once."""
    library.put("one").rows("one", "lost")
    delete = library.store.client.delete_object
    during_the_pause(lambda: delete(Bucket=library.bucket, Key="one"), monkeypatch)
    monkeypatch.setattr(second_look, "ONE_BY_ONE", 0)
    assert only(library.compare(contents=0))["sample"]["missing"] == ["lost"]
    assert only(library.compare(contents=0))["sample"]["missing"] == ["lost", "one"]


def test_many_suspects_cost_one_more_reading_of_each_side(library, monkeypatch):
    monkeypatch.setattr(second_look, "ONE_BY_ONE", 3)
    asked = []
    monkeypatch.setattr(second_look, "missing_now", lambda *_: asked.append(1))
    monkeypatch.setattr(second_look, "still_named", lambda *_: asked.append(1))
    seen = only(library.put("stray").rows(*(f"m{n}" for n in range(50))).compare(contents=0))
    assert (seen["missing"], seen["unnamed"], asked) == (50, 1, [])


def test_no_room_for_the_scratch_file_is_not_checked(library, monkeypatch):
    def no_room(self, *_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(workspace.Workspace, "add_objects", no_room)
    report = library.put("one").rows("one", "two").compare()
    seen = only(report)
    assert (report.status, seen["missing"]) == (Status.NOT_CHECKED, None)
    assert "database or disk is full" in seen["reason"]
    assert "TMPDIR" in seen["reason"].partition("next: ")[2]


def test_no_place_for_the_scratch_file_is_not_checked(library, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere/at/all")
    seen = only(library.put("one").rows("one").compare())
    assert seen["status"] == "not_checked"
    assert "TMPDIR" in seen["reason"]


def test_a_database_in_another_encoding(library, cluster, tmp_path):
    cluster.run("DROP DATABASE IF EXISTS latin")
    cluster.run(
        "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    )
    dsn = cluster.dsn("latin")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE books (path text, sha text); INSERT INTO books VALUES ('é')"
        )
    seen = only(library.put("é").compare(dsn=dsn))
    cluster.drop("latin")
    assert (seen["reason"], seen["missing"], seen["unnamed"]) == ("", 0, 0)


def test_a_table_that_grows_while_it_is_read_is_seen_as_of_one_moment(library):
    library.put("one").rows("one")
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            library.put("new").rows("new")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            seen = only(library.compare(settling=300, contents=0))
            assert (seen["missing"], seen["unnamed"]) == (0, 0)
    finally:
        stop.set()
        writer.join()
