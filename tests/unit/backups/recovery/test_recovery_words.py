from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studioops.backups.recovery.marks import HEAD, Mark, Role, read_comment, write_comment
from studioops.backups.recovery.mend import judge
from studioops.backups.recovery.names import kept_name, new_run_id, quoted, target_option
from studioops.backups.recovery.needs import comment_of, hidden_settings, needs_of, properties_of
from studioops.backups.recovery.properties import Grant, Setting, list_entries

MARK = Mark(Role.KEPT, "run", "shop", "shop_recovered", "2026-11-25T02:00:00+00:00", "id")


def manifest(major: int = 18, **definitions: dict[str, str]) -> SimpleNamespace:
    spaced = {kind.replace("_", " "): texts for kind, texts in definitions.items()}
    server = {"major": major, "owner": "me"}
    return SimpleNamespace(server=server, definitions=spaced, size=7)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda one: one.strip())
)
def test_a_kept_name_fits_and_ends_in_its_run(name):
    run = new_run_id(datetime(2026, 11, 25, 2, tzinfo=UTC))
    kept = kept_name(name, "before", run)
    assert len(kept.encode()) <= 63
    assert kept.endswith(f"_before_{run}")


@given(
    st.none() | st.text(min_size=1).filter(lambda one: HEAD not in one), st.none() | st.just(MARK)
)
def test_a_comment_comes_back_as_it_was(comment, mark):
    assert read_comment(write_comment(comment, mark)) == (comment, mark)


def test_marks_lie_in_each_other():
    outer = Mark(Role.CLOSING, "r2", "shop", "p", MARK.at, before=MARK)
    assert read_comment(write_comment("ours", outer)) == ("ours", outer)


@pytest.mark.parametrize("rest", ["", "{", "[]", '{"role": "king"}', '{"role": "kept"}', "null"])
def test_what_is_no_mark_is_a_comment(rest):
    assert read_comment(HEAD + rest) == (HEAD + rest, None)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ('"$user", public', ["$user", "public"]),
        ('"a, ""b",c', ['a, "b', "c"]),
        ("", []),
        ('""', [""]),
    ],
)
def test_names_in_a_setting(value, names):
    assert list_entries(value) == names


def test_a_name_as_it_is_typed():
    assert quoted('a"b') == '"a""b"'


def test_how_a_command_names_a_target():
    assert target_option("shop") == "--target shop"
    assert target_option("db.example:5432/shop") == "--dsn URL"


def test_what_a_backup_needs():
    found = needs_of(
        manifest(
            table={"public.t": '{"owner": "\\"The owner\\""}', "public.u": '{"owner": "me"}'},
            schema={"public": "owner pg_database_owner", "s": "owner other"},
            default_privilege={'"a b" in public on tables': "x: SELECT"},
            role={'"The owner"': "{}", "reader": "{}"},
            extension={'"uuid-ossp"': "{}", "plpgsql": "{}"},
            view={"public.v": "{no json"},
        )
    )
    assert found.roles == {"The owner", "me", "other", "a b"}
    assert found.named == {"The owner", "reader"}
    assert found.extensions == {"uuid-ossp", "plpgsql"}
    assert found.public_changed == ""
    assert found.size == 7


@pytest.mark.parametrize(
    ("major", "owner", "grants", "changed"),
    [
        (18, "pg_database_owner", "PUBLIC: USAGE", False),
        (18, "pg_database_owner", "PUBLIC: CREATE\nPUBLIC: USAGE", True),
        (18, "me", "PUBLIC: USAGE", True),
        (14, "postgres", "PUBLIC: CREATE\nPUBLIC: USAGE", False),
        (14, "postgres", "PUBLIC: USAGE", True),
        (14, "me", "PUBLIC: CREATE\nPUBLIC: USAGE", True),
    ],
)
def test_schema_public_as_in_a_new_database_or_not(major, owner, grants, changed):
    said = f"{grants}\n{owner}: CREATE\n{owner}: USAGE"
    found = needs_of(
        manifest(
            major,
            schema={"public": f"owner {owner}"},
            privilege={"schema public": said},
            role={"postgres": '{"superuser": true}', "me": '{"superuser": false}'},
        )
    )
    assert bool(found.public_changed) == changed


def test_what_hangs_on_a_database_that_is_gone():
    told = {
        "owner": '"Own er"',
        "comment": "ours",
        "connection limit": "5",
        "privileges": "PUBLIC: CONNECT\nreader: TEMPORARY WITH GRANT OPTION",
        "work_mem": "4MB",
        '"a b" work_mem': "5MB",
        "app.secret": "hash 1f",
    }
    backup = manifest(database_setting=told)
    found = properties_of(backup)
    assert (found.owner, found.connection_limit) == ("Own er", 5)
    assert found.grants == (
        Grant(None, "CONNECT", grantable=False),
        Grant("reader", "TEMPORARY", grantable=True),
    )
    assert found.settings == (
        Setting(None, "work_mem", "4MB"),
        Setting("a b", "work_mem", "5MB"),
    )
    assert hidden_settings(backup) == ["app.secret"]
    assert comment_of(backup) == "ours"


def test_without_marks_there_is_no_way_back():
    assert judge({}, "shop").way_back is None
