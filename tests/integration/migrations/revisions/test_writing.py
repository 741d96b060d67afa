"""A plan written as a revision: plain Alembic reaches what apply reaches, and goes back."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.exc import DBAPIError

from studioops.cli.migrate.planned import read_proposal
from studioops.errors import UsageError
from studioops.integrity import Contract, load_contract
from studioops.migrations.lint import lint
from studioops.migrations.operations import ConvertColumns, Lock, SetNotNull, TableName
from studioops.migrations.plan import Plan
from studioops.migrations.planner import Proposal
from studioops.migrations.planner.proposal import Estimate
from studioops.migrations.reading import reading
from studioops.migrations.revisions.writing import (
    Place,
    Written,
    place_of,
    write_revision,
)
from studioops.migrations.runner import apply, revert
from studioops.model import Status
from studioops.postgres import open_database
from studioops.settings.declarations import SHIPPED_CONTRACT
from tests.integration.migrations.driving import QUICK, run, state_of
from tests.integration.migrations.histories import history_in
from tests.integration.migrations.planner.asking import contract_of, kept, planned
from tests.integration.migrations.revisions.written_worlds import (
    ADDED,
    ODD,
    ODDLY,
    SHOP,
    TEXTS,
    WORLDS,
)

World = tuple[tuple[str, ...], Contract]


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return history_in(tmp_path)


@pytest.fixture
def twin(cluster) -> Iterator[Callable[[str], str]]:
    """Another database like one."""
    names: list[str] = []

    def clone(dsn: str) -> str:
        names.append(cluster.clone(conninfo_to_dict(dsn)["dbname"]))
        return cluster.dsn(names[-1])

    yield clone
    for name in names:
        cluster.drop(name)


def written(dsn: str, proposal: Proposal, ini: Path) -> Written:
    with open_database(dsn) as database, reading(database) as session:
        found = write_revision(session, proposal, place_of(ini, None), {})
    assert found is not None
    return found


def alembic(dsn: str, ini: Path) -> Config:
    words = conninfo_to_dict(dsn)
    place = f"{words['user']}:{words['password']}@{words['host']}:{words['port']}/{words['dbname']}"
    config = Config(str(ini))
    config.set_main_option("sqlalchemy.url", f"postgresql+psycopg://{place}".replace("%", "%%"))
    return config


def unlike(dsn: str, other: str) -> list[str]:
    """Without Alembic's own table, and the role that owns nothing else."""
    found = state_of(dsn).differences(state_of(other))
    return [one for one in found if "alembic_version" not in one and not one.startswith("role ")]


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_alembic_alone_reaches_what_apply_reaches_and_goes_back(
    database_dsn: str, ini: Path, twin: Callable[[str], str], world: World
) -> None:
    statements, contract = world
    run(database_dsn, *statements)
    start, applied = twin(database_dsn), twin(database_dsn)
    proposal = planned(database_dsn, contract)
    assert proposal.plan.operations, proposal.refusals
    apply(applied, proposal.plan, run_by="test", tries=QUICK)
    found = written(database_dsn, proposal, ini)
    assert (found.first, found.notes) == (None, ())
    config = alembic(database_dsn, ini)
    command.upgrade(config, "head")
    assert unlike(database_dsn, applied) == []
    kept(database_dsn, contract)
    command.downgrade(config, "-1")
    assert unlike(database_dsn, start) == []
    command.upgrade(config, "head")


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_it_is_clean_in_lint_and_waits_for_no_lock_for_long(
    database_dsn: str, ini: Path, world: World
) -> None:
    run(database_dsn, *world[0])
    found = written(database_dsn, planned(database_dsn, world[1]), ini)
    for version in (13, 18):
        (linted,) = lint(str(ini), [found.revision], pg_version=version)
        assert [(one.rule, one.sql) for one in linted.findings] == [], found.file.read_text()
        assert linted.status is Status.PASSED, linted.reason
    text = found.file.read_text()
    # None is 0, which would wait for ever.
    waits = [int(one) for one in re.findall(r"SET lock_timeout = '(\d+)ms'", text)]
    assert 0 < min(waits) <= Lock.ACCESS_EXCLUSIVE.patience.lock * 1000
    assert all(one in text.split("def downgrade")[1] for one in ("SET lock_timeout", "RESET lock"))


