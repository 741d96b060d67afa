"""A foreign key as an operation asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg.sql import SQL, Composed, Identifier

from studioops.migrations.operations.names import TableName, listed, shown
from studioops.postgres.catalog import ACTIONS, MATCHES

DEFAULT_ACTION = "NO ACTION"
ACTION_WORDS = {word: SQL(word) for word in ACTIONS.values()}
MATCH_WORDS = {"simple": SQL(""), "full": SQL(" MATCH FULL")}


@dataclass(frozen=True, slots=True)
class Key:
    """What a foreign key is, apart from its name.

    Args:
        child: the table that it stands on.
        columns: of the child.
        parent: the table that it refers to.
        parent_columns: of the parent, in the order of ``columns``.
        on_delete: in SQL's words.
        on_update: in SQL's words.
        match: ``simple`` or ``full``.
        deferrable: whether a transaction may put it off.
        deferred: whether it is put off by itself.
    """

    child: TableName
    columns: tuple[str, ...]
    parent: TableName
    parent_columns: tuple[str, ...]
    on_delete: str = DEFAULT_ACTION
    on_update: str = DEFAULT_ACTION
    match: str = "simple"
    deferrable: bool = False
    deferred: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no key: these words go into SQL as they stand."""
        for action in (self.on_delete, self.on_update):
            if action not in ACTION_WORDS:
                raise ValueError(f"{action!r} is no action; known: {', '.join(ACTION_WORDS)}")
        if self.match not in MATCH_WORDS:
            raise ValueError(f"{self.match!r} is no match; known: {', '.join(MATCH_WORDS)}")
        if len(self.columns) != len(self.parent_columns) or not self.columns:
            raise ValueError(f"{self} has not the same number of columns on both ends")

    def __str__(self) -> str:
        """``child(columns) → parent(columns)``."""
        parent = f"{self.parent}({shown(self.parent_columns)})"
        return f"{self.child}({shown(self.columns)}) → {parent}"

    @property
    def definition(self) -> Composed:
        """From FOREIGN KEY to its end, without NOT VALID."""
        late = SQL(" DEFERRABLE INITIALLY DEFERRED" if self.deferred else " DEFERRABLE")
        return SQL("FOREIGN KEY ({}) REFERENCES {} ({}){} ON DELETE {} ON UPDATE {}{}").format(
            listed(self.columns),
            self.parent.sql,
            listed(self.parent_columns),
            MATCH_WORDS[self.match],
            ACTION_WORDS[self.on_delete],
            ACTION_WORDS[self.on_update],
            late if self.deferrable or self.deferred else SQL(""),
        )

    def differences(self, row: dict[str, Any]) -> Iterator[str]:
        """What of a key that stands on the child is otherwise than this one.

        Args:
            row: of it, as ``foreign_keys.sql`` says it.
        """
        there = {
            "columns": tuple(row["columns"]),
            "parent": TableName(row["parent_schema"], row["parent"]),
            "parent_columns": tuple(row["parent_columns"]),
            "on_delete": ACTIONS[row["on_delete"]],
            "on_update": ACTIONS[row["on_update"]],
            "match": MATCHES[row["match"]],
            "deferrable": row["deferrable"],
            "deferred": row["deferred"],
        }
        for word, value in there.items():
            wanted = getattr(self, word)
            if value != wanted:
                shown_word = word.replace("_", " ")
                yield f"{row['name']}: its {shown_word} is {_shown(value)}, not {_shown(wanted)}"


def add_key(table: TableName, name: str, definition: Composed) -> Composed:
    """The statement that adds a key."""
    statement = SQL("ALTER TABLE {} ADD CONSTRAINT {} {}")
    return statement.format(table.sql, Identifier(name), definition)


def drop_constraint(table: TableName, name: str) -> Composed:
    """The statement that drops a constraint, where it and its table are there."""
    statement = SQL("ALTER TABLE IF EXISTS {} DROP CONSTRAINT IF EXISTS {}")
    return statement.format(table.sql, Identifier(name))


def validate_constraint(table: TableName, name: str) -> Composed:
    """The statement that looks at the rows from before a constraint."""
    return SQL("ALTER TABLE {} VALIDATE CONSTRAINT {}").format(table.sql, Identifier(name))


def _shown(value: object) -> str:
    return shown(value) if isinstance(value, tuple) else str(value)
