"""One heavy table's references on several connections, side by side and as of one moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import replace
from operator import attrgetter
from threading import Lock

from studioops.errors import CouldNotCheck
from studioops.integrity.scan.look import Look
from studioops.integrity.scan.relationship import PresentRelationship

Group = Sequence[PresentRelationship]
# Below that a snapshot and further transactions take longer than they save.
HEAVY = 1_000_000
# With less of the whole the other connections have as much to do meanwhile.
SHARE = 0.6


def is_heavy(group: Group, whole: int) -> bool:
    """Whether a table is looked at reference by reference, since it outweighs all others.

    Args:
        group: its entries.
        whole: the cost of all that is to be looked at.
    """
    cost = sum(one.cost for one in group)
    return len(group) > 1 and cost > HEAVY and cost > SHARE * whole


class Apart:
    """The references of one table, each a piece of work of its own.

    Args:
        group: the table's entries.
        hold: holds a snapshot that others can take, and gives its name.
        count: counts the table's rows as of a snapshot.
        look: looks at one entry as of a snapshot; need not count rows.
        together: looks at entries on one connection, for where a snapshot can't be shared: a
            balancer may send each connection to another server.
    """

    def __init__(
        self,
        group: Group,
        hold: Callable[[], AbstractContextManager[str]],
        count: Callable[[PresentRelationship, str], int],
        look: Callable[[PresentRelationship, str], Look],
        together: Callable[[Group], list[Look]],
    ) -> None:
        self._group = sorted(group, key=attrgetter("cost"), reverse=True)
        self._hold = hold
        self._count = count
        self._look = look
        self._together = together
        self._held = ExitStack()
        self._lock = Lock()
        self._name = ""
        self._rows: int | None = None
        self._looks: list[Look] = []
        self._left = len(group) + 1

    def pieces(self) -> list[tuple[Callable[[Group], list[Look]], Group]]:
        """The work; whoever does the last piece gets all looks, the others none."""
        looks = [(self._look_at, [one]) for one in self._group]
        return [*looks, (self._count_rows, self._group[:1])]

    def close(self) -> None:
        """Hold the snapshot no longer."""
        # What was seen stays seen, should the connection be lost that has nothing left to do.
        with suppress(CouldNotCheck):
            self._held.close()

    def _look_at(self, group: Group) -> list[Look]:
        with suppress(CouldNotCheck):
            self._looks.append(self._look(group[0], self._snapshot()))
        return self._finished()

    def _count_rows(self, group: Group) -> list[Look]:
        with suppress(CouldNotCheck):
            self._rows = self._count(group[0], self._snapshot())
        return self._finished()

    def _snapshot(self) -> str:
        with self._lock:
            if not self._name:
                self._name = self._held.enter_context(self._hold())
            return self._name

    def _finished(self) -> list[Look]:
        with self._lock:
            self._left -= 1
            if self._left:
                return []
        self.close()
        if self._rows is None:
            return self._together(self._group)
        seen = {look.planned.key for look in self._looks}
        rest = [one for one in self._group if one.key not in seen]
        counted = [self._counted(look) for look in self._looks]
        return counted + (self._together(rest) if rest else [])

    def _counted(self, look: Look) -> Look:
        return look if look.orphans is None else replace(look, rows=self._rows)
