"""An application that is logged in as a superuser."""

import re
from time import sleep

import pytest
from psycopg.conninfo import make_conninfo

from studioops.checks import choose_checks
from studioops.model import Status

NAME = "superuser_in_use"
MOMENT_S = 1.0


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    """Nobody can wait for a minute here; what the harness itself has just closed is younger."""
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "seconds", MOMENT_S)


def test_an_application_of_a_superuser_is_found_until_its_role_is_none(checked, sessions, a_role):
    def demote(findings) -> None:
        checked.sql(*re.findall("^-- (ALTER ROLE .*;)$", findings[0].repair, re.MULTILINE))

    a_role("App one", "SUPERUSER")
    sessions(2, user="App one", password="sesame", application_name="billing")
    sleep(MOMENT_S)
    checked.prove(
        NAME,
        {'"App one"': "2 sessions of applications are logged in as it, such as billing from"},
        mend=demote,
    )


def test_a_session_of_a_moment_is_no_application(checked, sessions, monkeypatch):
    monkeypatch.setitem(choose_checks([NAME])[0].parameters, "seconds", 60)
    sessions(1)
    assert checked.find(NAME) == []


def test_the_first_superuser_must_remain_one(checked, sessions):
    sessions(1)
    sleep(MOMENT_S)
    (found,) = checked.find(NAME)
    assert found.object == "studioops_admin"
    assert "NOSUPERUSER" not in found.repair
    assert "GRANT" in found.repair


def test_tools_plain_roles_and_sessions_elsewhere_are_well(checked, sessions, a_role):
    a_role("plain", "")
    sessions(1, application_name="psql")
    sessions(1, application_name="studioops scan")
    sessions(1, user="plain", password="sesame")
    sessions(1, dbname="postgres")
    sleep(MOMENT_S)
    assert checked.find(NAME) == []


def test_who_may_not_see_whose_sessions_are_is_told_so(checked, sessions, a_role):
    a_role("no_watcher", "")
    dsn = make_conninfo(checked.dsn, user="no_watcher", password="sesame")
    sessions(1, user="no_watcher", password="sesame")
    sleep(MOMENT_S)
    assert checked.report(NAME, dsn=dsn).status is Status.PASSED
    sessions(1, application_name="billing")
    sleep(MOMENT_S)
    report = checked.report(NAME, dsn=dsn)
    assert report.status is Status.NOT_CHECKED
    step = report.subjects[0].reason.partition("; next: ")[2]
    assert step == "GRANT pg_read_all_stats TO no_watcher"
    checked.sql(step)
    sleep(MOMENT_S)
    assert [one.object for one in checked.report(NAME, dsn=dsn).findings] == ["studioops_admin"]