def test_it_stops_before_anything_where_what_it_can_t_carry_was_not_done(
    database_dsn: str, ini: Path, twin: Callable[[str], str]
) -> None:
    run(database_dsn, *SHOP, "INSERT INTO stall VALUES (200, 200), (201, 201)")
    start, applied = twin(database_dsn), twin(database_dsn)
    proposal = planned(database_dsn, ADDED)
    apply(applied, proposal.plan, run_by="test", tries=QUICK)
    found = written(database_dsn, proposal, ini)
    assert "not in the revision: quarantine orphans of public.stall(shop_id)" in found.notes[0]
    assert found.notes[0].endswith(
        "rows that it takes out or changes could not be put back by a downgrade"
    )
    assert found.first is not None
    assert found.notes[1] == f"apply that first: studioops migrate apply --plan {found.first}"
    assert found.first.name in found.file.read_text().partition("from alembic")[0]

    config = alembic(database_dsn, ini)
    with pytest.raises(DBAPIError, match="has orphans, which this does not take out: studioops"):
        command.upgrade(config, "head")
    assert unlike(database_dsn, start) == []
    first = read_proposal(found.first).plan
    apply(database_dsn, first, run_by="test", tries=QUICK)
    command.upgrade(config, "head")
    assert unlike(database_dsn, applied) == []
    command.downgrade(config, "-1")
    revert(database_dsn, tries=QUICK)
    assert unlike(database_dsn, start) == []


def test_where_it_was_cut_off_it_is_run_again(
    database_dsn: str, ini: Path, twin: Callable[[str], str]
) -> None:
    run(database_dsn, *TEXTS)
    applied = twin(database_dsn)
    proposal = planned(database_dsn, ADDED)
    apply(applied, proposal.plan, run_by="test", tries=QUICK)
    text = (file := written(database_dsn, proposal, ini).file).read_text()
    lines = text.splitlines(keepends=True)
    steps = [
        n
        for n, line in enumerate(lines)
        if line.lstrip().startswith("_run(") and "SET " not in line
    ]
    up = [n for n in steps if n < lines.index("def downgrade() -> None:\n")]
    assert len(up) == 6
    config = alembic(database_dsn, ini)
    for place in up:
        stopped = lines[place].replace("_run", "raise SystemError")
        file.write_text("".join([*lines[:place], stopped, *lines[place + 1 :]]))
        with pytest.raises(SystemError):
            command.upgrade(config, "head")
    file.write_text(text)
    command.upgrade(config, "head")
    assert unlike(database_dsn, applied) == []


def test_a_build_that_was_cut_off_is_told_and_not_taken_for_one(
    database_dsn: str, ini: Path
) -> None:
    run(database_dsn, *SHOP)
    written(database_dsn, planned(database_dsn, ADDED), ini)
    run(
        database_dsn,
        "CREATE INDEX stall_shop_id_idx ON stall (shop_id)",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'stall_shop_id_idx'::regclass",
    )
    with pytest.raises(DBAPIError, match=r"public\.stall_shop_id_idx is not valid"):
        command.upgrade(alembic(database_dsn, ini), "head")


@pytest.mark.parametrize("value", ["'{}'", "upper(id::text)"])
def test_a_spelling_that_would_be_lost_is_left_to_apply(
    database_dsn: str, ini: Path, value: str
) -> None:
    run(database_dsn, *TEXTS)
    upper = "INSERT INTO shop VALUES ('aaaaaaaa-0000-4000-8000-000000000000')"
    named = f"INSERT INTO stall SELECT 300, {value} FROM shop WHERE id::text LIKE 'aaaaaaaa%'"
    found = written(database_dsn, planned(database_dsn, ADDED), ini)
    run(database_dsn, upper, named)
    config = alembic(database_dsn, ini)
    with pytest.raises(DBAPIError, match="`studioops migrate apply` converts them"):
        command.upgrade(config, "head")
    run(database_dsn, "UPDATE stall SET shop_id = upper(shop_id) WHERE id < 300")
    if value != "'{}'":
        found.file.unlink()
        told = written(database_dsn, planned(database_dsn, ADDED), ini)
        assert "would not come back as they are spelled" in told.notes[0]
        with pytest.raises(DBAPIError, match=r"public.stall.shop_id is not yet uuid"):
            command.upgrade(config, "head")


