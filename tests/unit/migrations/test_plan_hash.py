"""A plan's hash is of what its revisions are, not of where they lie."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from studioops.migrations.operations import RunRevision, TableName
from studioops.migrations.plan import Plan
from studioops.migrations.proposing import at_hand

REVISION = RunRevision(
    revision="0001",
    down_revision=(),
    script="/one/alembic.ini",
    sha256="a" * 64,
    version_table=TableName("public", "alembic_version"),
)


def hash_of(**changed: object) -> str:
    return Plan((replace(REVISION, **changed),)).hash


def test_two_checkouts_make_one_plan():
    assert hash_of(script="/another/place/alembic.ini") == hash_of()
    assert Plan.from_json(Plan((REVISION,)).as_json()).operations == (REVISION,)


def test_another_content_order_or_version_table_is_another_plan():
    others = {
        hash_of(sha256="b" * 64),
        hash_of(revision="0002"),
        hash_of(down_revision=("0000",)),
        hash_of(version_table=TableName("public", "other")),
        hash_of(),
    }
    assert len(others) == 5


def test_what_was_planned_elsewhere_finds_its_revisions_here_and_stays_the_same_plan(tmp_path):
    here = tmp_path / "alembic.ini"
    elsewhere = Plan((REVISION,))
    found = at_hand(elsewhere, here)
    assert [one.script for one in found.operations] == [str(here)]
    assert found.hash == elsewhere.hash
    assert at_hand(elsewhere, None) == elsewhere
    here.touch()
    there = Plan((replace(REVISION, script=str(here)),))
    assert at_hand(there, Path("/another/alembic.ini")) == there
