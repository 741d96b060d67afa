"""Types that a history says: converted where nothing is lost, else left, and told."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from studioops.errors import UsageError
from studioops.migrations.operations import TableName
from studioops.migrations.plan import Plan
from studioops.migrations.planner import Proposal
from studioops.migrations.proposing import Wanted, propose
from studioops.migrations.revisions.failed import RevisionFailed
from studioops.migrations.revisions.pending import types_said
from studioops.migrations.runner import apply, revert
from studioops.postgres import open_database
from tests.integration.migrations.driving import QUICK, run, state_of
from tests.integration.migrations.histories import add, history_in, planned
from tests.integration.migrations.planner.asking import contract_of

TABLES = (
    "CREATE TABLE shop (id varchar PRIMARY KEY, open json, part float, seen varchar)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id varchar)",
    """INSERT INTO shop VALUES ('AAAAAAAA-0000-4000-8000-000000000000', '{"b":1,  "a":2}', 0.5)""",
    "INSERT INTO stall VALUES (1, 'AAAAAAAA-0000-4000-8000-000000000000')",
)
RELATED = contract_of("stall.shop_id -> shop.id; type: uuid")


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return history_in(tmp_path)


def proposed(dsn: str, ini: Path, types: str, contract=None) -> Proposal:
    """The plan where the database has had a revision that says these types."""
    add(ini, "a1", None, top=f"studioops_types = {types}")
    if planned(dsn, ini):
        apply(dsn, Plan(planned(dsn, ini)), run_by="test", tries=QUICK)
    with open_database(dsn) as database:
        return propose(database, Wanted(contract, ini))


def words(proposal: Proposal) -> list[str]:
    return [one.words() for one in proposal.plan.operations if one.kind == "convert_columns"]


def test_converted_and_back_to_the_very_spelling(database_dsn: str, ini: Path) -> None:
    run(database_dsn, *TABLES)
    types = "{'shop.open': 'jsonb', 'shop.part': 'numeric(3,2)', 'shop.gone': 'uuid'}"
    proposal = proposed(database_dsn, ini, types)
    assert words(proposal) == [
        "convert public.shop.open to jsonb, public.shop.part to numeric(3,2)"
    ]
    before = state_of(database_dsn)
    apply(database_dsn, proposal.plan, run_by="test", tries=QUICK)
    with open_database(database_dsn) as database:
        again = propose(database, Wanted(None, ini))
    assert again == Proposal(Plan(()))
    revert(database_dsn, tries=QUICK)
    assert state_of(database_dsn).differences(before) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE shop SET part = 0.123", "public.shop.part is double precision, not numeric(3,2): "
         "values of public.shop.part would lose digits"),
        ("UPDATE shop SET part = 12345", "not numeric(3,2): "),
        ("UPDATE shop SET seen = 'never'", "public.shop.seen is character varying, not uuid: "
         "1 values of public.shop.seen are no uuid, such as 'never'"),
        ("ALTER TABLE shop ADD CHECK (seen <> 'x')", "public.shop.seen can't become uuid: "),
    ],
)  # fmt: skip
def test_what_can_t_be_converted_without_loss_is_left_and_told(
    database_dsn: str, ini: Path, statement: str, said: str
) -> None:
    run(database_dsn, *TABLES, statement)
    types = "{'shop.open': 'jsonb', 'shop.part': 'numeric(3,2)', 'shop.seen': 'uuid'}"
    proposal = proposed(database_dsn, ini, types)
    assert proposal.refusals == ()
    (remark,) = proposal.remarks
    assert said in remark
    assert "public.shop.open to jsonb" in words(proposal)[0]


def test_an_end_of_a_relationship_takes_the_other_with_it(database_dsn: str, ini: Path) -> None:
    run(database_dsn, *TABLES)
    alone = proposed(
        database_dsn, ini, "{'shop.id': 'uuid'}", contract_of("stall.shop_id -> shop.id")
    )
    assert words(alone) == []
    assert "public.shop.id is character varying, not uuid: it is an end of a" in alone.remarks[0]
    both = proposed(database_dsn, ini, "{'shop.id': 'uuid'}", RELATED)
    assert both.remarks == ()
    assert words(both) == ["convert public.shop.id to uuid", "convert public.stall.shop_id to uuid"]
    apply(database_dsn, both.plan, run_by="test", tries=QUICK)
    with psycopg.connect(database_dsn) as session:
        joined = session.execute("SELECT count(*) FROM stall JOIN shop ON shop.id = shop_id")
        assert joined.fetchone() == (1,)


def test_a_later_revision_counts(database_dsn: str, ini: Path) -> None:
    add(ini, "a1", None, top="studioops_types = {'shop.open': 'text', 'Shop.id': 'uuid'}")
    add(ini, "a2", "a1", top="studioops_types = {'shop.open': 'jsonb'}")
    shop = TableName("public", "shop")
    assert types_said(str(ini)) == {(shop, "open"): "jsonb", (shop, "id"): "uuid"}


@pytest.mark.parametrize("types", ["1", "['a']", "{'a': 'uuid'}", "{'a(b, c)': 'uuid'}",
                                   "{'a.b': 1}", "{'a.b': 'uuid; DROP'}", "{1: 'uuid'}"])  # fmt: skip
def test_what_names_no_types_of_columns(ini: Path, types: str) -> None:
    add(ini, "a1", None, top=f"studioops_types = {types}")
    with pytest.raises(RevisionFailed, match="the revision a1: studioops_types names no types"):
        types_said(str(ini))


def test_with_neither_there_is_nothing_to_plan_for(database_dsn: str) -> None:
    with open_database(database_dsn) as database, pytest.raises(UsageError, match="nothing to pla"):
        propose(database, Wanted(None))
