"""``studioops check`` as a stranger types it."""

from __future__ import annotations

import json
from xml.etree import ElementTree

TWICE = (
    "CREATE TABLE t (id int PRIMARY KEY, a int)",
    "CREATE INDEX one ON t (a)",
    "CREATE INDEX two ON t (a)",
)


def test_the_list_needs_no_database_and_names_every_room(studioops):
    answer = studioops("check", "--list", "--json")
    assert answer.code == 0
    document = answer.json("check-list")
    assert {one["group"] for one in document["checks"]} == {
        "references",
        "indexes",
        "tables",
        "server",
    }
    table = studioops("check", "--list")
    assert len(table.lines) == len(document["checks"]) + 1


def test_a_room_or_a_check_is_listed_by_name(studioops):
    listed = studioops("check", "--list", "--json", "indexes").json("check-list")["checks"]
    assert {one["group"] for one in listed} == {"indexes"}
    one = studioops("check", "--list", "--json", "duplicated-index").json("check-list")["checks"]
    assert [check["name"] for check in one] == ["duplicated_index"]


def test_a_warning_is_told_with_its_repair_and_fails_nothing(studioops, sql):
    dsn = sql(*TWICE)
    answer = studioops("check", "duplicated_index", "--dsn", dsn)
    assert answer.code == 0, answer.err
    assert "warning duplicated_index (1):" in answer.out
    assert "  public.two: the same as public.one on public.t" in answer.out
    assert "    repair: -- public.one takes over\n" in answer.out
    assert "            DROP INDEX CONCURRENTLY public.two;\n" in answer.out


def test_the_json_document_has_one_entry_a_check(studioops, sql):
    document = studioops("check", "indexes", "--json", "--dsn", sql(*TWICE)).json("check")
    assert {one["group"] for one in document["checks"]} == {"indexes"}
    assert [one["object"] for one in document["findings"]] == ["public.two"]
    counted = {one["name"]: one["findings"] for one in document["checks"]}
    assert counted["duplicated_index"] == 1


def test_junit_and_sarif_come_from_the_same_report(studioops, sql):
    dsn = sql(*TWICE)
    xml = studioops("check", "duplicated_index", "--format", "junit", "--dsn", dsn).out
    (suite,) = ElementTree.fromstring(xml.encode())
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")
    log = json.loads(studioops("check", "duplicated_index", "--format=sarif", "--dsn", dsn).out)
    assert [one["ruleId"] for one in log["runs"][0]["results"]] == ["duplicated_index"]


def test_a_misspelt_check_is_told_before_anybody_connects(studioops):
    answer = studioops("check", "duplicate_index", "--dsn", "postgresql://nowhere:1/x")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "studioops: there is no check called 'duplicate_index'; next: studioops check duplicated_index\n"
    )


def test_a_database_that_is_away_is_one_line_and_no_green(studioops):
    for extra in (["--json"], ["--format", "junit"], ["--format", "sarif"], []):
        answer = studioops("check", "--dsn", "postgresql://u:sesame@127.0.0.1:1/x", *extra)
        assert answer.code == 3
        assert answer.err.startswith("studioops: 127.0.0.1:1/x: no connection: ")
        assert "sesame" not in answer.out + answer.err
    assert studioops("check", "--json", "--dsn", "postgresql://127.0.0.1:1/x").json("check")[
        "error"
    ]
