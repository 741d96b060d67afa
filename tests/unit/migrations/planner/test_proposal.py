"""What a planner hands over, as plain JSON."""

from __future__ import annotations

import json
from dataclasses import replace

from studioops.migrations.operations import CreateIndex, TableName
from studioops.migrations.plan import Plan
from studioops.migrations.planner import Estimate, Proposal

INDEX = CreateIndex(TableName("public", "stall"), ("shop_id",), "stall_shop")
ESTIMATE = Estimate(3, 8192, "CONCURRENTLY", "nobody", "CONCURRENTLY", "nobody")
PROPOSAL = Proposal(Plan((INDEX,)), (ESTIMATE,), absent=("a → b: table b is absent",))


def test_it_is_plain_json_that_a_plan_can_be_read_from():
    document = PROPOSAL.as_json()
    assert json.loads(json.dumps(document)) == document
    (operation,) = document["operations"]
    assert operation["words"] == "create index stall_shop on public.stall (shop_id)"
    assert (operation["kind"], operation["stage"]) == ("create_index", "protect")
    assert operation["estimate"]["bytes"] == 8192
    assert document["absent"] == ["a → b: table b is absent"]
    read = Plan.from_json({"format": 1, "operations": [operation["operation"]]})
    assert read.hash == document["hash"] == PROPOSAL.plan.hash


def test_its_hash_is_of_the_operations_alone():
    other = replace(PROPOSAL, estimates=(replace(ESTIMATE, rows=4),), remarks=("nothing",))
    assert other.as_json()["hash"] == PROPOSAL.as_json()["hash"]
    assert replace(PROPOSAL, plan=Plan(()), estimates=()).as_json()["operations"] == []
