"""A history in order, and what of it a database has not had."""

from __future__ import annotations

from pathlib import Path

import pytest

from studioops.errors import Refused, UsageError
from studioops.migrations.operations import RunRevision
from studioops.migrations.plan import Plan
from studioops.migrations.revisions.failed import RevisionFailed
from studioops.migrations.revisions.pending import forward_only, history
from studioops.migrations.runner import apply, revert
from tests.integration.migrations.driving import QUICK, run
from tests.integration.migrations.histories import add, history_in, planned


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return history_in(tmp_path)


def names(operations: tuple[RunRevision, ...]) -> list[str]:
    return [one.revision for one in operations]


def test_branches_and_what_they_need(database_dsn: str, ini: Path) -> None:
    add(ini, "a1", None)
    add(ini, "b1", "a1")
    add(ini, "c1", "a1")
    add(ini, "c2", "c1")
    with pytest.raises(UsageError, match="has 2 heads: b1, c2; name one"):
        planned(database_dsn, ini)
    assert names(planned(database_dsn, ini, "b1")) == ["a1", "b1"]
    assert names(planned(database_dsn, ini, "c1")) == ["a1", "c1"]
    with pytest.raises(UsageError, match="there is no revision d9"):
        planned(database_dsn, ini, "d9")
    add(ini, "d1", ("b1", "c2"))
    wanted = planned(database_dsn, ini)
    assert names(wanted)[0] == "a1"
    assert sorted(names(wanted)) == ["a1", "b1", "c1", "c2", "d1"]
    assert names(wanted).index("c1") < names(wanted).index("c2")
    apply(database_dsn, Plan(wanted), run_by="test", tries=QUICK)
    assert planned(database_dsn, ini) == ()
    add(ini, "e1", "d1")
    assert names(planned(database_dsn, ini)) == ["e1"]


def test_what_another_branch_has_to_bring_first(database_dsn: str, ini: Path) -> None:
    add(ini, "a1", None)
    add(ini, "a2", "a1", top="depends_on = 'x2'")
    add(ini, "x1", None)
    add(ini, "x2", "x1")
    add(ini, "x3", "x2")
    wanted = planned(database_dsn, ini, "a2")
    assert sorted(names(wanted)) == ["a1", "a2", "x1", "x2"]
    assert names(wanted)[-1] == "a2"
    assert names(wanted).index("x1") < names(wanted).index("x2")
    apply(database_dsn, Plan(wanted), run_by="test", tries=QUICK)
    assert names(planned(database_dsn, ini, "x3")) == ["x3"]
    assert revert(database_dsn, tries=QUICK) is not None
    assert sorted(names(planned(database_dsn, ini, "a2"))) == ["a1", "a2", "x1", "x2"]


def test_a_database_from_elsewhere_is_refused(database_dsn: str, ini: Path) -> None:
    add(ini, "a1", None)
    run(
        database_dsn,
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
        "INSERT INTO alembic_version VALUES ('z9')",
    )
    with pytest.raises(Refused, match=r"at the revision z9, which .* does not know"):
        planned(database_dsn, ini)


def test_what_env_py_does_while_it_is_asked_is_not_kept(database_dsn: str, ini: Path) -> None:
    env = ini.parent / "migrations" / "env.py"
    text = env.read_text()
    made = "connection.execute(__import__('sqlalchemy').text('CREATE SCHEMA kept')); context.configure("
    env.write_text(
        text.replace(
            "context.configure(\n            connection", f"{made}\n            connection"
        )
    )
    add(ini, "a1", None)
    (one,) = planned(database_dsn, ini)
    assert names(planned(database_dsn, ini)) == ["a1"]
    apply(database_dsn, Plan((one,)), run_by="test", tries=QUICK)


@pytest.mark.filterwarnings("ignore:Revision gone")
def test_files_that_lead_nowhere_are_told(ini: Path, database_dsn: str) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        history(str(ini.parent / "none.ini"))
    add(ini, "a1", "gone")
    with pytest.raises((UsageError, RevisionFailed), match="gone"):
        history(str(ini))
    add(ini, "a1", None).write_text("this is no Python")
    with pytest.raises(RevisionFailed, match="SyntaxError"):
        history(str(ini))
    add(ini, "a1", None)
    env = ini.parent / "migrations" / "env.py"
    env.write_text("from alembic import context\n")
    with pytest.raises(RevisionFailed, match=r"does not call context.run_migrations\(\)"):
        planned(database_dsn, ini)
    env.write_text("raise RuntimeError('no DATABASE_URL=postgresql://me:hunter2@there/db')")
    with pytest.raises(RevisionFailed, match="RuntimeError: no DATABASE_URL") as told:
        planned(database_dsn, ini)
    assert "hunter2" not in str(told.value)
    ini.write_text("[alembic]\n")
    with pytest.raises(UsageError, match="script_location"):
        history(str(ini))


def test_history_says_what_reading_tells(ini: Path) -> None:
    add(ini, "a1", None, "op.execute('SELECT 1')")
    add(ini, "a2", "a1", "op.execute('SELECT 1')", "raise NotImplementedError")
    add(ini, "a3", "a2", "op.execute('SELECT 1')", '"""Nothing."""\nop.execute("SELECT 2")')
    add(ini, "a4", "a3", top="studioops_lock = 'SHARE UPDATE EXCLUSIVE'")
    found = history(str(ini))
    assert [one.name for one in found] == ["a1", "a2", "a3", "a4"]
    assert found[0].words == "a1: a change."
    assert found[3].lock.value == "SHARE UPDATE EXCLUSIVE"
    told = [forward_only(str(ini), one.name) for one in found]
    assert told == ["its downgrade does nothing", "its downgrade raises", "", ""]
    add(ini, "a4", "a3", top="studioops_lock = 'A PADLOCK'")
    with pytest.raises(RevisionFailed, match="the revision a4: studioops_lock = 'A PADLOCK'"):
        history(str(ini))
