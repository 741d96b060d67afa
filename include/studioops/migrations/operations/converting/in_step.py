"""The trigger that keeps a column and the one beside it in step, while others write."""

from __future__ import annotations

from hashlib import sha256

from psycopg.sql import SQL, Composable, Composed, Identifier

from studioops.migrations.operations.converting.casting import (
    assigned,
    malformed,
    text,
    turned,
)
from studioops.migrations.operations.converting.model import Converted, Leading
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import Session

# Behind the other triggers of its kind, which may change the value: they fire by name.
PREFIX = "~studioops_"
DIGITS = 16
FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {definer}
SET search_path = pg_catalog SET datestyle = 'ISO, MDY' SET timezone = 'UTC'
AS $studioops$ BEGIN {body} RETURN NEW; END $studioops$
"""
TRIGGER = "CREATE TRIGGER {} BEFORE INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION {}()"
ALWAYS = "ALTER TABLE {} ENABLE ALWAYS TRIGGER {}"
CHANGED = "IF TG_OP = 'INSERT' OR {} IS DISTINCT FROM {} THEN {} ELSE {} END IF;"
KEPT = "NEW.{} := coalesce(OLD.{}, NEW.{});"
SAFELY = "BEGIN {} EXCEPTION WHEN data_exception THEN NEW.{} := NULL; END;"
# Who names no columns means the old one, whose place in the row it has kept.
GIVEN = "IF TG_OP = 'INSERT' AND NEW.{old} IS NOT NULL THEN NEW.{column} := {cast}; END IF;"
# What it refers to is spelled in one way; where that is not known yet, filling will know it.
PARENT = """
IF EXISTS (SELECT FROM ONLY {parent} AS p WHERE p.{key} = NEW.{column}) THEN
    NEW.{old} := (SELECT p.{spelled} FROM ONLY {parent} AS p WHERE p.{key} = NEW.{column});
END IF;
"""


class InStep:
    """The trigger of one table.

    Args:
        table: the table.
        columns: all that are converted, those of other tables among them.
        leading: the keys between them.
    """

    def __init__(
        self, table: TableName, columns: tuple[Converted, ...], leading: tuple[Leading, ...]
    ) -> None:
        """Its name follows from what it is for."""
        self.table, self.columns, self.leading = table, columns, leading
        self.own = [(place, one) for place, one in enumerate(columns) if one.table == table]
        names = "\n".join(str(one) for _, one in self.own)
        self.name = PREFIX + sha256(names.encode()).hexdigest()[:DIGITS]

    @property
    def function(self) -> Identifier:
        """In our own schema: nobody has to be let in for a trigger to fire."""
        return Identifier("studioops", self.name.removeprefix("~"))

    def forward(self, session: Session) -> None:
        """Let the new column follow the old one.

        A value that can't be converted stops no writer: the new column takes NULL, and the CHECK
        that comes last says so. From then on it is as if the new type were there.

        Args:
            session: in a transaction.
        """
        lines = [self._follow(session, one, one.new) for _, one in self.own]
        self._make(session, lines)

    def backward(self, session: Session) -> None:
        """Let the old column follow the new one, which has its place.

        As long as a value does not change, what it was stays as it was spelled.

        Args:
            session: in a transaction.
        """
        lines = [self._follow_back(session, place, one) for place, one in self.own]
        definer = any(self._parents(place) for place, _ in self.own)
        self._make(session, lines, definer=definer)

    def drop(self, session: Session) -> None:
        """Let them go their own ways."""
        drop = SQL("DROP TRIGGER IF EXISTS {} ON {}")
        session.execute(drop.format(Identifier(self.name), self.table.sql))
        session.execute(SQL("DROP FUNCTION IF EXISTS {}()").format(self.function))

    def _make(self, session: Session, lines: list[Composed], *, definer: bool = False) -> None:
        # Whoever writes the child need not be let read the parent, as with a foreign key.
        rights = SQL("SECURITY DEFINER" if definer else "SECURITY INVOKER")
        body = SQL(" ").join(lines)
        session.execute(SQL(FUNCTION).format(name=self.function, definer=rights, body=body))
        name = Identifier(self.name)
        session.execute(SQL(TRIGGER).format(name, self.table.sql, self.function))
        session.execute(SQL(ALWAYS).format(self.table.sql, name))

    def _follow(self, session: Session, one: Converted, target: str) -> Composed:
        value = _new(one.column)
        cast = _set(target, assigned(value, one.type))
        bad = malformed(session, one, value)
        if bad is None:
            return SQL(SAFELY).format(cast, Identifier(target))
        checked = SQL("CASE WHEN NOT ({}) THEN {} END").format(bad, assigned(value, one.type))
        return _set(target, checked)

    def _follow_back(self, session: Session, place: int, one: Converted) -> Composed:
        column, old = Identifier(one.column), Identifier(one.old)
        values = {"column": column, "old": old, "cast": assigned(_new(one.old), one.type)}
        given = SQL(GIVEN).format(**values)
        plain = self._follow(session, turned(one), one.old)
        parents = [
            SQL(PARENT).format(
                parent=parent.table.sql,
                key=Identifier(parent.column),
                column=column,
                spelled=Identifier(parent.old),
                old=old,
            )
            for parent in self._parents(place)
        ]
        changed = SQL("{} {}").format(plain, SQL(" ").join(parents))
        now, before = text(_new(one.column)), SQL("OLD.{}").format(column)
        return SQL("{} {}").format(
            given, SQL(CHANGED).format(now, text(before), changed, SQL(KEPT).format(old, old, old))
        )

    def _parents(self, place: int) -> list[Converted]:
        return [self.columns[one.parent] for one in self.leading if one.child == place]


def _new(column: str) -> Composed:
    return SQL("NEW.{}").format(Identifier(column))


def _set(column: str, value: Composable) -> Composed:
    return SQL("NEW.{} := {};").format(Identifier(column), value)
