"""The SQL that mends what a scan finds, ready to be read and typed."""

from __future__ import annotations

from collections.abc import Iterable

from studioops.integrity.contract.names import quoted
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.postgres.catalog import Column

IDENTIFIER_BYTES = 63


def add_constraint(planned: PresentRelationship) -> str:
    """Add the foreign key that the contract wants, with the shortest locks there are."""
    child = planned.child_end
    name = _name(planned, "fkey")
    add = f"ALTER TABLE {child.relation.display} ADD CONSTRAINT {name} {_definition(planned)}"
    if any(one.type.oid != other.type.oid for one, other in planned.pairs):
        return f"-- give both ends one type first: see unequal_types\n{add};"
    if child.relation.partitioned:
        return f"{add};"
    return f"{add} NOT VALID;\nALTER TABLE {child.relation.display} VALIDATE CONSTRAINT {name};"


def replace_constraint(planned: PresentRelationship) -> str:
    """Add the wanted foreign key first, then drop the other: never unprotected in between."""
    name = quoted(planned.constraint.name) if planned.constraint else ""
    drop = f"ALTER TABLE {planned.table} DROP CONSTRAINT {name};"
    return f"{add_constraint(planned)}\n{drop}"


def validate_constraint(planned: PresentRelationship) -> str:
    """Let PostgreSQL look at the rows from before the constraint; blocks no writer."""
    name = quoted(planned.constraint.name) if planned.constraint else ""
    return f"ALTER TABLE {planned.table} VALIDATE CONSTRAINT {name};"


def enable_triggers(planned: PresentRelationship) -> str:
    """Enable the constraint's own triggers, and none that somebody has disabled on purpose."""
    if planned.constraint is None:
        return ""
    name = planned.constraint.name.replace("'", "''")
    table = planned.table.replace("'", "''")
    return (
        "-- as a superuser: the triggers of constraints belong to the system\n"
        "DO $$ DECLARE t record; BEGIN FOR t IN SELECT g.tgrelid::regclass AS r, g.tgname FROM "
        "pg_trigger AS g JOIN pg_constraint AS k ON k.oid = g.tgconstraint WHERE k.conname = "
        f"'{name}' AND k.conrelid = '{table}'::regclass AND g.tgenabled = 'D' LOOP "
        "EXECUTE format('ALTER TABLE %s ENABLE TRIGGER %I', t.r, t.tgname); END LOOP; END $$;"
    )


def convert_column(planned: PresentRelationship, child: Column, parent: Column) -> str:
    """Give the child's column its parent's type."""
    table, name, kind = planned.table, child.display, parent.declared_type
    return (
        f"-- rewrites {table} under an ACCESS EXCLUSIVE lock; a value that is no {kind} stops it\n"
        # A cast to a length would cut silently; without one the assignment refuses.
        f"ALTER TABLE {table} ALTER COLUMN {name} TYPE {kind} USING {name}::{parent.type.cast};"
    )


def create_index(planned: PresentRelationship) -> str:
    """Create the covering index without blocking writers."""
    child = planned.child_end
    columns = ", ".join(column.display for column in child.columns)
    how = "INDEX" if child.relation.partitioned else "INDEX CONCURRENTLY"
    return f"CREATE {how} ON {child.relation.display} ({columns});"


def deal_with_orphans(planned: PresentRelationship, listing: str, offending: str) -> str:
    """A script that does what the contract decides, and loses nothing; else what to decide.

    Args:
        planned: the relationship.
        listing: the SQL that lists its offending rows.
        offending: the condition that is true of them.
    """
    decided = planned.declared.orphans if planned.declared is not None else "report"
    if not planned.child_end.relation.takes_constraints:
        decided = "report"
    if decided == "quarantine" and not planned.referred_by:
        return _take_out(planned, offending)
    if decided == "nullify":
        return _clear(planned, offending)
    words = ["-- add the parents, or take the rows out and keep them; list them:"]
    if planned.referred_by and decided == "quarantine":
        others = ", ".join(planned.referred_by)
        words = [f"-- rows of {others} refer to these: see what would go with them; list them:"]
    return "\n".join([*words, f"{listing};"])


def _take_out(planned: PresentRelationship, offending: str) -> str:
    """One statement moves the rows: no crash and no other session comes in between."""
    kept = _kept(planned, "orphans")
    return (
        f"-- takes the rows out, whole, and keeps them in {kept} (contract: quarantine)\n"
        f"CREATE TABLE IF NOT EXISTS {kept} (LIKE {planned.table});\n"
        f"WITH gone AS (DELETE FROM {_rows_of(planned)} AS c WHERE {offending} RETURNING c.*) "
        f"INSERT INTO {kept} SELECT * FROM gone;"
    )


def _clear(planned: PresentRelationship, offending: str) -> str:
    kept, rows = _kept(planned, "cleared"), _rows_of(planned)
    columns = ", ".join(f"{column.display} = NULL" for column in planned.child_end.columns)
    return (
        f"-- clears the references and keeps the rows as they were in {kept} (contract: nullify)\n"
        f"CREATE TABLE IF NOT EXISTS {kept} (LIKE {planned.table});\n"
        f"WITH kept AS (INSERT INTO {kept} SELECT c.* FROM {rows} AS c WHERE {offending}) "
        f"UPDATE {rows} AS c SET {columns} WHERE {offending};"
    )


def _rows_of(planned: PresentRelationship) -> str:
    """The table as the scan reads it: without what inherits from it."""
    return f"ONLY {planned.table}" if planned.child_end.relation.kind == "r" else planned.table


def _kept(planned: PresentRelationship, suffix: str) -> str:
    return f"{quoted(planned.child_end.relation.schema)}.{_name(planned, suffix)}"


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
    """One that the replaced constraint does not have."""
    child, key = planned.child_end, planned.constraint
    name = cut_name(child.relation.name, (column.name for column in child.columns), suffix)
    return quoted(f"{name}1" if key is not None and key.name == name else name)


def cut_name(table: str, columns: Iterable[str], suffix: str) -> str:
    """A name for what stands on columns that PostgreSQL does not cut short; room for a number.

    Args:
        table: its name, not quoted.
        columns: their names, not quoted.
        suffix: such as ``fkey``, of four letters at most where a number follows.
    """
    stem = "_".join([table, *columns])
    return f"{stem.encode()[: IDENTIFIER_BYTES - 9].decode(errors='ignore')}_{suffix}"
