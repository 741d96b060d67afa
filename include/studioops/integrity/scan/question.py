"""The SQL that finds the orphans of one relationship."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from studioops.integrity.scan.compare import Pair, compare_pairs
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.postgres.catalog import Relation

SAMPLE_SIZE = 5


@dataclass(frozen=True, slots=True)
class Question:
    """The statements that look at one relationship.

    Each is composed when it is asked for: of thousands of references few have orphans to show.

    Args:
        planned: the relationship.
        pairs: how its columns are compared.
    """

    planned: PresentRelationship
    pairs: Sequence[Pair]

    @property
    def rows(self) -> Composed:
        """How many rows the child has, as a scalar."""
        return count_rows(self.planned)

    @property
    def counts(self) -> Composed:
        """One row, ``orphans`` and ``malformed``."""
        conditions = _conditions(self.planned, self.pairs)
        if len(conditions) == 1 and not any(pair.malformed for pair in self.pairs):
            counted = [SQL("count(*) AS orphans, 0::bigint AS malformed")]
            return _union(_head(self.planned, counted), self._within(conditions))
        malformed = SQL("{} AS malformed").format(_malformed(self.pairs))
        return SQL(
            "SELECT count(*) AS orphans, count(*) FILTER (WHERE malformed) AS malformed"
            " FROM ({}) AS bad"
        ).format(self._orphans([malformed]))

    @property
    def sample(self) -> Composed:
        """Up to five rows, ``k0…`` the row's key and ``r0…`` its reference, as texts."""
        columns = self.planned.child_end.columns
        keys = [expression for _, expression in _row_key(self.planned)]
        names = [f"k{n}" for n in range(len(keys))] + [f"r{n}" for n in range(len(columns))]
        shown = SQL(", ").join(SQL("{}::text").format(Identifier(name)) for name in names)
        # By the key's own order, which its text (10 before 2) does not have; a view's row has none.
        order = SQL(", ").join(
            Identifier("bad", name) if keys else SQL("{}::text").format(Identifier("bad", name))
            for name in names[: len(keys) or None]
        )
        values = [*keys, *(Identifier("c", column.name) for column in columns)]
        named = [
            SQL("{} AS {}").format(value, Identifier(name))
            for value, name in zip(values, names, strict=True)
        ]
        # Apart, since the planner would try parent by parent for the sake of the LIMIT: hours.
        return SQL("WITH bad AS MATERIALIZED ({}) SELECT {} FROM bad ORDER BY {} LIMIT {}").format(
            self._orphans(named), shown, order, Literal(SAMPLE_SIZE)
        )

    @property
    def listing(self) -> Composed:
        """All offending rows, whole, to be typed by whoever wants to see them."""
        whole = _head(self.planned, [SQL("c.*")])
        return _union(whole, _conditions(self.planned, self.pairs))

    @property
    def offending(self) -> Composable:
        """What is true of them, the child's row called ``c``."""
        return _any(_conditions(self.planned, self.pairs))

    @property
    def key_names(self) -> tuple[str, ...]:
        """What ``k0…`` are."""
        return tuple(name for name, _ in _row_key(self.planned))

    @property
    def reference_names(self) -> tuple[str, ...]:
        """What ``r0…`` are."""
        return tuple(column.name for column in self.planned.child_end.columns)

    @property
    def plain(self) -> bool:
        """Whether the columns are compared as they are, so that indexes serve."""
        return all(pair.plain for pair in self.pairs)

    def _orphans(self, shown: Sequence[Composable]) -> Composed:
        conditions = self._within(_conditions(self.planned, self.pairs))
        return _union(_head(self.planned, shown), conditions)

    def _within(self, conditions: Sequence[Composable]) -> list[Composable]:
        return [_within(self.planned, one) for one in conditions]


def ask(planned: PresentRelationship, server_version: int) -> Question:
    """Compose the statements for one relationship.

    Args:
        planned: the relationship.
        server_version: as in ``server_version_num``.

    Raises:
        CannotCompare: its columns can't be compared on this server.
    """
    return Question(planned, compare_pairs(planned, server_version))


def source(relation: Relation) -> Composable:
    """A relation as a constraint sees it: without children by inheritance, with partitions."""
    only = "ONLY " if relation.kind == "r" else ""
    return SQL("{}{}").format(SQL(only), Identifier(relation.schema, relation.name))


