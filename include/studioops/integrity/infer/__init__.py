"""Inferring a contract: the constraints that exist, and what names suggest and data confirm."""

from __future__ import annotations

from pathlib import Path

from studioops.integrity.contract import ColumnSet, Contract, DeclaredRelationship
from studioops.integrity.infer.candidates import Candidate, candidates
from studioops.integrity.infer.inference import Inference
from studioops.integrity.infer.measure import Measure, measure
from studioops.integrity.infer.proposal import backed, suspected
from studioops.integrity.infer.rank import ranked
from studioops.integrity.infer.write import contract_text
from studioops.integrity.scan.looker import Looker, Progress
from studioops.integrity.scan.plan import plan_relationships
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.model import Stopwatch
from studioops.postgres import Database
from studioops.postgres.catalog import Catalog, Relation, read_catalog

__all__ = ["Inference", "contract_text", "infer"]


def infer(database: Database, *, target: str, progress: Progress | None = None) -> Inference:
    """Propose a contract for a database.

    Args:
        database: read-only, with its limits.
        target: what the contract calls it.
        progress: told the relationship, how many are done, and of how many.

    Returns:
        every constraint and every suspicion, each with what came of it; what could not be looked
        at is among them with its reason.

    Raises:
        DatabaseError: not even the catalog can be read.
    """
    watch = Stopwatch()
    with database.transaction() as connection:
        catalog = read_catalog(connection, ["uuid"])
    suspicions = candidates(catalog)
    planned = _plan(catalog, suspicions, target)
    looks = Looker(database, catalog.server_version, progress).look(planned)
    # A table that could not be looked at once is not tried again.
    seen = measure(database, [one for one in planned if looks[one.key].orphans is not None])
    proposals = []
    for one in planned:
        look, values = looks[one.key], seen.get(one.key, Measure())
        proposals.append(
            backed(look, values)
            if one.declared is None
            else suspected(suspicions[one.declared.line], look, values)
        )
    return Inference(target, watch.started_at, watch.seconds, ranked(proposals))


def _plan(catalog: Catalog, suspicions: list[Candidate], target: str) -> list[PresentRelationship]:
    """Constraints and candidates as a scan would plan them; a candidate's line is its number."""
    declared = tuple(_declared(one, n) for n, one in enumerate(suspicions))
    contract = Contract(Path("-"), target, declared, (), ())
    planned = plan_relationships(catalog, contract)
    return [one for one in planned if isinstance(one, PresentRelationship)]


def _declared(one: Candidate, number: int) -> DeclaredRelationship:
    return DeclaredRelationship(
        child=_ends(one.child, one.columns),
        parent=_ends(one.parent, one.referred),
        on_delete=None,
        on_update=None,
        match=None,
        types=one.types,
        orphans="report",
        line=number,
    )


def _ends(relation: Relation, names: tuple[str, ...]) -> ColumnSet:
    return ColumnSet(relation.schema, relation.name, names)
