"""Revisions of a user's own Alembic history, there and back on the runner's session."""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path

import psycopg
import pytest

from studioops.errors import LeftInBetween, Refused
from studioops.migrations.operations import Lock, RunRevision
from studioops.migrations.plan import Plan
from studioops.migrations.revisions.failed import RevisionFailed
from studioops.migrations.runner import apply, revert
from tests.integration.migrations.driving import QUICK, drive, refusals, run, state_of
from tests.integration.migrations.histories import add, history_in, planned

SHOP = "op.create_table('shop', sa.Column('id', sa.BigInteger, primary_key=True))"
NO_SHOP = "op.drop_table('shop')"


def put(dsn: str, *operations: RunRevision) -> None:
    apply(dsn, Plan(operations), run_by="test", tries=QUICK)


def ask(dsn: str, question: str) -> list[tuple]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(question).fetchall()  # type: ignore[call-overload]


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return history_in(tmp_path)


def test_a_fresh_history_is_driven_there_and_back(database_dsn: str, ini: Path, capsys) -> None:
    add(ini, "a1", None, f"print('loud'); {SHOP}", NO_SHOP)
    add(
        ini,
        "b2",
        "a1",
        "op.add_column('shop', sa.Column('name', sa.Text)); op.execute('INSERT INTO shop VALUES (1)')",
        "op.execute('DELETE FROM shop'); op.drop_column('shop', 'name')",
    )
    handlers = logging.getLogger().handlers[:]
    first, second = planned(database_dsn, ini)
    assert [(one.revision, one.down_revision) for one in (first, second)] == [
        ("a1", ()),
        ("b2", ("a1",)),
    ]
    drive(database_dsn, first, second, stay=True)
    assert ask(database_dsn, "SELECT version_num FROM public.alembic_version") == [("b2",)]
    assert planned(database_dsn, ini) == ()
    told = capsys.readouterr()
    assert told.out == ""
    assert logging.getLogger().handlers == handlers
    assert not logging.getLogger("studioops").disabled


@pytest.mark.parametrize("template", ["async", "pyproject"])
def test_other_templates(database_dsn: str, tmp_path: Path, template: str) -> None:
    ini = history_in(tmp_path, template)
    add(ini, "a1", None, SHOP, NO_SHOP)
    put(database_dsn, *planned(database_dsn, ini))
    assert ask(database_dsn, "SELECT version_num FROM public.alembic_version") == [("a1",)]
    assert revert(database_dsn, tries=QUICK) is not None
    assert ask(database_dsn, "SELECT to_regclass('shop'), to_regclass('alembic_version')") == [
        (None, None)
    ]


def test_what_env_py_configures_is_kept(database_dsn: str, ini: Path) -> None:
    env = ini.parent / "migrations" / "env.py"
    text = env.read_text()
    configured = "connection=connection, version_table='had', version_table_schema='kept', transaction_per_migration=True,"
    env.write_text(text.replace("connection=connection,", configured))
    run(database_dsn, "CREATE SCHEMA kept")
    add(ini, "a1", None, SHOP, NO_SHOP)
    (one,) = planned(database_dsn, ini)
    assert str(one.version_table) == "kept.had"
    put(database_dsn, one)
    assert ask(database_dsn, "SELECT version_num FROM kept.had") == [("a1",)]


