"""The SQL that mends what a scan finds, ready to be read and typed."""

from __future__ import annotations

from studioops.integrity.contract.names import quoted
from studioops.integrity.scan.relationship import PresentRelationship

IDENTIFIER_BYTES = 63


def add_constraint(planned: PresentRelationship) -> str:
    """Add the foreign key that the contract wants, with the shortest locks there are."""
    child = planned.child_end
    name = _name(planned, "fkey")
    table = child.relation.display
    if any(one.type.oid != other.type.oid for one, other in planned.pairs):
        return (
            "give both ends one type (see unequal_types), then "
            f"ALTER TABLE {table} ADD CONSTRAINT {name} {_definition(planned)}"
        )
    if child.relation.partitioned:
        return f"ALTER TABLE {table} ADD CONSTRAINT {name} {_definition(planned)}"
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {_definition(planned)} NOT VALID; "
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}"
    )


def replace_constraint(planned: PresentRelationship) -> str:
    """Add the wanted foreign key first, then drop the other: never unprotected in between."""
    name = quoted(planned.constraint.name) if planned.constraint else ""
    drop = f"ALTER TABLE {planned.table} DROP CONSTRAINT {name}"
    return f"{add_constraint(planned)}; {drop}"


def create_index(planned: PresentRelationship) -> str:
    """Create the covering index without blocking writers."""
    child = planned.child_end
    columns = ", ".join(column.display for column in child.columns)
    how = "INDEX" if child.relation.partitioned else "INDEX CONCURRENTLY"
    return f"CREATE {how} ON {child.relation.display} ({columns})"


def deal_with_orphans(planned: PresentRelationship, listing: str) -> str:
    """What to decide and type; what becomes of orphans is the contract's to say.

    Args:
        planned: the relationship.
        listing: the SQL that lists its offending rows.
    """
    if planned.declared is None:
        return f"add the parents, or take the rows out and keep them; list them: {listing}"
    words = {
        "quarantine": "take the rows out, whole, and keep them (contract: quarantine)",
        "nullify": "clear the references and keep their old values (contract: nullify)",
        "report": "the contract leaves them to you (contract: report)",
    }
    return f"{words[planned.declared.orphans]}; list them: {listing}"


def _definition(planned: PresentRelationship) -> str:
    child, parent = planned.child_end, planned.parent_end
    columns = ", ".join(column.display for column in child.columns)
    referred = ", ".join(column.display for column in parent.columns)
    key, declared = planned.constraint, planned.declared
    on_delete = (declared and declared.on_delete) or (key and key.on_delete)
    on_update = (declared and declared.on_update) or (key and key.on_update)
    parts = [f"FOREIGN KEY ({columns}) REFERENCES {parent.relation.display} ({referred})"]
    parts += ["MATCH FULL"] if planned.match == "full" else []
    parts += [f"ON DELETE {on_delete}"] if on_delete else []
    parts += [f"ON UPDATE {on_update}"] if on_update else []
    return " ".join(parts)


def _name(planned: PresentRelationship, suffix: str) -> str:
    """A name that PostgreSQL does not cut short and that the replaced one does not have."""
    child, key = planned.child_end, planned.constraint
    stem = "_".join([child.relation.name, *(column.name for column in child.columns)])
    stem = stem.encode()[: IDENTIFIER_BYTES - 8].decode(errors="ignore")
    name = f"{stem}_{suffix}"
    return quoted(f"{name}1" if key is not None and key.name == name else name)
