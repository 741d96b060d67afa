"""The step that puts the catalogue's questions, save those that the scan answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studioops.checks import SqlCheck, all_checks, run_checks
from studioops.orchestration.connections import open_target
from studioops.orchestration.integrity import contract_of
from studioops.orchestration.reason import leaves_reason
from studioops.orchestration.services_step import skip_in_outage


@leaves_reason
def check_catalogue(target: str, connectivity: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Put every question of the catalogue that one statement answers.

    Args:
        target: the target's name.
        connectivity: the report of the probes, where there is one.

    Returns:
        a report of kind ``check``.

    Raises:
        DatabaseError: the database does not answer at all.
        ContractError: the contract has faults.
    """
    skip_in_outage(connectivity)
    names = [one.name for one in all_checks() if isinstance(one, SqlCheck)]
    with open_target(target) as database:
        contract = contract_of(target)
        return run_checks(database, contract, target=target, names=names).as_json()
