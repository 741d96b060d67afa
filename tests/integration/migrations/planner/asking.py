"""A contract as text, the plan that it makes, and whether the scan is content afterwards."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from studioops.integrity import Contract, load_contract, scan
from studioops.migrations.plan import Plan
from studioops.migrations.planner import Proposal, make_plan
from studioops.migrations.runner import apply, revert
from studioops.model import Report
from studioops.postgres import open_database
from tests.integration.migrations.driving import QUICK, state_of


def contract_of(*relationships: str) -> Contract:
    """Each ``child → parent`` with what else the contract says of it after a comma."""
    lines = ["relationships:"]
    for one in relationships:
        ends, *options = one.split("; ")
        child, parent = ends.split(" -> ")
        lines += [f"- child: '{child}'", f"  parent: '{parent}'", *(f"  {o}" for o in options)]
    with TemporaryDirectory() as home:
        path = Path(home) / "contract.yaml"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return load_contract(path)


def planned(dsn: str, contract: Contract) -> Proposal:
    with open_database(dsn) as database:
        return make_plan(database, contract)


def words(proposal: Proposal) -> list[str]:
    assert not proposal.refusals, proposal.refusals
    return [one.words() for one in proposal.plan.operations]


def scanned(dsn: str, contract: Contract) -> Report:
    with open_database(dsn) as database:
        return scan(database, contract, target="t")


def faults(report: Report) -> list[str]:
    """Of relationships that the contract names: what a plan should have mended."""
    entries = report.evidence["relationships"]
    declared = {one["child"] for one in entries if one["declared"]}
    return [
        f"{one.check} {one.object}"
        for one in report.findings
        if one.object in declared and (one.severity.fails or one.check == "no_covering_index")
    ]


def there_and_back(
    dsn: str, contract: Contract, proposal: Proposal | None = None, *, thorough: bool = False
) -> Proposal:
    """Plan, apply, look whether the contract is kept, and go back to the start.

    Args:
        dsn: of the database.
        contract: to be reached.
        proposal: what was planned for it; planned here where it is None.
        thorough: whether to plan at the end of both ways, too: nothing there, the same here.
    """
    proposal = proposal or planned(dsn, contract)
    assert not proposal.refusals, proposal.refusals
    plan = proposal.plan
    assert Plan.from_json(plan.as_json()) == plan
    before = state_of(dsn)
    apply(dsn, plan, run_by="test", tries=QUICK)
    assert not (found := faults(scanned(dsn, contract))), found
    if thorough:
        kept(dsn, contract)
    revert(dsn, tries=QUICK)
    assert not (left := state_of(dsn).differences(before)), left
    if thorough:
        assert planned(dsn, contract).plan.hash == plan.hash
    return proposal


def kept(dsn: str, contract: Contract) -> None:
    """Nothing is left to do."""
    proposal = planned(dsn, contract)
    assert (proposal.plan.operations, proposal.refusals) == ((), ())
