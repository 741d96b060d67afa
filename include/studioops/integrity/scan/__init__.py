"""The scan: every relationship of the contract and of the catalog, looked at."""

from __future__ import annotations

from collections.abc import Collection

from studioops.integrity.contract import Contract
from studioops.integrity.scan.batch import batches
from studioops.integrity.scan.looker import Looker, Progress
from studioops.integrity.scan.plan import plan_relationships
from studioops.integrity.scan.relationship import (
    AbsentRelationship,
    PlannedRelationship,
    PresentRelationship,
)
from studioops.integrity.scan.report import build_report, merge_scans
from studioops.integrity.scan.wording import foreign_key_line, orphans_line
from studioops.model import Report, Stopwatch
from studioops.postgres import Database
from studioops.postgres.catalog import Catalog, read_catalog

__all__ = [
    "PlannedRelationship",
    "batches",
    "foreign_key_line",
    "merge_scans",
    "orphans_line",
    "plan_scan",
    "scan",
    "unseen_keys",
]


def plan_scan(database: Database, contract: Contract | None) -> list[PlannedRelationship]:
    """What a scan would look at.

    Args:
        database: the target.
        contract: or None for the catalog alone.

    Raises:
        DatabaseError: the catalog can't be read.
        BrokenContract: the contract names a type that the target does not know.
    """
    return plan_relationships(_catalog(database, contract), contract)


def unseen_keys(contract: Contract | None) -> list[str]:
    """The keys of a contract's relationships where not even the catalog could be read.

    Args:
        contract: or None, which names nothing.
    """
    declared = contract.relationships if contract else ()
    return [AbsentRelationship(str(one.child), str(one.parent), one, "").key for one in declared]


def scan(
    database: Database,
    contract: Contract | None,
    *,
    target: str,
    keys: Collection[str] | None = None,
    progress: Progress | None = None,
    paranoid: bool = False,
) -> Report:
    """Look at the relationships of a target.

    Args:
        database: the target, read-only.
        contract: or None for the catalog alone.
        target: its name, for the report.
        keys: of the entries to look at; None for all.
        progress: told the relationship, how many are done, and of how many.
        paranoid: read heaps alone, since an index can be corrupt.

    Returns:
        a report whose ``evidence`` is the document of ``scan --json``; what could not be looked
        at is in it as ``not_checked`` with its reason.

    Raises:
        DatabaseError: not even the catalog can be read.
        BrokenContract: the contract names a type that the target does not know.
    """
    watch = Stopwatch()
    catalog = _catalog(database, contract)
    planned = plan_relationships(catalog, contract)
    chosen = [one for one in planned if keys is None or one.key in keys]
    present = [one for one in chosen if isinstance(one, PresentRelationship)]
    looks = Looker(database, catalog.server_version, progress, paranoid=paranoid).look(present)
    return build_report(target, chosen, looks, contract if keys is None else None, watch)


def _catalog(database: Database, contract: Contract | None) -> Catalog:
    names = contract.type_names if contract is not None else ()
    with database.transaction() as connection:
        return read_catalog(connection, names)
