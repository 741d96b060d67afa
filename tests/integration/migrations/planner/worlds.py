"""Random worlds for a planner: tables that refer to one another, rightly and wrongly, and a contract.

Drawn by a seed, for what Hypothesis draws by itself begins with the plainest world there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

UUIDS = tuple(f"00000000-0000-4000-8000-0000000000{letter}0" for letter in "abcdef")
NUMBERS = tuple("123456")
POOLS = {"uuid": UUIDS, "varchar": UUIDS, "bigint": NUMBERS}
CHILDREN = {
    "uuid": ("uuid", "uuid", "varchar", "text"),
    "varchar": ("varchar", "varchar", "text"),
    "bigint": ("bigint", "bigint", "integer", "text"),
}
TEXTS = ("varchar", "text")
MALFORMED = ("new", "", "12x", UUIDS[0][:-1])
ACTIONS = (None, "CASCADE", "CASCADE", "SET NULL", "SET NULL", "RESTRICT", "NO ACTION")


@dataclass(frozen=True)
class Table:
    """A table.

    Args:
        name: its own.
        kind: its key's type.
        ids: its rows'.
    """

    name: str
    kind: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Refers:
    """A column that refers to a table's key.

    Args:
        child: its table.
        column: its name.
        parent: the table that it refers to.
        kind: its type.
        required: whether it takes no NULL.
        stands: the key that stands on it, from ON DELETE on; None where none does.
        indexed: whether an index begins with it.
        contract: what the contract says, a line each; None where it says nothing of it.
        values: by row, as texts.
    """

    child: Table
    column: str
    parent: Table
    kind: str
    required: bool
    stands: str | None
    indexed: bool
    contract: tuple[str, ...] | None
    values: tuple[str | None, ...]

    @property
    def ends(self) -> str:
        return f"{self.child.name}.{self.column} -> {self.parent.name}.id"


@dataclass(frozen=True)
class World:
    """Tables with their rows, and a contract."""

    tables: tuple[Table, ...]
    refers: tuple[Refers, ...]

    def contract(self) -> list[str]:
        named = [one for one in self.refers if one.contract is not None]
        return ["; ".join((one.ends, *(one.contract or ()))) for one in named]

    def statements(self) -> Iterator[str]:
        """Makes all of it, whatever was there before; a key need not hold what it claims."""
        yield "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
        for table in self.tables:
            own = [one for one in self.refers if one.child is table]
            columns = [f"{o.column} {o.kind}{' NOT NULL' * o.required}" for o in own]
            listed = ", ".join([f"id {table.kind} PRIMARY KEY", *columns])
            yield f"CREATE TABLE {table.name} ({listed})"
        for one in self.refers:
            if one.stands is not None:
                yield (
                    f"ALTER TABLE {one.child.name} ADD FOREIGN KEY ({one.column}) "
                    f"REFERENCES {one.parent.name} (id) {one.stands}"
                )
            if one.indexed:
                yield f"CREATE INDEX ON {one.child.name} ({one.column})"
        yield "SET session_replication_role = replica"
        for table in self.tables:
            own = [one for one in self.refers if one.child is table]
            for n, value in enumerate(table.ids):
                row = ", ".join(_literal(one) for one in [value, *(o.values[n] for o in own)])
                yield f"INSERT INTO {table.name} VALUES ({row})"


def make_world(seed: int) -> World:
    """The world of a seed."""
    random = Random(seed)
    kinds = [random.choice(list(POOLS)) for _ in range(random.randint(2, 4))]
    tables = tuple(_table(random, f"t{n}", kind) for n, kind in enumerate(kinds))
    refers = (_refers(random, n, tables) for n in range(random.randint(2, 4)))
    return World(tables, tuple(refers))


def _table(random: Random, name: str, kind: str) -> Table:
    ids = random.sample(POOLS[kind], random.randint(1, 5))
    if kind == "varchar":
        ids = [_spelled(random, one, 0.15) for one in ids]
    return Table(name, kind, tuple(ids))


def _refers(random: Random, number: int, tables: tuple[Table, ...]) -> Refers:
    child, parent = random.choice(tables), random.choice(tables)
    kind = random.choice(CHILDREN[parent.kind])
    required = random.random() < 0.15
    stands = _stands(random, parent, kind)
    # What a key that nobody named holds is sound; and a column without either is nobody's concern.
    named = stands is None or random.random() < 0.85
    sound = not named or random.random() < 0.25
    contract = _contract(random, parent, kind, required) if named else None
    values = tuple(_value(random, parent, kind, required, sound) for _ in child.ids)
    return Refers(
        child,
        f"r{number}",
        parent,
        kind,
        required,
        stands,
        random.random() < 0.4,
        contract,
        values,
    )


def _stands(random: Random, parent: Table, kind: str) -> str | None:
    possible = kind == parent.kind or (kind, parent.kind) == ("integer", "bigint")
    if not possible or random.random() < 0.5:
        return None
    on_delete, on_update = random.choice(ACTIONS), random.choice(ACTIONS[:3])
    words = [f"ON DELETE {on_delete}"] if on_delete else []
    words += [f"ON UPDATE {on_update}"] if on_update else []
    words += ["NOT VALID"] if random.random() < 0.3 else []
    return " ".join(words)


def _contract(random: Random, parent: Table, kind: str, required: bool) -> tuple[str, ...]:
    on_delete, on_update = random.choice(ACTIONS), random.choice(ACTIONS[:3])
    lines = [f"on_delete: {on_delete}"] if on_delete else []
    lines += [f"on_update: {on_update}"] if on_update else []
    if parent.kind == "uuid" or (parent.kind == "varchar" and random.random() < 0.5):
        lines.append("type: uuid")
    nullify = not required and random.random() < 0.25
    report = random.random() < 0.03
    lines += ["orphans: report"] if report else ["orphans: nullify"] if nullify else []
    return tuple(lines)


def _value(random: Random, parent: Table, kind: str, required: bool, sound: bool) -> str | None:
    chance = random.random()
    if not required and chance < 0.2:
        return None
    if sound or chance < 0.7:
        found = random.choice(parent.ids)
        return found if sound or kind not in TEXTS else _spelled(random, found, 0.1)
    if kind in TEXTS and chance > 0.9:
        return random.choice(MALFORMED)
    return random.choice(POOLS[parent.kind])


def _spelled(random: Random, value: str, chance: float) -> str:
    return value.upper() if random.random() < chance else value


def _literal(value: str | None) -> str:
    return "NULL" if value is None else f"'{value}'"
