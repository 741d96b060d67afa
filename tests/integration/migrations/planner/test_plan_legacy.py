"""The legacy StudioOps database: all that can be looked at is planned for, the rest is listed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from studioops.integrity import load_contract
from studioops.migrations.operations import AddForeignKey, ReplaceForeignKey
from tests.integration.migrations.planner.asking import there_and_back

CONTRACT = Path(__file__).parents[4] / "include" / "contracts" / "studioops.yaml"


def test_all_that_is_there_is_planned_for(legacy_dsn):
    proposal = there_and_back(legacy_dsn, load_contract(CONTRACT), thorough=True)
    assert len(proposal.absent) == 9
    assert all(one.endswith("is absent") for one in proposal.absent)
    operations = proposal.plan.operations
    assert Counter(one.kind for one in operations) == {
        "quarantine_orphans": 13,
        "convert_columns": 8,
        "create_index": 14,
        "add_foreign_key": 12,
        "replace_foreign_key": 9,
    }
    keys = {one.key for one in operations if isinstance(one, AddForeignKey | ReplaceForeignKey)}
    assert len({(one.child, one.columns) for one in keys}) == 21
    assert {one.on_update for one in keys} == {"CASCADE"}
    estimates = dict(zip(operations, proposal.estimates, strict=True))
    # Whose sessions go, their messages go with them; the 42 that have none go for themselves.
    first, second = (estimates[one] for one in operations[:2])
    assert first.words == "3 rows taken out, 6 rows of public.chat_messages with them"
    assert second.words == "42 rows taken out"
    taken = [int(one.words.split()[0]) for one in proposal.estimates if one.words]
    assert sum(taken) == 61
    assert all(one.rows and one.bytes for one in proposal.estimates)