def test_names_that_python_sqlalchemy_and_sql_could_take_for_something_else(
    database_dsn: str, ini: Path
) -> None:
    run(database_dsn, *ODD)
    contract = contract_of(ODDLY)
    written(database_dsn, planned(database_dsn, contract), ini)
    command.upgrade(alembic(database_dsn, ini), "head")
    kept(database_dsn, contract)


def test_not_null_by_way_of_a_check(database_dsn: str, ini: Path, twin) -> None:
    run(database_dsn, *SHOP)
    start, applied = twin(database_dsn), twin(database_dsn)
    plan = Plan((SetNotNull(TableName("public", "stall"), "shop_id"),))
    apply(applied, plan, run_by="test", tries=QUICK)
    found = written(database_dsn, Proposal(plan, (Estimate(0, 0, "", "", "", ""),)), ini)
    (linted,) = lint(str(ini), [found.revision], pg_version=18)
    assert linted.status is Status.PASSED, linted
    command.upgrade(alembic(database_dsn, ini), "head")
    assert unlike(database_dsn, applied) == []
    command.downgrade(alembic(database_dsn, ini), "-1")
    assert unlike(database_dsn, start) == []


def test_a_file_that_is_there_stays(database_dsn: str, ini: Path) -> None:
    run(database_dsn, *SHOP)
    proposal = planned(database_dsn, ADDED)
    file = written(database_dsn, proposal, ini).file
    file.write_text("mine")
    with open_database(database_dsn) as database, reading(database) as session:
        place = Place(file.parent)
        with pytest.raises(UsageError, match="is there already"):
            write_revision(session, proposal, place, {})
    assert file.read_text() == "mine"


def test_the_legacy_database(legacy_dsn: str, ini: Path, twin: Callable[[str], str]) -> None:
    start, applied = twin(legacy_dsn), twin(legacy_dsn)
    proposal = planned(legacy_dsn, load_contract(SHIPPED_CONTRACT))
    apply(applied, proposal.plan, run_by="test", tries=QUICK)
    found = written(legacy_dsn, proposal, ini)
    assert found.first is not None
    first = read_proposal(found.first).plan
    # Beside what goes into quarantine: one conversion, of values in upper case.
    assert Counter(one.kind for one in first.operations) == {
        "quarantine_orphans": 13,
        "convert_columns": 1,
    }
    apply(legacy_dsn, first, run_by="test", tries=QUICK)
    config = alembic(legacy_dsn, ini)
    command.upgrade(config, "head")
    assert unlike(legacy_dsn, applied) == []
    command.downgrade(config, "-1")
    revert(legacy_dsn, tries=QUICK)
    assert unlike(legacy_dsn, start) == []


def test_a_conversion_that_is_filled_in_batches_is_left_to_apply(
    database_dsn: str, ini: Path, twin: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[ConvertColumns.__module__], "FEW_ROWS", 1)
    run(database_dsn, *TEXTS)
    start, applied = twin(database_dsn), twin(database_dsn)
    proposal = planned(database_dsn, ADDED)
    apply(applied, proposal.plan, run_by="test", tries=QUICK)
    found = written(database_dsn, proposal, ini)
    assert "it is filled in batches beside, while others read and write" in found.notes[0]
    assert found.first is not None
    first = read_proposal(found.first).plan
    assert [one.kind for one in first.operations] == ["convert_columns", "drop_converted"]
    config = alembic(database_dsn, ini)
    with pytest.raises(DBAPIError, match=r"public.stall.shop_id is not yet uuid: studioops"):
        command.upgrade(config, "head")
    apply(database_dsn, first, run_by="test", tries=QUICK)
    command.upgrade(config, "head")
    assert unlike(database_dsn, applied) == []
    command.downgrade(config, "-1")
    revert(database_dsn, tries=QUICK)
    assert unlike(database_dsn, start) == []
