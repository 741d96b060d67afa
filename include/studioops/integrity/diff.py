"""What differs between a contract and a database, by their definitions: no row is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from studioops.integrity.contract import Contract
from studioops.integrity.contract.names import quoted
from studioops.integrity.scan.judge import judge_definitions
from studioops.integrity.scan.plan import plan_relationships
from studioops.integrity.scan.relationship import AbsentRelationship, PlannedRelationship
from studioops.model import Finding, Report, Severity, Status, Stopwatch, Subject
from studioops.postgres import Database
from studioops.postgres.catalog import read_catalog

SCHEMA_VERSION = 1
NOTHING = (
    "nothing to compare: the contract names no relationship and the database declares none; "
    "next: check that this is the right database, or give another --contract"
)


def diff(database: Database, contract: Contract, *, target: str) -> Report:
    """Compare a contract with the definitions of a database.

    Args:
        database: read-only, with its limits.
        contract: without faults.
        target: the database's name, for the report.

    Returns:
        a report whose ``evidence`` is the document of ``contract diff --json``: each difference
        is a finding, and makes its relationship and the whole failed.

    Raises:
        DatabaseError: the catalog can't be read.
        BrokenContract: the contract names a type that the database does not know.
    """
    watch = Stopwatch()
    with database.transaction() as connection:
        catalog = read_catalog(connection, contract.type_names)
    entries, findings = [], []
    for one in plan_relationships(catalog, contract):
        found = list(_differences(one))
        findings += found
        entries.append(_entry(one, found))
    subjects = tuple(Subject(_name(one), Status(one["status"])) for one in entries)
    # Nothing beside nothing is no agreement: perhaps it is the wrong database.
    status = Status.worst(subject.status for subject in subjects)
    evidence = {
        "schema_version": SCHEMA_VERSION,
        "target": target,
        "contract": str(contract.path),
        "status": str(status),
        "started_at": watch.started_at.isoformat(),
        "seconds": watch.seconds,
        "reason": "" if entries else NOTHING,
        "relationships": entries,
        "findings": [asdict(finding) for finding in findings],
    }
    return Report(
        kind="contract_diff",
        target=target,
        status=status,
        started_at=watch.started_at,
        seconds=watch.seconds,
        subjects=subjects,
        findings=tuple(findings),
        evidence=evidence,
    )


def _differences(one: PlannedRelationship) -> Iterator[Finding]:
    if isinstance(one, AbsentRelationship):
        yield Finding(
            "absent",
            one.child,
            Severity.ERROR,
            f"to {one.parent}: {one.reason}",
            "the contract names what the database lacks, so nobody can look at it",
            "create it with a migration, or take the relationship out of the contract",
        )
        return
    if one.declared is None and one.constraint is not None:
        yield Finding(
            "not_in_contract",
            one.child,
            Severity.WARNING,
            f"{one.constraint.name}, to {one.parent}: the contract does not name it",
            "its actions are not judged, and nobody said what becomes of its orphans",
            "add it to the contract (`studioops contract infer` writes the entry), or "
            f"ALTER TABLE {one.table} DROP CONSTRAINT {quoted(one.constraint.name)}",
        )
    yield from judge_definitions(one)


def _entry(one: PlannedRelationship, found: list[Finding]) -> dict[str, Any]:
    key = None if isinstance(one, AbsentRelationship) else one.constraint
    return {
        "child": one.child,
        "parent": one.parent,
        "declared": one.declared is not None,
        "constraint": key.name if key is not None else None,
        "status": str(Status.FAILED if found else Status.PASSED),
        "differences": [finding.check for finding in found],
    }


def _name(entry: dict[str, Any]) -> str:
    name = f"{entry['child']} → {entry['parent']}"
    return f"{name} [{entry['constraint']}]" if entry["constraint"] else name
