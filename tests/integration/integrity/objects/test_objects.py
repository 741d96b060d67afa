"""Rows and objects held against each other: what is planted is found, nothing else."""

from __future__ import annotations

import threading

import psycopg
import pytest

from studioops.errors import ObjectStoreUnreachable
from studioops.integrity import load_contract
from studioops.integrity.objects import compare_objects, objects_not_checked, second_look
from studioops.model import Status
from studioops.objectstore import open_object_store
from studioops.postgres import open_database
from tests.integration.integrity.objects.conftest import digest, only

# A store that keeps directories lists these in another order than S3 says.
ODD = (
    "a/b",
    "a-b",
    "a.b",
    "a",
    "A",
    "ä",
    "aa",
    "a b",
    "a%20b",
    "it's",
    'q"q',
    "x/y/z",
    "%s",
    "日本",
    "a+b",
)


def test_what_is_whole_passes_with_its_figures(library):
    seen = only(library.put(*ODD).rows(*ODD).compare())
    assert (seen["status"], seen["rows"], seen["objects"]) == ("passed", len(ODD), len(ODD))
    assert (seen["missing"], seen["unnamed"], seen["mismatched"]) == (0, 0, 0)
    assert (seen["claims"], seen["contents_read"]) == (len(ODD), len(ODD))
    assert seen["bytes_read"] == len(ODD) * len("a book")


@pytest.mark.parametrize("key", ODD)
def test_each_odd_name_is_found_missing_and_unnamed_exactly(library, key):
    others = [one for one in ODD if one != key]
    missing = only(library.put(*others).rows(*ODD).compare())
    assert (missing["status"], missing["sample"]["missing"], missing["missing"]) == (
        "failed",
        [key],
        1,
    )
    assert missing["unnamed"] == 0
    library.put(key).sql("TRUNCATE books").rows(*others)
    unnamed = only(library.compare())
    assert (unnamed["status"], unnamed["sample"]["unnamed"], unnamed["missing"]) == (
        "passed",
        [key],
        0,
    )


def test_a_missing_object_is_mended_by_putting_it_back(library):
    report = library.put("one").rows("one", "two", "two").compare()
    (finding,) = report.findings
    assert (finding.check, finding.severity) == ("missing_object", "error")
    assert "1 names have no object" in finding.message
    with psycopg.connect(library.dsn) as connection:
        listing = finding.repair.splitlines()[-1]
        assert [row[1] for row in connection.execute(listing)] == ["two", "two"]
    assert library.put("two").compare().findings == ()


def test_an_unnamed_object_is_a_warning_and_fails_nothing(library):
    report = library.put("one", "stray").rows("one").compare()
    assert report.status is Status.PASSED
    assert [(one.check, one.object) for one in report.findings] == [
        ("unnamed_object", library.bucket)
    ]


def test_another_content_is_found_and_mended(library):
    library.put("one", "two").rows("one", "two").put("two", text="another book")
    report = library.compare()
    seen = only(report)
    assert (seen["status"], seen["mismatched"], seen["sample"]["mismatched"]) == (
        "failed",
        1,
        ["two"],
    )
    assert [one.check for one in report.findings] == ["object_mismatch"]
    library.sql(f"UPDATE books SET sha = '{digest('another book')}' WHERE path = 'two'")
    assert library.compare().findings == ()


def test_the_hash_may_be_upper_case_or_bytes(library):
    library.put("one").rows("one", sha=digest("a book").upper())
    assert only(library.compare())["mismatched"] == 0
    library.sql("ALTER TABLE books ALTER sha TYPE bytea USING decode(sha, 'hex')")
    assert only(library.compare())["mismatched"] == 0


def test_a_hash_that_is_none_is_a_mismatch(library):
    assert only(library.put("one").rows("one", sha="not a hash").compare())["mismatched"] == 1


def test_rows_that_claim_no_hash_are_told_as_unproven(library):
    report = library.put("one").rows("one", sha="").compare()
    assert report.status is Status.PASSED
    assert [(one.check, one.severity) for one in report.findings] == [("unproven_object", "info")]
    assert only(report)["unproven"] == 1


def test_no_more_contents_are_read_than_was_said(library):
    keys = [f"k{n}" for n in range(12)]
    report = library.put(*keys).rows(*keys).compare(contents=5)
    assert (only(report)["claims"], only(report)["contents_read"]) == (12, 5)
    (finding,) = report.findings
    assert (finding.check, finding.severity) == ("unread_content", "info")
    assert finding.message.startswith("7 of 12 contents were not read")
    assert only(library.compare(contents=0))["contents_read"] == 0
    whole = library.compare(contents=None)
    assert only(whole)["contents_read"] == 12
    assert whole.findings == ()


