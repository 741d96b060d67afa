"""The catalogue as a whole: complete, silent where nothing is wrong, honest where it can't look."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL

from studioops.checks import ScanCheck, SqlCheck, all_checks, choose_checks, run, run_checks
from studioops.errors import DatabaseUnreachable, UsageError
from studioops.model import Severity, Status
from studioops.postgres import Limits, open_database, parse_dsn

ROOT = Path(__file__).parents[3]
ROOMS = ROOT / "include" / "studioops" / "checks"
PAGES = ROOT / "docs" / "checks"
NAMES = [check.name for check in all_checks()]
HEADINGS = [
    "## What it finds",
    "## Why it matters",
    "## How to mend it",
    "## When it is no fault",
]
# What the mission asks for; more is welcome.
WANTED = re.findall(
    r"\w+",
    """
missing_foreign_key not_valid orphan orphan_behind_valid_constraint malformed_value unequal_types
wrong_on_delete wrong_on_update no_covering_index duplicated_foreign_key intersecting_foreign_key
disabled_trigger self_reference_without_action nullable_composite cyclic_references
invalid_index duplicated_index intersecting_index unused_index missing_index bloated_index
index_with_nulls boolean_index index_on_array
no_primary_key bloated_table table_not_linked all_nullable natural_key varchar_key
serial_beyond_type sequence_near_end json_not_jsonb timestamp_without_zone money_column
char_n_column column_type_differs identifier_cut_short empty_table
transaction_wraparound long_idle_transaction inactive_slot unlogged_table checksums_off
collation_version_changed extension_out_of_date statistics_stale connections_near_limit
superuser_in_use
""",
)


def test_every_check_that_was_asked_for_is_there():
    assert sorted(set(WANTED) - set(NAMES)) == []


def test_names_are_unique():
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.name)
def test_each_check_has_its_four_files(check):
    room = ROOMS / check.group
    assert (room / f"{check.name}.py").is_file()
    # What the scan answers has its SQL composed by the scan, for it depends on the contract.
    assert (room / f"{check.name}.sql").is_file() is isinstance(check, SqlCheck)
    assert (PAGES / f"{check.name}.md").is_file()
    tests = Path(__file__).parent / check.group / f"test_{check.name}.py"
    assert ".prove(" in tests.read_text(encoding="utf-8")


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.name)
def test_each_page_says_what_the_check_says(check):
    text = (PAGES / f"{check.name}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {check.name}\n\n**{check.question}**")
    assert f"Room: {check.group}." in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == HEADINGS
    assert check.question.endswith("?")


def test_no_file_lies_about_without_a_check():
    kinds = (SqlCheck, ScanCheck)
    assert all(isinstance(check, kinds) for check in all_checks())
    shared = {path.stem for path in (ROOMS / "shared").glob("*.sql")}
    texts = [path.read_text(encoding="utf-8") for path in ROOMS.glob("*/*.sql")]
    assert all(sum(f"\n-- include {name}\n" in text for text in texts) > 1 for name in shared)
    stray = [path.stem for path in ROOMS.glob("*/*.sql") if path.stem not in {*NAMES, *shared}]
    stray += [path.stem for path in PAGES.glob("*.md") if path.stem not in (*NAMES, "README")]
    assert stray == []


def test_the_list_of_pages_names_each_once():
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\]\(([a-z_]+)\.md\)", text)) == sorted(NAMES)


def test_nothing_is_found_in_an_empty_database(checked):
    report = checked.report()
    assert report.findings == ()
    seen = {one.name: one for one in report.subjects}
    # A database without a relationship can't be said to keep its references.
    by_scan = {check.name for check in all_checks() if isinstance(check, ScanCheck)}
    unseen = {name for name, one in seen.items() if one.status is Status.NOT_CHECKED}
    assert unseen <= by_scan, [seen[name].reason for name in unseen - by_scan]
    assert len(seen) == len(NAMES)


def test_checks_are_chosen_by_name_by_room_and_with_hyphens():
    assert [one.name for one in choose_checks(["Duplicated-Index"])] == ["duplicated_index"]
    assert {one.group for one in choose_checks(["indexes", "tables"])} == {"indexes", "tables"}
    assert len(choose_checks([])) == len(NAMES)
    with pytest.raises(UsageError, match="no check called 'indices'") as raised:
        choose_checks(["indices"])
    assert raised.value.next_step == "studioops check indexes"
    with pytest.raises(UsageError) as raised:
        choose_checks(["zzz"])
    assert raised.value.next_step == "studioops check --list"


def test_a_database_that_is_away_is_told_once_as_an_error():
    with (
        open_database("postgresql://127.0.0.1:1/x") as database,
        pytest.raises(DatabaseUnreachable),
    ):
        run_checks(database, None, target="t")


def test_a_connection_lost_in_the_middle_leaves_the_rest_not_checked(checked, cluster):
    name = parse_dsn(checked.dsn).database
    told = []

    def drop_when_two_are_done(check: str, done: int, of: int) -> None:
        told.append(check)
        if done == 2:
            cluster.drop(name)

    with open_database(checked.dsn) as database:
        report = run_checks(
            database, None, target="t", names=["indexes"], progress=drop_when_two_are_done
        )
    assert len(told) == len(choose_checks(["indexes"]))
    assert report.status is Status.NOT_CHECKED
    statuses = [one.status for one in report.subjects]
    assert Status.NOT_CHECKED not in statuses[:2]
    assert set(statuses[2:]) == {Status.NOT_CHECKED}
    assert all(name in one.reason for one in report.subjects[2:])


class Slow(SqlCheck):
    """A question that takes longer than anybody waits."""

    @property
    def statement(self) -> SQL:
        return SQL("SELECT pg_sleep(20)")


def test_a_check_that_takes_too_long_is_not_checked_and_the_others_go_on(checked, monkeypatch):
    slow = Slow(
        module="room.indexes.slow", question="?", severity=Severity.INFO, why="", explain=str
    )
    quick = choose_checks(["duplicated_index"])
    monkeypatch.setattr(run, "choose_checks", lambda _: (slow, *quick))
    with open_database(checked.dsn, limits=Limits(statement_timeout=0.3)) as database:
        report = run_checks(database, None, target="t")
    assert [one.status for one in report.subjects] == [Status.NOT_CHECKED, Status.PASSED]
    assert "next: " in report.subjects[0].reason


def test_a_plain_role_may_ask_everything_and_what_it_may_not_see_is_told(checked, cluster):
    name = parse_dsn(checked.dsn).database
    checked.sql(
        "CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t)",
        "DROP ROLE IF EXISTS nobody_in_particular",
        "CREATE ROLE nobody_in_particular LOGIN PASSWORD 'sesame'",
    )
    dsn = cluster.dsn(name, "nobody_in_particular", "sesame")
    try:
        report = checked.report(dsn=dsn)
    finally:
        with psycopg.connect(checked.dsn, autocommit=True) as connection:
            connection.execute("DROP OWNED BY nobody_in_particular")
            connection.execute("DROP ROLE nobody_in_particular")
    unseen = [one for one in report.subjects if one.status is Status.NOT_CHECKED]
    assert unseen
    for one in unseen:
        assert "next: " in one.reason, one
        assert "sesame" not in one.reason


def test_a_whole_run_leaves_nothing_behind(checked):
    checked.sql("CREATE TABLE t (id int PRIMARY KEY)")
    with psycopg.connect(checked.dsn) as connection:
        before = connection.execute("SELECT count(*) FROM pg_class").fetchone()
    checked.report()
    with psycopg.connect(checked.dsn) as connection:
        assert connection.execute("SELECT count(*) FROM pg_class").fetchone() == before
