"""Connections that are nearly used up."""

import re

from psycopg.conninfo import make_conninfo

from studioops.checks import choose_checks
from studioops.model import Severity
from studioops.postgres import parse_dsn

NAME = "connections_near_limit"


def allow_more(checked):
    """What the finding says for those who have decided."""

    def mend(findings) -> None:
        checked.sql(*re.findall("^-- (ALTER .* CONNECTION LIMIT .*;)$", findings[0].repair, re.M))

    return mend


def test_a_role_near_its_limit_is_found_until_more_are_allowed(checked, sessions, a_role):
    a_role("App one", "CONNECTION LIMIT 5")
    sessions(3, user="App one", password="sesame")
    assert checked.find(NAME) == []
    sessions(1, user="App one", password="sesame")
    (found,) = checked.prove(
        NAME, {'"App one"': "4 of the 5 connections of this role"}, mend=allow_more(checked)
    )
    assert found.severity is Severity.WARNING


def test_a_database_near_its_limit_is_found_until_more_are_allowed(checked, sessions, cluster):
    name = parse_dsn(checked.dsn).database
    sessions(4)
    cluster.run("ALTER DATABASE {} CONNECTION LIMIT 5", name)
    (found,) = checked.prove(
        NAME, {name: "5 of the 5 connections of this database"}, mend=allow_more(checked)
    )
    assert found.severity is Severity.ERROR


def test_a_server_near_its_limit_is_found_until_some_have_gone(checked, sessions, monkeypatch):
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "share", 15)

    def end_some(findings) -> None:
        checked.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            # To wait for their end is a second parameter of it, from PostgreSQL 14 on.
            "DO $$ BEGIN WHILE (SELECT count(*) > 1 FROM pg_stat_activity"
            " WHERE datname = current_database()) LOOP"
            " PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP; END $$",
        )

    opened = sessions(30)
    # Of the 200 some are kept for superusers.
    most = {
        one.execute(
            "SELECT current_setting('max_connections')::int"
            " - current_setting('superuser_reserved_connections')::int"
        ).fetchone()
        for one in opened[:1]
    }
    checked.prove(NAME, {"max_connections": f"of the {most.pop()[0]} connections"}, mend=end_some)


def test_superusers_closed_doors_and_roles_elsewhere_are_well(checked, sessions, a_role, cluster):
    a_role("boss", "SUPERUSER CONNECTION LIMIT 1")
    a_role("elsewhere", "CONNECTION LIMIT 1")
    a_role("closed", "")
    sessions(2, user="boss", password="sesame")
    sessions(1, user="elsewhere", password="sesame", dbname="postgres")
    sessions(1, user="closed", password="sesame")
    cluster.run("ALTER ROLE {} CONNECTION LIMIT 0", "closed")
    assert checked.find(NAME) == []


def test_a_plain_role_sees_enough_to_count(checked, sessions, a_role):
    a_role("App one", "CONNECTION LIMIT 5")
    a_role("no_watcher", "")
    sessions(5, user="App one", password="sesame")
    dsn = make_conninfo(checked.dsn, user="no_watcher", password="sesame")
    report = checked.report(NAME, dsn=dsn)
    assert [one.object for one in report.findings] == ['"App one"']