def count_rows(planned: PresentRelationship) -> Composed:
    """How many rows the child has, or the part of it, as a scalar."""
    rows = SQL("SELECT count(*) AS rows FROM {} AS c").format(source(planned.child_end.relation))
    inside = _range(planned)
    return SQL("{} WHERE {}").format(rows, inside) if inside is not None else rows


def _within(planned: PresentRelationship, condition: Composable) -> Composable:
    inside = _range(planned)
    return condition if inside is None else SQL("{} AND {}").format(inside, condition)


def _range(planned: PresentRelationship) -> Composable | None:
    """The rows of the part that is looked at; None where that is all of them."""
    if planned.part is None:
        return None
    column = planned.row_key[0]
    ends = [(SQL(">="), planned.part.low), (SQL("<"), planned.part.high)]
    tests = [
        SQL("{} {} {}::{}").format(
            Identifier("c", column.name), sign, Literal(value), SQL(column.type.cast)
        )
        for sign, value in ends
        if value is not None
    ]
    return SQL(" AND ").join(tests) if tests else None


def _row_key(planned: PresentRelationship) -> list[tuple[str, Composable]]:
    """The primary key, or where the row lies; a view's row has neither."""
    if planned.row_key:
        return [(column.name, Identifier("c", column.name)) for column in planned.row_key]
    relation = planned.child_end.relation
    if relation.kind not in "rpm":
        return []
    place: list[tuple[str, Composable]] = [("ctid", SQL("c.ctid"))]
    if relation.partitioned:
        place.insert(0, ("table", SQL("c.tableoid::regclass::text")))
    return place


def _conditions(planned: PresentRelationship, pairs: Sequence[Pair]) -> list[Composable]:
    """What makes a row an orphan: disjoint conditions, so that each stays an anti-join."""
    references = [Identifier("c", column.name) for column in planned.child_end.columns]
    parents = _has_parent(planned, pairs)
    complete = SQL(" AND ").join(SQL("{} IS NOT NULL").format(one) for one in references)
    conditions: list[Composable] = [SQL("{} AND NOT {}").format(complete, parents)]
    matching = [pair.malformed for pair in pairs if pair.malformed and pair.malformed_matches]
    if matching:
        conditions.append(SQL("{} AND {} AND {}").format(complete, _any(matching), parents))
    if planned.match == "full" and len(references) > 1:
        some = SQL(" OR ").join(SQL("{} IS NOT NULL").format(one) for one in references)
        conditions.append(SQL("({}) AND NOT ({})").format(some, complete))
    return conditions


def _head(planned: PresentRelationship, shown: Sequence[Composable]) -> Composable:
    child = source(planned.child_end.relation)
    return SQL("SELECT {} FROM {} AS c").format(SQL(", ").join(shown), child)


def _malformed(pairs: Sequence[Pair]) -> Composable:
    return _any([pair.malformed for pair in pairs if pair.malformed is not None])


def _union(head: Composable, conditions: Sequence[Composable]) -> Composed:
    return SQL(" UNION ALL ").join(SQL("{} WHERE {}").format(head, one) for one in conditions)


def _has_parent(planned: PresentRelationship, pairs: Sequence[Pair]) -> Composable:
    parent = planned.parent_end
    tests: list[Composable] = [pair.test for pair in pairs]
    if planned.constraint is None or not planned.constraint.period:
        condition = SQL(" AND ").join(tests)
        return SQL("EXISTS (SELECT FROM {} AS p WHERE {})").format(
            source(parent.relation), condition
        )
    # PERIOD (18): the parents' periods together must cover the child's.
    return SQL(
        "coalesce((SELECT pg_catalog.range_agg({}) OPERATOR(pg_catalog.@>) {}"
        " FROM {} AS p WHERE {}), false)"
    ).format(
        Identifier("p", parent.columns[-1].name),
        Identifier("c", planned.child_end.columns[-1].name),
        source(parent.relation),
        SQL(" AND ").join(tests[:-1]),
    )


def _any(conditions: Sequence[Composable]) -> Composable:
    if not conditions:
        return SQL("false")
    return SQL("({})").format(SQL(" OR ").join(SQL("({})").format(one) for one in conditions))
