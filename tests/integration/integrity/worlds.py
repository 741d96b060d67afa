"""Random worlds for a scan: two tables, what stands in them, and what a model finds broken.

The model is plain Python and knows nothing of SQL: it reads the texts that were written into the
columns, and says which rows have no parent and which values can't be what they must.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from psycopg.sql import SQL, Composed, Identifier, Literal

MALFORMED = object()
Read = Callable[[str], Hashable]


def _integer(bits: int) -> Read:
    def read(text: str) -> Hashable:
        try:
            number = int(text.strip())
        except ValueError:
            return MALFORMED
        return number if -(2 ** (bits - 1)) <= number < 2 ** (bits - 1) else MALFORMED

    return read


def _uuid(text: str) -> Hashable:
    bare = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    groups = bare.replace("-", "")
    # uuid_in takes a hyphen after every group of four digits, and no other one.
    whole = all(bare[n] != "-" or _even(bare[:n]) for n in range(len(bare)))
    if len(groups) != 32 or not whole or bare.endswith("-"):
        return MALFORMED
    try:
        return UUID(groups)
    except ValueError:
        return MALFORMED


def _even(before: str) -> bool:
    digits = before.replace("-", "")
    return bool(digits) and len(digits) % 4 == 0 and not before.endswith("-")


def _single(text: str) -> Hashable:
    """As a float of four bytes."""
    try:
        return struct.unpack("<f", struct.pack("<f", float(text)))[0]
    except OverflowError:
        return MALFORMED


def _moment(text: str) -> Hashable:
    return datetime.fromisoformat(text).astimezone(UTC)


def _day(text: str) -> Hashable:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return MALFORMED


def _bits(text: str) -> Hashable:
    return text if set(text) <= {"0", "1"} else MALFORMED


@dataclass(frozen=True)
class Kind:
    """A pair of columns.

    Args:
        name: of the pair.
        child: the referring column's type.
        parent: the referred one's.
        texts: what may stand in the child's column.
        parents: what may stand in the parent's.
        reads: what a text means as the type that both are compared as; or that it is malformed.
        means: what a text means to the constraint's own operator; None where there can be none.
        parent_means: the same of the parent's.
        wanted: the contract's type.
        since: the server's version that can compare them without a constraint.
    """

    name: str
    child: str
    parent: str
    texts: tuple[str, ...]
    parents: tuple[str, ...]
    reads: Read
    means: Read | None = None
    parent_means: Read | None = None
    wanted: str = ""
    since: int = 13

    def __repr__(self) -> str:
        """Short, for a failing example."""
        return f"<{self.name}>"

    @property
    def same(self) -> bool:
        """Whether both columns have one type."""
        return self.child == self.parent


ONE, TWO, THREE = (f"00000000-0000-4000-8000-00000000000{n}" for n in "abc")
UUIDS = (ONE, ONE.upper(), TWO, TWO.replace("-", ""), f"{{{THREE.upper()}}}", THREE)
NO_UUIDS = ("", "new", f" {ONE}", f"{ONE}0", ONE[:-1], f"{{{TWO}", ONE.replace("-", "", 1) + "-")
WORDS = ("", "a", "A", "ä", "a ", " a", "b%s", "it's", 'q"', "zz", "\\", "日本")
NUMBERS = ("0", "-0", "1", "1.0", "1.00", "-2.5", "NaN", "1e3", "1000")
DAYS = ("2026-01-01", "2026-02-28", "0099-12-31")
TIMES = ("2026-01-01 00:00:00", "2026-01-01 10:30:00", "2026-02-28 00:00:00")
MOMENTS = ("2026-01-01 00:00:00+00:00", "2026-01-01 02:00:00+02:00", "2026-07-01 00:00:00+00:00")


def _number(text: str) -> Hashable:
    return "NaN" if text == "NaN" else Decimal(text)


def _time(text: str) -> Hashable:
    return datetime.fromisoformat(text)


KINDS = (
    Kind("int", "integer", "integer", tuple("0123456"), tuple("0123"), _integer(32), int),
    Kind("wide to narrow", "bigint", "integer", (*"01234", "9999999999"), tuple("0123"),
         _integer(32), int),
    Kind("narrow to wide", "smallint", "bigint", tuple("01234"), (*"012", "9999999999"),
         _integer(64), int),
    Kind("int to numeric", "integer", "numeric", tuple("01234"), ("0", "1.0", "2.5", "NaN"),
         _number, _number),
    Kind("text", "text", "text", WORDS, WORDS[:8], str, str),
    Kind("varchar to text", "varchar", "text", WORDS, WORDS[:8], str, str),
    Kind("text in other collations", 'text COLLATE "POSIX"', 'text COLLATE "C"', WORDS, WORDS[:8],
         str, str),
    Kind("case-blind", "citext", "citext", WORDS, ("a", "zz", "ä"), str.lower, str.lower),
    Kind("char(4)", "char(4)", "char(4)", ("a", "a ", "b", "abcd"), ("a", "abcd"), str.rstrip,
         str.rstrip),
    Kind("text to char(4)", "text", "char(4)", ("a", "ab", "abcd", "abce"), ("a", "abcd"),
         str.rstrip),
    Kind("text to bit(4)", "text", "bit(4)", ("1010", "1011", "10", "2"), ("1010", "0000"), _bits,
         since=16),
    Kind("text to uuid", "text", "uuid", UUIDS + NO_UUIDS, (ONE, TWO), _uuid),
    Kind("texts that must be uuids", "varchar", "varchar", UUIDS + NO_UUIDS,
         (ONE, TWO.upper(), "new"), _uuid, str, wanted="uuid"),
    Kind("text to int", "text", "integer", ("1", " 1 ", "+1", "01", "2", "x", "", "1.0",
         "99999999999"), tuple("123"), _integer(32)),
    Kind("numeric", "numeric", "numeric", NUMBERS, ("0", "1.000", "NaN", "1e3"), _number, _number),
    Kind("boolean", "boolean", "boolean", ("true", "false"), ("true",), str, str),
    Kind("date", "date", "date", DAYS, DAYS[:1], _day, _day),
    Kind("text to date", "text", "date", (*DAYS, "2026-02-30", "x"), DAYS[:2], _day, since=16),
    Kind("timestamp to date", "timestamp", "date", TIMES, DAYS[:1], _day, _time, _time, since=16),
    Kind("timestamptz", "timestamptz", "timestamptz", MOMENTS, MOMENTS[:1], _moment, _moment),
    Kind("double to single", "double precision", "real", ("0.5", "0.1", "1e300"), ("0.5", "0.1"),
         _single, float, _single, since=16),
)  # fmt: skip
SECOND = 's."C %s"(n)'
KEYS = ("int", "text", "two columns", "none")
PARTITIONS = ("no", "by range", "in two levels")


@dataclass(frozen=True)
class World:
    """Two tables with their rows.

    Args:
        kinds: of the pairs of columns.
        parents: rows, as texts.
        rows: of the child, as texts or None.
        match: simple or full.
        constraint: none, valid or not valid.
        key: the child's primary key.
        partitions: of the child.
        parent_parts: whether the parent is partitioned too.
        index: whether the reference is indexed.
    """

    kinds: tuple[Kind, ...]
    parents: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str | None, ...], ...]
    match: str = "simple"
    constraint: str = "none"
    key: str = "int"
    partitions: str = "no"
    parent_parts: bool = False
    index: bool = False

    # What the model says.

    def orphans(self) -> set[int]:
        """The numbers of the rows that have no parent."""
        return {n for n, row in enumerate(self.rows) if self._is_orphan(row)}

    def malformed(self) -> set[int]:
        """Of these, the rows with a value that can't be what it must."""
        return {n for n in self.orphans() if self._is_malformed(self.rows[n])}

    def _is_orphan(self, row: tuple[str | None, ...]) -> bool:
        nulls = row.count(None)
        if nulls:
            return self.match == "full" and nulls < len(row)
        if self._is_malformed(row):
            return True
        return tuple(map(self._child, self.kinds, row)) not in {
            tuple(map(self._parent, self.kinds, one)) for one in self.parents
        }

    def _is_malformed(self, row: tuple[str | None, ...]) -> bool:
        pairs = zip(self.kinds, row, strict=True)
        return any(
            text is not None and self._judged(kind) and kind.reads(text) is MALFORMED
            for kind, text in pairs
        )

    def _judged(self, kind: Kind) -> bool:
        """A constraint compares what it compares: floats and times are never malformed to it."""
        return self.constraint == "none" or kind.name != "double to single"

    def _by_constraint(self, kind: Kind) -> bool:
        return self.constraint != "none" and (kind.same or not kind.wanted)

    def _child(self, kind: Kind, text: str) -> Hashable:
        read = kind.means if self._by_constraint(kind) else kind.reads
        return read(text) if read is not None else None

    def _parent(self, kind: Kind, text: str) -> Hashable:
        if self._by_constraint(kind):
            return (kind.parent_means or kind.means or kind.reads)(text)
        return kind.reads(text)

    # What the database gets.

    def statements(self) -> Iterator[Composed | SQL]:
        """Makes both tables anew, with the rows."""
        yield SQL('DROP TABLE IF EXISTS s."C %s", s.p, s.q')
        # A second reference of the same table, to the even numbers.
        yield SQL("CREATE TABLE s.q (id int PRIMARY KEY)")
        yield SQL("INSERT INTO s.q SELECT 2 * n FROM generate_series(0, 50) AS n")
        columns = [f"r{n}" for n in range(len(self.kinds))]
        yield from self._parent_table(columns)
        yield from self._child_table(columns)
        yield SQL("SET session_replication_role = replica")
        yield from _insert("p", [f"i{n}" for n in range(len(columns))], self.parents)
        rows = [(str(n), f"{n % 7:03d}", *row) for n, row in enumerate(self.rows)]
        yield from _insert("C %s", ["n", "t", *columns], rows)
        yield SQL("RESET session_replication_role")
        if self.index:
            yield SQL('CREATE INDEX ON s."C %s" ({})').format(_listed(columns))

    def _parent_table(self, columns: list[str]) -> Iterator[Composed]:
        typed = SQL(", ").join(
            SQL("{} {}").format(Identifier(f"i{n}"), SQL(kind.parent))
            for n, kind in enumerate(self.kinds)
        )
        key = _listed([f"i{n}" for n in range(len(columns))])
        parted = SQL(" PARTITION BY HASH ({})").format(key) if self.parent_parts else SQL("")
        yield SQL("CREATE TABLE s.p ({}, PRIMARY KEY ({})){}").format(typed, key, parted)
        for rest in (0, 1) if self.parent_parts else ():
            yield SQL(
                "CREATE TABLE s.{} PARTITION OF s.p FOR VALUES WITH (MODULUS 2, REMAINDER {})"
            ).format(Identifier(f"p{rest}"), Literal(rest))

    def _child_table(self, columns: list[str]) -> Iterator[Composed | SQL]:
        typed = SQL(", ").join(
            SQL("{} {}").format(Identifier(name), SQL(kind.child))
            for name, kind in zip(columns, self.kinds, strict=True)
        )
        keys = {"int": "n", "text": "t, n", "two columns": "n, t"}
        key = SQL(f", PRIMARY KEY ({keys[self.key]})") if self.key in keys else SQL("")
        parted = SQL("") if self.partitions == "no" else SQL(" PARTITION BY RANGE (n)")
        yield SQL('CREATE TABLE s."C %s" (n int NOT NULL, t text NOT NULL, {}{}){}').format(
            typed, key, parted
        )
        yield from self._partitions()
        if self.constraint != "none":
            yield SQL(
                'ALTER TABLE s."C %s" ADD CONSTRAINT k FOREIGN KEY ({}) REFERENCES s.p ({}) MATCH {}{}'
            ).format(
                _listed(columns),
                _listed([f"i{n}" for n in range(len(columns))]),
                SQL(self.match.upper()),
                SQL(" NOT VALID" if self.constraint == "not valid" else ""),
            )

    def _partitions(self) -> Iterator[SQL]:
        if self.partitions == "no":
            return
        yield SQL('CREATE TABLE s.c1 PARTITION OF s."C %s" FOR VALUES FROM (0) TO (9)')
        if self.partitions == "by range":
            yield SQL('CREATE TABLE s.c2 PARTITION OF s."C %s" DEFAULT')
            return
        yield SQL('CREATE TABLE s.c2 PARTITION OF s."C %s" DEFAULT PARTITION BY LIST (t)')
        yield SQL("CREATE TABLE s.c21 PARTITION OF s.c2 FOR VALUES IN ('001', '003')")
        yield SQL("CREATE TABLE s.c22 PARTITION OF s.c2 DEFAULT")

    def contract(self, orphans: str = "report") -> str:
        """The contract's text."""
        columns = range(len(self.kinds))
        child = ", ".join(f"r{n}" for n in columns)
        parent = ", ".join(f"i{n}" for n in columns)
        lines = [f"""- child: 's."C %s"({child})'""", f"  parent: s.p({parent})"]
        lines += [f"  match: {self.match}", f"  orphans: {orphans}"]
        if any(kind.wanted for kind in self.kinds):
            types = [kind.wanted or kind.parent.split(" COLLATE")[0] for kind in self.kinds]
            lines.append(f"  type: {types}" if len(types) > 1 else f"  type: {types[0]}")
        lines += [f"- child: '{SECOND}'", "  parent: s.q(id)", "  orphans: report"]
        return "\n".join(["relationships:", *lines, ""])


