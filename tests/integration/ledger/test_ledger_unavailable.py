"""What the ledger says when it can't be used; it never says the password."""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from studioops.errors import LedgerUnavailable
from studioops.ledger import Ledger, RunRef, open_ledger, store
from studioops.model import Report, Status
from studioops.postgres import Limits

MakeReport = Callable[..., Report]
RUN = RunRef("manual__1", "dag", "maintenance")


def refused(url: str) -> LedgerUnavailable:
    """The error of a first use; checked to hold no secret anywhere."""
    with open_ledger(url) as ledger, pytest.raises(LedgerUnavailable) as caught:
        ledger.latest()
    shown = "".join(traceback.format_exception(caught.value)) + repr(ledger) + str(ledger)
    for spelling in ("p@ss", "p%40ss", "wrong-word"):
        assert spelling not in shown
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - as Airflow hands it on
    assert copied.next_step == caught.value.next_step
    return caught.value


def test_nobody_listens() -> None:
    error = refused("postgresql://ledger:wrong-word@127.0.0.1:1/ledger")
    assert "the ledger: 127.0.0.1:1/ledger: no connection" in error.message
    assert "check that the server runs" in error.next_step


def test_wrong_password(ledger_url: str) -> None:
    head, _, tail = ledger_url.partition("p%40ss")
    error = refused(f"{head}wrong-word@{tail.partition('@')[2]}")
    assert "password authentication failed" in error.message
    assert "check user and password" in error.next_step


def test_no_such_database(ledger_url: str) -> None:
    assert (
        'database "nowhere" does not exist'
        in refused(f"{ledger_url.rpartition('/')[0]}/nowhere").message
    )


def test_url_that_cannot_be_read() -> None:
    with pytest.raises(LedgerUnavailable, match="more than one @") as caught:
        open_ledger("postgresql://ledger:wrong@word@host@127.0.0.1/ledger")
    assert "word" not in caught.value.message.replace("password", "")


def test_never_migrated_says_what_to_run(ledger_url: str) -> None:
    error = refused(ledger_url)
    assert error.message.endswith("has no tables yet")
    assert "python -m studioops.ledger" in error.next_step


@pytest.mark.parametrize("action", ["record", "report", "runs", "latest"])
def test_every_use_looks_at_the_version(
    ledger_url: str, make_report: MakeReport, action: str
) -> None:
    values = {"record": (make_report({"a": Status.PASSED}), RUN), "report": (1,)}.get(action, ())
    with open_ledger(ledger_url) as ledger, pytest.raises(LedgerUnavailable, match="no tables"):
        getattr(ledger, action)(*values)


def test_behind_says_what_to_run(ledger: Ledger, database_dsn: str) -> None:
    with psycopg.connect(database_dsn) as admin:
        admin.execute("DELETE FROM ledger.alembic_version")
    with pytest.raises(LedgerUnavailable, match="has no tables yet") as caught:
        ledger.runs()
    assert "studioops up" in caught.value.next_step


def test_ahead_of_this_release(ledger: Ledger, database_dsn: str) -> None:
    with psycopg.connect(database_dsn) as admin:
        admin.execute("UPDATE ledger.alembic_version SET version_num = '9999'")
    for use in (ledger.runs, ledger.migrate):
        with pytest.raises(LedgerUnavailable, match="at 9999, which this release") as caught:
            use()
        assert "install the newer" in caught.value.next_step


def test_role_without_rights(ledger: Ledger, database_dsn: str) -> None:
    words = conninfo_to_dict(database_dsn)
    role = f"stranger_{words['dbname']}"
    with psycopg.connect(database_dsn, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'wrong-word'")
    try:
        where = f"{words['host']}:{words['port']}/{words['dbname']}"
        error = refused(f"postgresql://{role}:wrong-word@{where}")
    finally:
        with psycopg.connect(database_dsn, autocommit=True) as admin:
            admin.execute(f"DROP ROLE {role}")
    assert "permission denied for schema ledger" in error.message
    assert "owns the ledger's schema" in error.next_step


def test_locked_table_is_given_up_after_a_while(
    ledger: Ledger, database_dsn: str, make_report: MakeReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WRITING", Limits(lock_timeout=0.2, read_only=False))
    with psycopg.connect(database_dsn) as admin:
        admin.execute("LOCK ledger.reports")
        with pytest.raises(LedgerUnavailable, match="lock timeout"):
            ledger.record(make_report({"a": Status.PASSED}), RUN)
    assert ledger.runs() == []


def test_reading_cannot_write(ledger: Ledger) -> None:
    assert ledger.latest() == []
    with (
        pytest.raises(LedgerUnavailable, match="read-only transaction"),
        ledger._current(ledger.database.limits) as connection,
    ):
        connection.exec_driver_sql("DELETE FROM ledger.runs")


def test_gone_in_between_and_back(
    ledger: Ledger, database_dsn: str, make_report: MakeReport
) -> None:
    """A pooled connection that the server cut is replaced, not reported."""
    ledger.record(make_report({"a": Status.PASSED}), RUN)
    with psycopg.connect(database_dsn, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name LIKE 'studioops ledger%'"
        )
    assert [one.subject for one in ledger.latest()] == ["a"]


@pytest.mark.parametrize(
    "half", ["ledger.reports", "ledger.subjects", "ledger.looks", "ledger.findings"]
)
def test_cut_while_recording_leaves_nothing_half(
    ledger: Ledger, database_dsn: str, make_report: MakeReport, half: str
) -> None:
    """The server ends our session right when a row of that table comes in."""
    report = make_report({"a": Status.PASSED, "b": Status.FAILED})
    with psycopg.connect(database_dsn, autocommit=True) as admin:
        admin.execute(
            "CREATE FUNCTION public.cut() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
            "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'"
        )
        admin.execute(
            f"CREATE TRIGGER cut BEFORE INSERT ON {half} FOR EACH ROW EXECUTE FUNCTION public.cut()"
        )
        with pytest.raises(LedgerUnavailable) as caught:
            ledger.record(report, RUN)
        assert "no connection" in caught.value.message
        for table in ("runs", "reports", "subjects", "looks", "findings"):
            row = admin.execute(f"SELECT count(*) FROM ledger.{table}").fetchone()
            assert row == (0,), table
        admin.execute(f"DROP TRIGGER cut ON {half}")
    assert ledger.report(ledger.record(report, RUN)).report == report


def test_nothing_is_logged_with_a_secret(
    ledger_url: str, secret: str, make_report: MakeReport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with open_ledger(ledger_url) as ledger:
        ledger.migrate()
        ledger.record(make_report({"a": Status.PASSED}), RUN)
    assert secret not in caplog.text
    assert "p%40ss" not in caplog.text


@pytest.mark.parametrize("url", ["", "postgresql://ledger:wrong-word@127.0.0.1:1/ledger"])
def test_module_says_why_it_cannot_migrate(url: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "studioops.ledger"],
        env={"LEDGER_URL": url},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (3 if url else 2)
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 2
    assert "next: " in done.stderr
    assert "wrong-word" not in done.stderr


def test_module_migrates(ledger_url: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "studioops.ledger"],
        env={"LEDGER_URL": ledger_url},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("is up to date\n")
    assert "p%40ss" not in done.stdout
    with open_ledger(ledger_url) as ledger:
        assert ledger.runs() == []
