"""Revisions that ask for transactions of their own, and where they stop in their middle."""

from __future__ import annotations

from pathlib import Path
from threading import Timer

import psycopg
import pytest

from studioops.errors import LeftInBetween, StudioOpsError
from studioops.migrations.plan import Plan
from studioops.migrations.runner import apply, revert
from tests.integration.migrations.driving import QUICK, drive, run, state_of
from tests.integration.migrations.histories import add, history_in, planned

TABLE = "CREATE TABLE shop AS SELECT n AS id FROM generate_series(1, 9) AS n"
BUILD = "op.execute('CREATE INDEX CONCURRENTLY shop_id ON shop (id)')"
DROP = "op.execute('DROP INDEX CONCURRENTLY shop_id')"
MARKS = "SELECT revision, way FROM studioops.revision_marks"


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return history_in(tmp_path)


def block(*inside: str, before: str = "", after: str = "") -> str:
    lines = [before, "with op.get_context().autocommit_block():", *(f"    {one}" for one in inside)]
    return "\n".join([*lines, after])


def put(dsn: str, ini: Path) -> None:
    apply(dsn, Plan(planned(dsn, ini)), run_by="test", tries=QUICK)


def ask(dsn: str, question: str) -> list[tuple]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(question).fetchall()  # type: ignore[call-overload]


def test_there_and_back(database_dsn: str, ini: Path) -> None:
    run(database_dsn, TABLE)
    added = "op.add_column('shop', sa.Column('name', sa.Text))"
    gone = "op.drop_column('shop', 'name')"
    add(ini, "a1", None, block(BUILD, before=added), block(DROP, after=gone))
    (one,) = planned(database_dsn, ini)
    assert one.outside
    drive(database_dsn, one, stay=True)
    assert ask(database_dsn, MARKS) == []


def test_what_failed_before_its_first_commit_is_simply_not_applied(
    database_dsn: str, ini: Path
) -> None:
    run(database_dsn, TABLE)
    add(ini, "a1", None, block(BUILD, before="op.execute('SELECT 1/0')"), block(DROP))
    operations = planned(database_dsn, ini)
    before = state_of(database_dsn)
    with pytest.raises(LeftInBetween, match="the revision a1: division by zero"):
        apply(database_dsn, Plan(operations), run_by="test", tries=QUICK)
    assert revert(database_dsn, tries=QUICK) is not None
    assert state_of(database_dsn).differences(before) == []


@pytest.mark.parametrize("by_hand", ["undone", "finished"])
def test_half_of_it_is_told_and_left_to_whoever_wrote_it(
    database_dsn: str, ini: Path, by_hand: str
) -> None:
    run(database_dsn, TABLE)
    add(
        ini,
        "a1",
        None,
        block(
            BUILD,
            before="op.add_column('shop', sa.Column('name', sa.Text))",
            after="op.execute('SELECT 1/0')",
        ),
        block(DROP, after="op.drop_column('shop', 'name')"),
    )
    before = state_of(database_dsn)
    with pytest.raises(LeftInBetween, match="the revision a1: division by zero"):
        put(database_dsn, ini)
    assert ask(database_dsn, MARKS) == [("a1", "there")]
    for way in (lambda: put(database_dsn, ini), lambda: revert(database_dsn, tries=QUICK)):
        with pytest.raises(LeftInBetween, match="a1 stopped after it had committed a part") as told:
            way()
    cause = told.value.__cause__
    assert isinstance(cause, StudioOpsError)
    assert "take its line a1 out of studioops.revision_marks" in cause.next_step
    if by_hand == "undone":
        undo = "ALTER TABLE shop DROP COLUMN name"
        run(database_dsn, "DROP INDEX shop_id", undo, "DELETE FROM studioops.revision_marks")
    else:
        run(database_dsn, "INSERT INTO alembic_version VALUES ('a1')")
    assert revert(database_dsn, tries=QUICK) is not None
    assert state_of(database_dsn).differences(before) == []


