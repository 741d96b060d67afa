"""The contract's expectations on the database as it stands: tables found, references composed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from psycopg.sql import SQL, Identifier, Literal

from studioops.errors import CouldNotCheck
from studioops.integrity.contract import Contract
from studioops.integrity.contract.model import DeclaredExpectation, DeclaredRelationship
from studioops.integrity.scan.plan import plan_relationships
from studioops.integrity.scan.question import ask
from studioops.integrity.scan.relationship import AbsentRelationship
from studioops.postgres.catalog import Catalog, Relation

# Great Expectations fetches what a query of its user's finds: that must have an end.
MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Bound:
    """An expectation whose table and columns are there.

    Args:
        number: its place among the contract's.
        declared: what the contract says.
        relation: the table.
        row_key: the names of the primary key's columns.
        offending: for a reference, the query of the rows that break it.
    """

    number: int
    declared: DeclaredExpectation
    relation: Relation
    row_key: tuple[str, ...]
    offending: str = ""

    @property
    def source(self) -> str:
        """All rows of the table, as Great Expectations takes a query."""
        table = Identifier(self.relation.schema, self.relation.name)
        # The batch is a text of SQLAlchemy's, where a colon begins a parameter.
        return SQL("SELECT * FROM {}").format(table).as_string().replace(":", "\\:")


@dataclass(frozen=True, slots=True)
class Unbound:
    """An expectation that nobody can ask, and why."""

    number: int
    declared: DeclaredExpectation
    reason: str


def bind(catalog: Catalog, contract: Contract) -> Iterator[Bound | Unbound]:
    """Each of the contract's expectations, in order.

    Args:
        catalog: of the target.
        contract: with expectations.
    """
    for number, declared in enumerate(contract.expectations):
        names = declared.columns
        relation = catalog.find(names.schema, names.table)
        if relation is None:
            yield Unbound(number, declared, f"table {names.schema}.{names.table} is absent")
            continue
        missing = [name for name in names.columns if name not in relation.columns]
        if missing:
            listed = ", ".join(f"{relation.display}.{name}" for name in missing)
            yield Unbound(number, declared, f"column {listed} is absent")
            continue
        key = tuple(column.name for column in catalog.primary_key(relation))
        plain = Bound(number, declared, relation, key)
        yield _reference(plain, catalog, contract) if declared.kind == "reference" else plain


def _reference(bound: Bound, catalog: Catalog, contract: Contract) -> Bound | Unbound:
    """A reference, compared as the scan compares it."""
    declared = bound.declared
    relationship = DeclaredRelationship(
        child=declared.columns,
        parent=declared.options["references"],
        on_delete=None,
        on_update=None,
        match=None,
        types=declared.options["types"] or None,
        orphans="report",
        line=declared.line,
    )
    alone = Contract(contract.path, contract.target, (relationship,), (), ())
    planned = plan_relationships(catalog, alone)[0]
    if isinstance(planned, AbsentRelationship):
        return Unbound(bound.number, declared, planned.reason)
    try:
        listing = ask(planned, catalog.server_version).listing
    except CouldNotCheck as error:
        return Unbound(bound.number, declared, error.message)
    limited = SQL("SELECT * FROM ({}) AS broken LIMIT {}").format(listing, Literal(MOST_ROWS + 1))
    return replace(bound, offending=_for_gx(limited.as_string()))


def _for_gx(query: str) -> str:
    """A query as Great Expectations takes it: braces are doubled, and lone colons escaped."""
    casts = query.replace("{", "{{").replace("}", "}}").split("::")
    return "::".join(part.replace(":", "\\:") for part in casts)
