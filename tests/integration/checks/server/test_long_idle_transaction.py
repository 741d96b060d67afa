"""A transaction that waits for its client."""

import re
from threading import Thread
from time import monotonic, sleep

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from studioops.checks import choose_checks
from studioops.model import Severity, Status

NAME = "long_idle_transaction"
OPTIONS = ("max_prepared_transactions=5",)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """Nobody can wait for ten minutes here."""
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "minutes", 0)


def typed(checked, what: str):
    """Type what the findings say for those who have decided."""

    def mend(findings) -> None:
        for found in findings:
            (statement,) = re.findall(rf"^-- ({what}.*;)$", found.repair, re.MULTILINE)
            checked.sql(statement)

    return mend


def test_a_forgotten_transaction_is_found_and_ended(checked, sessions, a_role):
    a_role("App one", "")
    checked.sql('CREATE TABLE "T t" (a int)', 'GRANT ALL ON "T t" TO "App one"')
    (idle,) = sessions(user="App one", password="sesame", application_name="worker 3")
    idle.execute("BEGIN")
    idle.execute("""INSERT INTO "T t" SELECT 1 WHERE 'secret' <> ''""")
    try:
        (found,) = checked.prove(
            NAME,
            {f"session {idle.info.backend_pid}": 'of "App one" (worker 3, from 127.0.0.1), idle'},
            mend=typed(checked, "SELECT pg_terminate_backend"),
        )
    finally:
        checked.sql('DROP OWNED BY "App one"')
    assert found.severity is Severity.WARNING
    assert "has 1 locks" in found.message
    assert "secret" not in str(found)


def test_one_that_others_wait_for_is_an_error(checked, sessions):
    checked.sql("CREATE TABLE t (a int)")
    (idle,) = sessions()
    idle.execute("BEGIN")
    idle.execute("LOCK TABLE t")
    waiter = Thread(target=checked.sql, args=["SELECT count(*) FROM t"])
    waiter.start()
    try:
        end, found = monotonic() + 20, []
        while monotonic() < end and not (found and found[0].severity is Severity.ERROR):
            sleep(0.05)
            found = checked.find(NAME)
    finally:
        idle.execute("ROLLBACK")
        waiter.join()
    assert "1 sessions wait for it" in found[0].message
    assert checked.find(NAME) == []


def test_who_works_or_waits_outside_a_transaction_is_well(checked, sessions, cluster, monkeypatch):
    (check,) = choose_checks([NAME])
    (idle,) = sessions()
    idle.execute("SELECT 1")
    working = Thread(target=checked.sql, args=["BEGIN; SELECT pg_sleep(1)"])
    working.start()
    with psycopg.connect(cluster.dsn("postgres")) as elsewhere:
        elsewhere.execute("SELECT 1")
        assert checked.find(NAME) == []
    working.join()
    monkeypatch.setitem(check.parameters, "minutes", 10)
    idle.execute("BEGIN")
    assert checked.find(NAME) == []


def test_a_prepared_transaction_that_nobody_finishes_is_found(spare, checked_at):
    spare.start()
    checked = checked_at(spare.dsn).sql("CREATE TABLE IF NOT EXISTS t (a int)")
    with psycopg.connect(spare.dsn, autocommit=True) as connection:
        connection.execute("BEGIN")
        connection.execute("LOCK TABLE t")
        connection.execute("PREPARE TRANSACTION 'it''s one'")
    checked.prove(
        NAME,
        {"prepared transaction 'it''s one'": "never finished"},
        mend=typed(checked, "ROLLBACK PREPARED"),
    )


def test_what_a_role_may_not_see_is_not_checked(checked, sessions, a_role):
    a_role("no_watcher", "")
    dsn = make_conninfo(checked.dsn, user="no_watcher", password="sesame")
    (idle,) = sessions()
    idle.execute("BEGIN")
    report = checked.report(NAME, dsn=dsn)
    assert report.status is Status.NOT_CHECKED
    step = report.subjects[0].reason.partition("; next: ")[2]
    assert step == "GRANT pg_read_all_stats TO no_watcher"
    checked.sql(step)
    assert len(checked.report(NAME, dsn=dsn).findings) == 1


def test_sessions_that_do_not_say_what_they_do_are_not_checked(checked, sessions):
    (idle,) = sessions()
    idle.execute("SET track_activities = off")
    idle.execute("BEGIN")
    report = checked.report(NAME)
    assert report.status is Status.NOT_CHECKED
    assert "next: ALTER SYSTEM SET track_activities = on" in report.subjects[0].reason