def test_a_path_beside_the_ini_is_found_from_anywhere(
    database_dsn: str, ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ini of older releases says `script_location = migrations`, as seen from its folder."""
    text = re.sub(r"(?m)^script_location = .*$", "script_location = migrations", ini.read_text())
    ini.write_text(text)
    (ini.parent / "models_beside.py").write_text("metadata = None")
    env = ini.parent / "migrations" / "env.py"
    env.write_text(f"import models_beside\n{env.read_text()}")
    add(ini, "a1", None, SHOP, NO_SHOP)
    monkeypatch.chdir("/")
    paths = sys.path[:]
    operations = planned(database_dsn, ini)
    del sys.modules["models_beside"]
    put(database_dsn, *operations)
    assert sys.path == paths


def test_the_change_and_its_line_share_one_transaction(database_dsn: str, ini: Path) -> None:
    add(ini, "a1", None, f"{SHOP}; op.execute('SELECT 1/0')", NO_SHOP)
    operations = planned(database_dsn, ini)
    before = state_of(database_dsn)
    with pytest.raises(RevisionFailed) as told:
        put(database_dsn, *operations)
    assert told.value.message == "the revision a1: division by zero"
    assert state_of(database_dsn).differences(before) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (
            "raise KeyError('postgresql://me:hunter2@there/db')",
            "KeyError: 'postgresql://me:***@there/db'",
        ),
        (
            "op.execute('COMMIT')",
            "it runs 'COMMIT', and it shares its transaction with the journal",
        ),
        ("op.get_bind().rollback()", "it rolls back its transaction"),
        ("getattr(op.get_context(), 'autocommit_' + 'block')()", "can't be read in its file"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import no_such_module", "No module named 'no_such_module'"),
    ],
)
def test_whatever_it_raises_is_one_line(database_dsn: str, ini: Path, body: str, line: str) -> None:
    add(ini, "a1", None, f"{SHOP}; {body}", NO_SHOP)
    operations = planned(database_dsn, ini)
    with pytest.raises(RevisionFailed) as told:
        put(database_dsn, *operations)
    assert told.value.message.startswith("the revision a1")
    assert line in told.value.message
    assert "hunter2" not in repr(told.value)
    assert ask(database_dsn, "SELECT to_regclass('shop')") == [(None,)]
    assert told.value.__cause__ is None


def test_a_commit_among_several_statements_is_told_loudly(database_dsn: str, ini: Path) -> None:
    add(ini, "a1", None, "op.execute('CREATE TABLE shop (); COMMIT; BEGIN')", NO_SHOP)
    with pytest.raises(LeftInBetween, match="it ended its transaction"):
        put(database_dsn, *planned(database_dsn, ini))


def test_a_lock_that_is_not_had_is_tried_again_and_told(database_dsn: str, ini: Path) -> None:
    run(database_dsn, "CREATE TABLE shop (id bigint)")
    add(ini, "a1", None, "op.execute('ALTER TABLE shop ADD name text')", NO_SHOP)
    operations = planned(database_dsn, ini)
    with psycopg.connect(database_dsn) as other:
        other.execute("SELECT FROM shop")
        with pytest.raises(Exception, match=r"no lock within 0\.[12] s; process") as told:
            put(database_dsn, *operations)
    assert "SELECT FROM shop" in str(told.value)
    put(database_dsn, *operations)


def test_a_statement_that_takes_too_long_is_told_what_to_say(database_dsn: str, ini: Path) -> None:
    limited = (
        "op.execute(\"SET LOCAL statement_timeout = '50ms'\"); op.execute('SELECT pg_sleep(9)')"
    )
    add(ini, "a1", None, limited, top="studioops_lock = 'SHARE UPDATE EXCLUSIVE'")
    (one,) = planned(database_dsn, ini)
    assert one.steps()[0].lock is Lock.SHARE_UPDATE_EXCLUSIVE
    assert one.steps()[0].lock_back is Lock.ACCESS_EXCLUSIVE
    with pytest.raises(RevisionFailed, match="due to statement timeout") as told:
        put(database_dsn, one)
    assert "studioops_lock" in told.value.next_step


def test_others_that_came_after_it_keep_it_from_being_taken_back(
    database_dsn: str, ini: Path
) -> None:
    add(ini, "a1", None, SHOP, NO_SHOP)
    put(database_dsn, *planned(database_dsn, ini))
    add(ini, "b2", "a1")
    run(database_dsn, "UPDATE alembic_version SET version_num = 'b2'")
    with pytest.raises(LeftInBetween, match="the database is at b2, and a1 is under it"):
        revert(database_dsn, tries=QUICK)
    run(database_dsn, "UPDATE alembic_version SET version_num = 'a1'")
    assert revert(database_dsn, tries=QUICK) is not None


def test_another_version_table_than_planned_is_refused(database_dsn: str, ini: Path) -> None:
    add(ini, "a1", None, SHOP, NO_SHOP)
    operations = planned(database_dsn, ini)
    env = ini.parent / "migrations" / "env.py"
    text = env.read_text()
    env.write_text(
        text.replace("connection=connection,", "connection=connection, version_table='v',")
    )
    with pytest.raises(
        RevisionFailed, match=r"keeps the version in v, not in public.alembic_version"
    ):
        put(database_dsn, *operations)
    assert ask(database_dsn, "SELECT to_regclass('v'), to_regclass('shop')") == [(None, None)]


def test_several_databases_are_refused(database_dsn: str, tmp_path: Path) -> None:
    ini = history_in(tmp_path, "multidb")
    ini.write_text(ini.read_text().replace("driver://", "postgresql+psycopg://"))
    with pytest.raises(RevisionFailed, match=r"env.py speaks with several databases"):
        planned(database_dsn, ini)


def test_an_edited_revision_is_another_one(database_dsn: str, ini: Path) -> None:
    path = add(ini, "a1", None, SHOP, NO_SHOP)
    (one,) = planned(database_dsn, ini)
    text = path.read_text()
    path.write_text(text + "# edited\n")
    assert refusals(database_dsn, one) == ("the revision a1 is not the one that was planned",)
    with pytest.raises(Refused, match="is not the one that was planned"):
        put(database_dsn, one)
    path.write_text(text)
    put(database_dsn, one)
    path.write_text(text + "# edited\n")
    with pytest.raises(LeftInBetween, match="is not the one that was planned"):
        revert(database_dsn, tries=QUICK)
    path.write_text(text)
    assert revert(database_dsn, tries=QUICK) is not None


def test_what_is_not_as_the_plan_has_it_is_refused(database_dsn: str, ini: Path) -> None:
    add(ini, "a1", None, SHOP, NO_SHOP)
    path = add(ini, "b2", "a1")
    first, second = planned(database_dsn, ini)
    assert refusals(database_dsn, second) == (
        "the database is at no revision, and b2 builds on a1",
    )
    put(database_dsn, first)
    assert refusals(database_dsn, first) == ("the database has had the revision a1 already",)
    path.unlink()
    (reason,) = refusals(database_dsn, second)
    assert reason == f"{ini}: there is no revision b2"
    run(database_dsn, "UPDATE alembic_version SET version_num = 'z9'")
    assert refusals(database_dsn, first) == (f"the database is at z9, which {ini} does not know",)
    ini.unlink()
    assert refusals(database_dsn, first) == (f"there is no file {ini}",)


def test_a_way_back_that_raises_leaves_all_as_it_was_applied(database_dsn: str, ini: Path) -> None:
    add(ini, "a1", None, SHOP, f"{NO_SHOP}; raise NotImplementedError")
    put(database_dsn, *planned(database_dsn, ini))
    applied = state_of(database_dsn)
    with pytest.raises(LeftInBetween, match="a1, on its way back: NotImplementedError"):
        revert(database_dsn, tries=QUICK)
    assert state_of(database_dsn).differences(applied) == []


def test_the_journals_schema_is_no_place_for_tables_of_its_owner(
    legacy_template: str, database_dsn: str, ini: Path
) -> None:
    """A role that is called as the journal's schema has that schema first in its search path."""
    run(
        database_dsn,
        "CREATE SCHEMA studioops AUTHORIZATION studioops",
        "GRANT CREATE ON SCHEMA public TO studioops",
    )
    add(ini, "a1", None, SHOP, NO_SHOP)
    as_owner = f"{database_dsn} options='-c role=studioops'"
    put(as_owner, *planned(as_owner, ini))
    there = "SELECT to_regclass('public.shop'), to_regclass('public.alembic_version')"
    assert ask(database_dsn, there) == [("shop", "alembic_version")]
