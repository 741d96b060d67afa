"""Values as texts, and back, exactly: each by its type's own output and input function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from studioops.integrity.contract.names import quoted
from studioops.postgres import load_sql
from studioops.postgres.catalog import cast_name

if TYPE_CHECKING:
    from studioops.migrations.operations.step import Session

PINNED = "studioops.postgres.fingerprint"
NO_TEXTS = SQL("'{}'::text[]")


@dataclass(frozen=True, slots=True)
class Kept:
    """A column whose values are kept.

    Args:
        name: its own.
        type: in full, with its length.
        whole: the type without a length, so that no value is cut.
        listed: its array type; None where it is one.
        generated: whether the database computes it.
        in_key: whether it belongs to the primary key.
    """

    name: str
    type: str
    whole: str
    listed: str | None
    generated: bool
    in_key: bool

    def text(self, alias: str) -> Composed:
        """Its text. A cast would take another way for some types; NULL stays NULL.

        Args:
            alias: of its row.
        """
        value = Identifier(alias, self.name)
        return SQL("CASE WHEN num_nonnulls({}) = 1 THEN concat({}) END").format(value, value)

    def value(self, text: Composable) -> Composed:
        """The value of a text. Inside an array it meets nothing but the type's input function."""
        if self.listed is None:
            return SQL("({})::{}").format(text, _type(self.whole))
        escaped = SQL(r"""replace(replace({}, '\', '\\'), '"', '\"')""").format(text)
        one = SQL("""(('{{"' || {} || '"}}')::{})[1]""")
        return one.format(escaped, _type(self.listed))


def pin(session: Session) -> None:
    """Fix every setting that a value's text depends on, until the transaction ends."""
    session.execute(load_sql(PINNED, "pinned"))


def columns_of(session: Session, schema: str, table: str) -> tuple[Kept, ...]:
    """The columns of a table; none where it is not there.

    Args:
        session: in a transaction.
        schema: its schema.
        table: its name.
    """
    name = f"{quoted(schema)}.{quoted(table)}"
    rows = session.execute(load_sql(__package__, "columns"), {"table": name})
    return tuple(Kept(**row) for row in rows)


def texts(columns: Sequence[Kept], alias: str) -> Composable:
    """An array of the texts of a row's values.

    Args:
        columns: which.
        alias: of the row.
    """
    if not columns:
        return NO_TEXTS
    return SQL("ARRAY[{}]").format(SQL(", ").join(one.text(alias) for one in columns))


def words(values: Sequence[str]) -> Composed:
    """An array of texts as a literal."""
    return SQL("{}::text[]").format(Literal(list(values)))


def _type(name: str) -> SQL:
    # The catalog's own word for a type, quoted where it must be.
    return SQL(cast(Any, cast_name(name)))
