"""A history in two checkouts: one plan, and what one has left the other can finish."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from studioops.errors import LeftInBetween
from studioops.migrations.plan import Plan
from studioops.migrations.proposing import at_hand
from studioops.migrations.runner import apply
from studioops.migrations.status import left_in_between
from studioops.postgres import open_database
from tests.integration.migrations.driving import QUICK, run
from tests.integration.migrations.histories import add, history_in, planned


@pytest.fixture
def checkouts(tmp_path: Path) -> tuple[Path, Path]:
    """The same revisions, in two places."""
    found = []
    for name in ("one", "other"):
        home = tmp_path / name
        home.mkdir()
        ini = history_in(home)
        add(ini, "a1", None, "op.execute('CREATE TABLE a ()')", "op.execute('DROP TABLE a')")
        add(ini, "a2", "a1", "op.execute('CREATE TABLE b ()')", "op.execute('DROP TABLE b')")
        found.append(ini)
    return found[0], found[1]


def test_one_plan(database_dsn: str, checkouts: tuple[Path, Path]) -> None:
    one, other = (Plan(planned(database_dsn, ini)) for ini in checkouts)
    assert one.hash == other.hash
    assert one != other
    with next(checkouts[1].parent.glob("migrations/versions/a2*")).open("a") as file:
        file.write("\n# edited")
    assert Plan(planned(database_dsn, checkouts[1])).hash != one.hash


def test_what_one_has_left_is_finished_from_the_other_when_the_first_is_gone(
    database_dsn: str, checkouts: tuple[Path, Path]
) -> None:
    one, other = checkouts
    plan = Plan(planned(database_dsn, one))
    run(database_dsn, "CREATE TABLE b ()")
    with pytest.raises(LeftInBetween):
        apply(database_dsn, plan, run_by="test", tries=QUICK)
    shutil.rmtree(one.parent)
    run(database_dsn, "DROP TABLE b")
    with open_database(database_dsn) as database:
        left = left_in_between(database)
    assert left is not None
    apply(database_dsn, at_hand(left, other), run_by="test", tries=QUICK)
    with psycopg.connect(database_dsn) as session:
        assert session.execute("SELECT version_num FROM alembic_version").fetchall() == [("a2",)]


def test_whoever_goes_on_from_another_directory_finds_it(
    database_dsn: str, checkouts: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkouts[0].parent)
    (first, _) = planned(database_dsn, Path("alembic.ini"))
    assert first.script == str(checkouts[0])