def _insert(table: str, columns: list[str], rows: Any) -> Iterator[Composed]:
    if rows:
        tuples = SQL(", ").join(
            SQL("({})").format(SQL(", ").join(Literal(text) for text in row)) for row in rows
        )
        # A unique key may call two texts the same: one of them is enough.
        yield SQL("INSERT INTO s.{} ({}) VALUES {} ON CONFLICT DO NOTHING").format(
            Identifier(table), _listed(columns), tuples
        )


def _listed(names: list[str]) -> Composed:
    return SQL(", ").join(map(Identifier, names))


def worlds(first: Kind, version: int) -> st.SearchStrategy[World]:
    """Worlds with a pair of the first kind, perhaps among others, that this server can make.

    By a seed, since what Hypothesis draws by itself begins with the plainest world there is: one
    value, and nothing wrong with it.
    """
    return st.integers(0, 2**32).map(
        lambda seed: make_world(Random(f"{first.name}/{seed}"), first, version)
    )


def make_world(random: Random, first: Kind, version: int) -> World:
    """One of them."""
    backed = ["valid", "valid", "not valid"] if first.means is not None else []
    constraint = random.choice([*backed, *["none"] * (2 if first.since <= version else 0)])
    usable = [
        kind
        for kind in KINDS
        if (kind.means is not None if constraint != "none" else kind.since <= version)
    ]
    # The strategies that walk along indexes take columns of one type in plain tables alone.
    plain = first.same and not first.wanted and random.random() < 2 / 3
    others = (
        [] if plain and random.random() < 1 / 2 else random.sample(usable, random.randint(0, 2))
    )
    kinds = _together([first, *(k for k in others if not plain or (k.same and not k.wanted))])
    parents = [tuple(random.choice(k.parents) for k in kinds) for _ in range(random.randint(1, 6))]
    partitions = "no" if plain else random.choice(PARTITIONS)
    return World(
        kinds,
        tuple(parents),
        tuple(_row(random, kinds, parents) for _ in range(random.randint(16, 32))),
        match=random.choice(["simple", "full"]),
        constraint=_possible(constraint, partitions, version),
        key=_key(random, partitions, plain=plain),
        partitions=partitions,
        # Bits have no hash to part them by.
        parent_parts=not plain and random.random() < 1 / 2 and not _bits_in(kinds),
        index=plain or random.random() < 1 / 2,
    )


