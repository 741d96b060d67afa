"""Random databases and contracts: the plan reaches the contract, and its way back the start."""

from __future__ import annotations

import re
import sys
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.migrations.driving import run, state_of
from tests.integration.migrations.planner.asking import contract_of, planned, there_and_back
from tests.integration.migrations.planner.worlds import make_world

# The package has a function of that name.
CONVERTING = sys.modules["studioops.migrations.operations.convert_columns"]
SETTINGS = settings(
    max_examples=12,
    # A smaller seed makes no smaller world.
    phases=(Phase.generate,),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
# What nobody but a person can decide, or make so.
REASONS = (
    "the contract wants them reported",
    "takes no NULL",
    "is NOT NULL; decide",
    "refers? to what would be cleared",
    "refers? to what would go",
    "decide: write one `type:`",
    "in another spelling than its own",
)
seen: Counter[str] = Counter()


@given(seed=st.integers(0, 2**32))
@SETTINGS
def test_a_plan_reaches_the_contract_and_its_way_back_the_start(database_dsn, monkeypatch, seed):
    # Half of them as if their tables were large.
    monkeypatch.setattr(CONVERTING, "FEW_ROWS", 10_000 if seed % 2 else -1)
    world = make_world(seed)
    run(database_dsn, *world.statements())
    contract = contract_of(*world.contract())
    proposal = planned(database_dsn, contract)
    if proposal.refusals:
        before = state_of(database_dsn)
        assert proposal.plan.operations == ()
        strange = [one for one in proposal.refusals if not re.search("|".join(REASONS), one)]
        assert not strange, (seed, strange)
        assert not state_of(database_dsn).differences(before)
        seen["refused"] += 1
        return
    there_and_back(database_dsn, contract, proposal, thorough=True)
    seen["kept" if not proposal.plan.operations else "planned"] += 1


def test_most_of_them_had_something_to_do():
    if not seen:
        pytest.skip("the test above was not run")
    assert seen["planned"] > seen["refused"]