def test_null_names_nothing_and_an_empty_text_names_no_object(library):
    seen = only(library.rows(None, "").compare())
    assert (seen["rows"], seen["missing"], seen["sample"]["missing"]) == (1, 1, [""])


def test_a_directory_of_a_consoles_making_is_no_stray_object(library):
    library.store.client.put_object(Bucket=library.bucket, Key="folder/", Body=b"")
    assert only(library.compare())["unnamed"] == 0


def test_an_object_named_by_another_column_is_not_unnamed(library):
    library.sql("CREATE TABLE covers (path text)", "INSERT INTO covers VALUES ('cover')")
    text = "objects:\n" + "".join(
        f"- {{column: {table}.path, bucket: {library.bucket}}}\n" for table in ("books", "covers")
    )
    library.put("one", "cover", "stray").rows("one").contract(text=text)
    first, second = library.compare().evidence["objects"]
    assert (first["unnamed"], first["sample"]["unnamed"]) == (1, ["stray"])
    assert (first["missing"], second["missing"], second["unnamed"]) == (0, 0, None)


def test_an_upload_that_is_under_way_is_no_fault(library):
    """The row came first; the object follows while the second look is waited for."""
    upload = threading.Timer(0.2, lambda: library.put("late"))
    upload.start()
    try:
        seen = only(library.rows("late").compare(pause=1.0))
    finally:
        upload.join()
    assert (seen["status"], seen["missing"]) == ("passed", 0)


def test_a_row_that_is_under_way_is_no_fault(library):
    row = threading.Timer(0.2, lambda: library.rows("early"))
    row.start()
    try:
        seen = only(library.put("early").compare(pause=1.0))
    finally:
        row.join()
    assert seen["unnamed"] == 0


def test_a_young_object_may_still_get_its_row(library):
    library.put("young")
    assert only(library.compare(settling=300))["unnamed"] == 0
    assert only(library.compare(settling=-60))["unnamed"] == 1


def test_a_row_deleted_meanwhile_misses_nothing(library):
    delete = threading.Timer(0.2, lambda: library.sql("DELETE FROM books"))
    delete.start()
    try:
        seen = only(library.rows("gone").compare(pause=1.0))
    finally:
        delete.join()
    assert seen["missing"] == 0


@pytest.mark.parametrize("one_by_one", [0, 1000])
def test_many_suspects_are_counted_exactly_by_either_way(library, monkeypatch, one_by_one):
    monkeypatch.setattr(second_look, "ONE_BY_ONE", one_by_one)
    present, absent = [f"p{n}" for n in range(30)], [f"m{n}" for n in range(40)]
    seen = only(library.put(*present, "stray").rows(*present[5:], *absent).compare(contents=0))
    assert (seen["missing"], seen["unnamed"], seen["objects"]) == (40, 6, 31)
    assert len(seen["sample"]["missing"]) == 5


def test_strange_names_of_tables_and_columns(library):
    library.sql(
        'CREATE TABLE "My Books" ("The %s path" text)',
        "INSERT INTO \"My Books\" VALUES ('one'), ('two')",
    )
    library.contract(column="""'"My Books"."The %s path"'""").put("one")
    report = library.compare()
    assert only(report)["sample"]["missing"] == ["two"]
    library.sql(report.findings[0].repair.splitlines()[-1])


def test_a_partitioned_table_and_a_view_are_columns_too(library):
    library.sql(
        "CREATE TABLE parts (path text) PARTITION BY LIST (path)",
        "CREATE TABLE parts_1 PARTITION OF parts DEFAULT",
        "INSERT INTO parts VALUES ('one')",
        "CREATE VIEW seen AS SELECT path FROM parts",
    )
    library.put("one")
    for name in ("parts", "seen"):
        assert only(library.contract(column=f"{name}.path").compare())["status"] == "passed"


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("nothing.path", "table public.nothing is absent"),
        ("books.nothing", "column public.books.nothing is absent"),
    ],
)
def test_what_is_absent_is_not_checked(library, column, reason):
    seen = only(library.contract(column=column).compare())
    assert seen["status"] == "not_checked"
    assert reason in seen["reason"]
    assert seen["missing"] is None


def test_without_the_hashes_column_the_names_are_looked_at_all_the_same(library):
    library.contract("sha256: books.checksum").put("one").rows("one")
    seen = only(library.compare())
    assert (seen["status"], seen["missing"]) == ("not_checked", 0)
    assert "column public.books.checksum is absent" in seen["reason"]
    assert only(library.rows("two").compare())["status"] == "failed"


def test_an_absent_bucket_is_not_checked(library):
    library.rows("one").contract(text="objects:\n- {column: books.path, bucket: no-such-bucket}\n")
    seen = only(library.compare())
    assert seen["status"] == "not_checked"
    assert "there is no such bucket" in seen["reason"]
    assert seen["missing"] is None


