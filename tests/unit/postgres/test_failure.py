from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from studioops import errors
from studioops.postgres import parse_dsn, translated

DSN = parse_dsn("postgresql://ann:geheim@db.example:5433/shop")
PREFIX = 'connection to server at "10.0.0.1", port 5433 failed: FATAL:  '


def raised(error: BaseException) -> errors.DatabaseError:
    with pytest.raises(errors.DatabaseError) as caught, translated(DSN):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (PREFIX + 'password authentication failed for user "ann"', errors.AuthenticationFailed),
        (PREFIX + 'role "ann" does not exist', errors.AuthenticationFailed),
        (PREFIX + "no pg_hba.conf entry for host", errors.AuthenticationFailed),
        ("fe_sendauth: no password supplied", errors.AuthenticationFailed),
        (PREFIX + 'database "shop" does not exist', errors.NoSuchDatabase),
        (PREFIX + "sorry, too many clients already", errors.DatabaseBusy),
        (PREFIX + "the database system is starting up", errors.DatabaseBusy),
        (PREFIX + 'permission denied for database "shop"', errors.PermissionDenied),
        ("connection failed: Connection refused", errors.DatabaseUnreachable),
        ("failed to resolve host 'db.example'", errors.DatabaseUnreachable),
        ("", errors.DatabaseUnreachable),
    ],
)
def test_a_connection_that_fails(said, kind):
    error = raised(psycopg.OperationalError(said))
    assert type(error) is kind
    assert "db.example:5433/shop" in error.message
    assert error.next_step


def test_who_may_not_connect_needs_another_right_than_who_may_not_read():
    denied = raised(psycopg.OperationalError(PREFIX + 'permission denied for database "shop"'))
    assert denied.next_step.startswith("GRANT CONNECT ON DATABASE ")
    unread = raised(psycopg.errors.InsufficientPrivilege("permission denied for table t"))
    assert "SELECT" in unread.next_step


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (psycopg.errors.QueryCanceled("x"), errors.StatementTimeout),
        (psycopg.errors.InsufficientPrivilege("permission denied"), errors.PermissionDenied),
        (psycopg.errors.LockNotAvailable("x"), errors.DatabaseBusy),
        (psycopg.errors.AdminShutdown("x"), errors.DatabaseUnreachable),
        (psycopg.errors.CrashShutdown("x"), errors.DatabaseUnreachable),
        (psycopg.errors.DiskFull("x"), errors.DatabaseBusy),
        (psycopg.errors.DataCorrupted("x"), errors.DatabaseError),
        (psycopg.ProgrammingError("x"), errors.DatabaseError),
        (PoolTimeout("x"), errors.DatabaseBusy),
    ],
)
def test_a_statement_that_fails(error, kind):
    assert type(raised(error)) is kind


def test_a_policy_that_hides_rows_is_told_apart_from_a_missing_right():
    said = 'query would be affected by row-level security policy for table "c"'
    assert type(raised(psycopg.errors.InsufficientPrivilege(said))) is errors.RowsHidden


def test_the_error_inside_sqlalchemys_is_what_counts():
    wrapped = OperationalError("SELECT 1", {}, psycopg.errors.QueryCanceled("canceling statement"))
    assert type(raised(wrapped)) is errors.StatementTimeout


def test_no_password_and_no_second_line_in_any_message():
    error = raised(psycopg.OperationalError("failed: bad geheim here\nDETAIL: geheim again"))
    assert "geheim" not in error.message
    assert "DETAIL" not in error.message
    assert "***" in error.message


def test_what_is_not_the_databases_passes_through():
    with pytest.raises(KeyError), translated(DSN):
        raise KeyError("x")