def test_half_a_way_back_is_told_too(database_dsn: str, ini: Path) -> None:
    run(database_dsn, TABLE)
    add(ini, "a1", None, block(BUILD), block(DROP, after="op.execute('SELECT 1/0')"))
    put(database_dsn, ini)
    for _ in range(2):
        with pytest.raises(LeftInBetween, match="THE WAY BACK STOPPED"):
            revert(database_dsn, tries=QUICK)
    assert ask(database_dsn, MARKS) == [("a1", "back")]
    run(database_dsn, "DELETE FROM alembic_version")
    assert revert(database_dsn, tries=QUICK) is not None


DIES_ONCE = """
from pathlib import Path

def die():
    once = Path(__file__).with_suffix('.once')
    if not once.exists():
        once.touch()
        op.execute('SELECT pg_terminate_backend(pg_backend_pid())')
"""


def test_a_lost_connection_is_made_up_for(database_dsn: str, ini: Path) -> None:
    run(database_dsn, TABLE)
    added, gone = (
        "op.add_column('shop', sa.Column('name', sa.Text))",
        "op.drop_column('shop', 'name')",
    )
    add(ini, "a1", None, f"{added}\ndie()", f"{gone}\ndie()", top=DIES_ONCE)
    add(ini, "a2", "a1", block(BUILD, before="die()"), block(DROP), top=DIES_ONCE)
    operations = planned(database_dsn, ini)
    assert [one.outside for one in operations] == [False, True]
    before = state_of(database_dsn)
    apply(database_dsn, Plan(operations), run_by="test", tries=QUICK)
    assert ask(database_dsn, "SELECT 'shop_id'::regclass::text") == [("shop_id",)]
    for once in (ini.parent / "migrations" / "versions").glob("*.once"):
        once.unlink()
    assert revert(database_dsn, tries=QUICK) is not None
    assert state_of(database_dsn).differences(before) == []


def test_what_runs_by_itself_waits_for_whoever_is_older(database_dsn: str, ini: Path) -> None:
    """Nobody waits for it meanwhile, so it need not give way after a second."""
    run(database_dsn, TABLE)
    add(ini, "a1", None, block(BUILD, after="op.execute('SELECT 1')"), block(DROP))
    operations = planned(database_dsn, ini)
    with psycopg.connect(database_dsn) as other:
        other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        other.execute("SELECT FROM shop")
        timer = Timer(3, other.rollback)
        timer.start()
        apply(database_dsn, Plan(operations), run_by="test", tries=QUICK)
        timer.join()


def test_a_lock_that_is_not_had_in_the_middle_is_told_with_half_of_it(
    database_dsn: str, ini: Path
) -> None:
    run(database_dsn, TABLE)
    limited = "op.execute(\"SET lock_timeout = '50ms'\")"
    add(ini, "a1", None, block(limited, BUILD), block(DROP))
    with psycopg.connect(database_dsn) as other:
        other.execute("LOCK TABLE shop")
        with pytest.raises(
            LeftInBetween, match="committed a part of itself: canceling statement due to lock"
        ):
            put(database_dsn, ini)


def test_a_connection_lost_in_the_middle_is_half_of_it(database_dsn: str, ini: Path) -> None:
    run(database_dsn, TABLE)
    add(ini, "a1", None, block("die()", BUILD), block(DROP), top=DIES_ONCE)
    with pytest.raises(LeftInBetween, match="a1 stopped after it had committed a part"):
        put(database_dsn, ini)


def test_an_unseen_end_of_it_is_looked_up(database_dsn: str, ini: Path) -> None:
    """It was done, and whoever ran it died before the journal heard of it: the mark is stale."""
    run(database_dsn, TABLE)
    add(ini, "a1", None, block(BUILD), block(DROP))
    put(database_dsn, ini)
    run(
        database_dsn,
        "UPDATE studioops.migration_runs SET state = 'applying', ended_at = NULL",
        "UPDATE studioops.migration_steps SET state = 'begun'",
        "INSERT INTO studioops.revision_marks VALUES ('a1', 'there')",
    )
    left = planned(database_dsn, ini)
    assert left == ()
    assert revert(database_dsn, tries=QUICK) is not None
    assert ask(database_dsn, MARKS) == []
    assert ask(database_dsn, "SELECT to_regclass('shop_id')") == [(None,)]