def test_an_entry_that_can_not_be_read_makes_no_object_unnamed(library):
    text = f"objects:\n- {{column: books.path, bucket: {library.bucket}}}\n- {{column: gone.path, bucket: {library.bucket}}}\n"
    first, second = library.put("one").contract(text=text).compare().evidence["objects"]
    assert (first["unnamed"], second["status"]) == (None, "not_checked")


def test_a_role_without_the_right_is_told_what_to_grant(library, cluster):
    library.put("one").rows("one").sql(
        "DROP ROLE IF EXISTS blind", "CREATE ROLE blind LOGIN PASSWORD 'sesame'"
    )
    name = library.dsn.split("dbname=")[1].split()[0]
    seen = only(library.compare(dsn=cluster.dsn(name, "blind", "sesame")))
    library.sql("DROP ROLE blind")
    assert seen["status"] == "not_checked"
    assert "permission denied" in seen["reason"]
    assert "sesame" not in seen["reason"]


def test_a_store_that_is_away_is_not_checked(library):
    library.rows("one")
    with open_object_store("127.0.0.1:1", "k", "s") as dead:
        seen = only(library.compare(store=dead))
    assert seen["status"] == "not_checked"
    assert "127.0.0.1:1" in seen["reason"]


class Dying:
    """The store dies at its second page."""

    def __init__(self, store) -> None:
        self._store = store

    def pages(self, bucket, prefix=""):
        yield from self._store.pages(bucket, prefix)
        raise ObjectStoreUnreachable("store: gone", "start it")


def test_a_list_that_breaks_off_claims_nothing(library):
    seen = only(library.put("one").rows("one", "two").compare(store=Dying(library.store)))
    assert (seen["status"], seen["missing"], seen["unnamed"]) == ("not_checked", None, None)
    assert seen["reason"] == "store: gone; next: start it"


def test_where_nobody_could_look_every_entry_says_why(library, tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(
        "objects:\n- {column: a.b, bucket: c}\n- {column: d.e, bucket: c}\n", encoding="utf-8"
    )
    report = objects_not_checked(load_contract(path), "no store; next: set one", "t")
    assert report.status is Status.NOT_CHECKED
    assert {one.reason for one in report.subjects} == {"no store; next: set one"}
    assert [one.name for one in report.subjects] == ["public.a(b) ⇢ c", "public.d(e) ⇢ c"]


def test_progress_is_told_bucket_by_bucket(library):
    told = []
    library.put("one").rows("one")
    library.compare(progress=lambda *words: told.append(words))
    assert told == [(library.bucket, 1, 1)]


def test_a_hundred_thousand_names_take_little_memory(library, monkeypatch):
    """Both sides stay on disk: the peak does not grow with their number."""
    import tracemalloc
    from datetime import UTC, datetime

    from studioops.objectstore.store import ListedObject

    count = 100_000
    library.sql(
        f"INSERT INTO books (path) SELECT 'path/of/' || n FROM generate_series(1, {count}) AS n"
    )

    class Many:
        def pages(self, *_):
            old = datetime(2020, 1, 1, tzinfo=UTC)
            for start in range(1, count, 1000):
                yield [ListedObject(f"path/of/{n}", 1, old) for n in range(start, start + 1000)]

    tracemalloc.start()
    seen = only(library.compare(store=Many()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (seen["rows"], seen["objects"], seen["missing"], seen["unnamed"]) == (count, count, 0, 0)
    assert peak < 20 * 1024 * 1024


def test_two_looks_at_the_same_time_do_not_disturb_each_other(library):
    library.put("one").rows("one", "two")
    found = []

    def look():
        found.append(only(library.compare())["missing"])

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1, 1, 1]


def test_the_database_lost_in_the_middle_claims_nothing(library, cluster):
    library.put("one").rows("one", "two")
    name = library.dsn.split("dbname=")[1].split()[0]

    class Late:
        has = staticmethod(library.store.has)

        def pages(self, bucket, prefix=""):
            cluster.run("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
            cluster.run(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            )
            yield from library.store.pages(bucket, prefix)

    seen = only(library.compare(store=Late()))
    cluster.run("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)
    assert seen["status"] == "not_checked"
    assert name in seen["reason"]


def test_the_shipped_contract_holds_on_the_legacy_database(legacy_dsn, store):
    from studioops.local.studioops_legacy import legacy_objects
    from studioops.settings.declarations import SHIPPED_CONTRACT

    store.ensure_buckets(["documents"])
    for key, content in legacy_objects():
        store.put("documents", key, content)
    with open_database(legacy_dsn) as database:
        report = compare_objects(
            database, store, load_contract(SHIPPED_CONTRACT), target="s", pause=0
        )
    (seen,) = report.evidence["objects"]
    assert seen["missing"] == 0
    assert seen["rows"] > 0
