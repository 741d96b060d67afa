"""Foreign keys in a revision: added for new rows, looked at, and only then put in a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from psycopg.sql import SQL, Composed, Identifier, Literal

from studioops.migrations.operations import AddForeignKey, Lock, ReplaceForeignKey, Session
from studioops.migrations.operations.converting.model import words
from studioops.migrations.operations.drop_foreign_key import COMMENT, RENAME, Standing
from studioops.migrations.operations.key import Key, drop_constraint, validate_constraint
from studioops.migrations.operations.looked_up import foreign_key
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.replace_foreign_key import meanwhile
from studioops.migrations.revisions.writing.parts import Part, Said, part

ANEW = SQL("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}, ADD CONSTRAINT {} {}")
WHOLE = (
    "a partitioned table takes no key that is not valid; its partitions have it already, and are "
    "taken over without a look at their rows"
)
PARTITIONED = {"adding-foreign-key-constraint": WHOLE, "constraint-missing-not-valid": WHOLE}
DROP = "ban-drop-constraint"
LEFT = {DROP: "what goes is what an earlier try of this very revision has left"}
TAKEN = {
    DROP: "a key goes when another stands in its place, and has looked at every row",
    "renaming-object": "the new key gets the name that the old one had",
}


@dataclass(frozen=True, slots=True)
class Stood:
    """A table that gets a key.

    Args:
        table: the table, or a partition of it.
        name: of the constraint there.
        definition: of the key, without NOT VALID.
        valid: whether it is looked at.
        comment: that is given to it.
    """

    table: TableName
    name: str
    definition: Composed
    valid: bool = True
    comment: str | None = None


def added(operation: AddForeignKey) -> Said:
    """A key that is added."""
    places = _places(operation.key, operation.name, operation.key.child, operation.leaves)
    down = [part(Lock.ACCESS_EXCLUSIVE, drop_constraint(one.table, one.name)) for one in places]
    up = tuple(_stand(places, operation.name))
    return Said(up, tuple(down), ignored={**LEFT, **_of_parts(operation.leaves)})


def replaced(session: Session, operation: ReplaceForeignKey) -> Said:
    """A key that takes another's place and name."""
    old = [operation.standing, *operation.leaves]
    new = [Stood(one.table, one.name, operation.key.definition) for one in old]
    before = [_as_it_is(session, one) for one in old]
    ignored = {**TAKEN, **_of_parts(operation.leaves)}
    return Said(tuple(_swapped(new)), tuple(_swapped(before)), ignored=ignored)


def _of_parts(leaves: Sequence[object]) -> Mapping[str, str]:
    return PARTITIONED if leaves else {}


def _places(key: Key, name: str, table: TableName, leaves: Sequence[TableName]) -> list[Stood]:
    return [Stood(one, name, key.definition) for one in (table, *leaves)]


def _as_it_is(session: Session, one: Standing) -> Stood:
    row = foreign_key(session, one.table, one.name)
    comment = row["comment"] if row else None
    definition = Composed([words(one.definition)])
    return Stood(one.table, one.name, definition, one.valid, comment)


def _stand(places: Sequence[Stood], name: str) -> Iterator[Part]:
    """A key under a name on a table; first on its partitions, where it has some."""
    table, *leaves = places
    if not leaves:
        yield from _for_new_rows(table, name)
        return
    yield part(Lock.ACCESS_EXCLUSIVE, drop_constraint(table.table, name))
    for one in leaves:
        yield from _for_new_rows(one, name)
    yield part(Lock.SHARE_ROW_EXCLUSIVE, _anew(table, name, table.definition))


def _for_new_rows(one: Stood, name: str) -> Iterator[Part]:
    late = SQL("{} NOT VALID" if one.valid else "{}").format(one.definition)
    yield part(Lock.ACCESS_EXCLUSIVE, _anew(one, name, late))
    if one.valid:
        yield part(Lock.SHARE_UPDATE_EXCLUSIVE, validate_constraint(one.table, name))


def _anew(one: Stood, name: str, definition: Composed) -> Composed:
    """What an earlier try may have left under that name goes in the same statement."""
    return ANEW.format(one.table.sql, Identifier(name), Identifier(name), definition)


def _swapped(places: Sequence[Stood]) -> Iterator[Part]:
    """A key stands under another name before the one that has its name goes."""
    table = places[0]
    name = meanwhile(table.name)
    yield from _stand(places, name)
    renamed = [
        RENAME.format(one.table.sql, Identifier(name), Identifier(one.name)) for one in places
    ]
    comments = [
        COMMENT.format(Identifier(one.name), one.table.sql, Literal(one.comment))
        for one in places
        if one.comment is not None
    ]
    dropped = drop_constraint(table.table, table.name)
    yield part(Lock.ACCESS_EXCLUSIVE, dropped, *renamed, *comments)
