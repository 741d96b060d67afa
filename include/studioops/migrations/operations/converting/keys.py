"""Foreign keys that go for a moment, while the columns at their ends change."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg.sql import SQL, Identifier, Literal

from studioops.migrations.operations.converting.model import Converted
from studioops.migrations.operations.drop_foreign_key import COMMENT, Standing
from studioops.migrations.operations.key import drop_constraint, validate_constraint
from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.looked_up import foreign_key
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import Change, Session, Step, nothing, run, run_back
from studioops.postgres import load_sql

Comments = list[str | None]


def tables(columns: Iterable[Converted]) -> list[TableName]:
    """Their tables, each once, in order."""
    return sorted({one.table for one in columns})


def lock_all(session: Session, columns: Iterable[Converted], keys: Iterable[Standing]) -> None:
    """Lock in the order of names, so that two who want them both never wait for each other."""
    session.execute(load_sql(__package__, "pinned"))
    ends = {*tables(columns), *(key.table for key in keys)}
    names = SQL(", ").join(SQL("ONLY {}").format(table.sql) for table in sorted(ends))
    session.execute(SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(names))


def drop_keys(session: Session, keys: Iterable[Standing]) -> Comments:
    """Drop keys, to have them again a moment later; what was said of them."""
    comments: Comments = []
    for key in keys:
        row = foreign_key(session, key.table, key.name)
        comments.append(row["comment"] if row else None)
        session.execute(drop_constraint(key.table, key.name))
    return comments


def add_keys(session: Session, keys: Iterable[Standing], comments: Comments) -> None:
    """Add keys for new rows, with what was said of them."""
    for key, comment in zip(keys, comments, strict=True):
        session.execute(key.for_new_rows)
        if comment is not None:
            said = (Identifier(key.name), key.table.sql, Literal(comment))
            session.execute(COMMENT.format(*said))


def validated_there(key: Standing) -> Step:
    """The step that looks at the rows of a key."""
    validate = validate_constraint(key.table, key.name)
    return Change(f"validate {key.name} on {key.table}", Lock.SHARE_UPDATE_EXCLUSIVE, run(validate))


def validated_back(key: Standing) -> Step:
    """The step that looks at the rows of a key on the way back."""
    return Change(
        f"nothing; on the way back validate {key.name} on {key.table}",
        Lock.ROW,
        nothing,
        Lock.SHARE_UPDATE_EXCLUSIVE,
        run_back(validate_constraint(key.table, key.name)),
    )
