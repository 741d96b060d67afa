"""StudioOps' intended schema: what the revisions and the plan after them reach, and what not."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import psycopg
import pytest

from studioops.integrity import load_contract
from studioops.migrations.plan import Plan
from studioops.migrations.proposing import Wanted, propose
from studioops.migrations.runner import apply, revert
from studioops.postgres import open_database
from studioops.settings.declarations import SHIPPED_CONTRACT, SHIPPED_HISTORY
from tests.integration.migrations.driving import QUICK, state_of
from tests.integration.migrations.histories import planned
from tests.integration.migrations.revisions.test_studioops import COLUMNS, INTENDED, NOT_MEANT

WANTED = Wanted(load_contract(SHIPPED_CONTRACT), SHIPPED_HISTORY)
# Digits of a number in JSON are more than a real has, and there is no cast between the two.
NOT_REACHED = {("rag_documents", "embedding"): ("json", "real[]")}
# A default of a number that says its type once more.
AGAIN = re.compile(r"(numeric\(3,2\) = [\d.]+)::numeric\(3,2\)")


def proposal_of(dsn: str):
    with open_database(dsn) as database:
        return propose(database, WANTED)


@pytest.fixture
def at_head(cluster, legacy_template: str) -> Iterator[str]:
    name = cluster.clone(legacy_template)
    dsn = cluster.dsn(name)
    apply(dsn, Plan(planned(dsn, SHIPPED_HISTORY)), run_by="test", tries=QUICK)
    yield dsn
    cluster.drop(name)


def test_every_column_is_as_it_was_meant_but_for_those_named_here(at_head: str) -> None:
    before = state_of(at_head)
    proposal = proposal_of(at_head)
    assert proposal.refusals == ()
    apply(at_head, proposal.plan, run_by="test", tries=QUICK)
    with psycopg.connect(at_head) as session:
        found = {row[:2]: row[2] for row in session.execute(COLUMNS).fetchall()}
    with INTENDED.open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    unlike = {}
    for row in rows:
        place, meant = (row["table"], row["column"]), row["intended_type"]
        there = AGAIN.sub(r"\1", found.pop(place))
        if place in NOT_MEANT:
            assert (meant, there) == ("-", row["legacy_type"])
        elif there != meant.replace("uuid_generate_v4()", "gen_random_uuid()"):
            unlike[place] = (there, meant)
    assert found == {}
    assert unlike == NOT_REACHED
    with open_database(at_head) as database:
        again = propose(database, WANTED)
    assert (again.plan.operations, again.refusals) == ((), ())
    revert(at_head, tries=QUICK)
    assert state_of(at_head).differences(before) == []