def _row(
    random: Random, kinds: tuple[Kind, ...], parents: list[tuple[str, ...]]
) -> tuple[str | None, ...]:
    """A row that refers to a parent, in one of the ways to write it; or to what chance gives."""
    if random.random() < 1 / 2:
        return tuple(random.choice([*kind.texts, None]) for kind in kinds)
    parent = random.choice(parents)
    return tuple(
        random.choice([text for text in k.texts if k.reads(text) == k.reads(one)] or k.texts)
        for k, one in zip(kinds, parent, strict=True)
    )


def _key(random: Random, partitions: str, *, plain: bool) -> str:
    if partitions == "in two levels":
        return "two columns"
    return random.choice(["int", "two columns"] if plain else KEYS)


def _bits_in(kinds: tuple[Kind, ...]) -> bool:
    return any("bit" in kind.parent for kind in kinds)


def _together(kinds: list[Kind]) -> tuple[Kind, ...]:
    """Where the contract names one type it names all, so that only equal ones go with it."""
    if any(kind.wanted for kind in kinds):
        return tuple(kind for kind in kinds if kind.wanted or kind.same or kind is kinds[0])
    return tuple(kinds)


def _possible(constraint: str, partitions: str, version: int) -> str:
    """A partitioned table takes no key that is not valid before 18."""
    refused = constraint == "not valid" and partitions != "no" and version < 18
    return "valid" if refused else constraint
