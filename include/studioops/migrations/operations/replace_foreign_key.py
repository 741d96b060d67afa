"""Replace a foreign key by another: the new one stands before the old one goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from studioops.migrations.operations.add_foreign_key import AddForeignKey, unlike
from studioops.migrations.operations.drop_foreign_key import Standing, drop_steps, not_droppable
from studioops.migrations.operations.key import Key
from studioops.migrations.operations.names import with_tail
from studioops.migrations.operations.operation import Operation, Stage
from studioops.migrations.operations.step import Session, Step

SUFFIX = "_new"


@dataclass(frozen=True)
class ReplaceForeignKey(Operation):
    """Replace a foreign key by one with other actions. It keeps its name.

    Args:
        old: what it is.
        standing: how it stands there.
        key: what it shall be.
        leaves: how the old one stands on the tables that hold the rows, where the table is
            partitioned.
    """

    kind: ClassVar[str] = "replace_foreign_key"
    stage: ClassVar[Stage] = Stage.PROTECT

    old: Key
    standing: Standing
    key: Key
    leaves: tuple[Standing, ...] = ()

    def words(self) -> str:
        """What it does, in one line for people."""
        wanted = f"ON DELETE {self.key.on_delete} ON UPDATE {self.key.on_update}"
        return f"replace foreign key {self.key}: {wanted}"

    def steps(self) -> tuple[Step, ...]:
        """The new one under another name, whole; then the old one goes and gives its name."""
        dropped = drop_steps(self.standing, self.leaves, instead=self._added.name)
        return (*self._added.steps(), *dropped)

    def validate(self, session: Session) -> tuple[str, ...]:
        """The old one is there and can be made again, and the new one can be added."""
        refusals = (
            *not_droppable(session, self.old, self.standing, self.leaves),
            *self._added.validate(session),
        )
        return tuple(dict.fromkeys(refusals))

    def verify(self, session: Session) -> tuple[str, ...]:
        """The key is there as it was asked for, valid and enforced."""
        return tuple(unlike(session, self.key, self.standing.name))

    @property
    def _added(self) -> AddForeignKey:
        tables = tuple(one.table for one in self.leaves)
        return AddForeignKey(self.key, meanwhile(self.standing.name), tables)


def meanwhile(name: str) -> str:
    """What a constraint is called until it can have this name; PostgreSQL does not cut it short.

    Args:
        name: that it shall have.
    """
    return with_tail(name, SUFFIX)
