"""The whole of it: look, refuse or do, take back, look again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from studioops.errors import Refused
from studioops.migrations.quarantine.closure import Finder, Going, clear, follow
from studioops.migrations.quarantine.edges import Edges, Unfit, read_edges
from studioops.migrations.quarantine.lost import GET_IT_BACK, gone, taken
from studioops.migrations.quarantine.obstacles import obstacles
from studioops.migrations.quarantine.quiet import Written, objections
from studioops.migrations.quarantine.returning import put_back
from studioops.migrations.quarantine.shelf import is_shelf_there, no_shelf
from studioops.migrations.quarantine.taking import take_out, unclearable
from studioops.postgres import load_sql

if TYPE_CHECKING:
    from studioops.migrations.operations.reference import Reference, Touched
    from studioops.migrations.operations.step import Memo, Session


@dataclass(frozen=True)
class Work:
    """Orphans that are dealt with.

    Args:
        reference: whose.
        touched: what their going can break.
        clears: whether their reference is cleared and they stay.
    """

    reference: Reference
    touched: Sequence[Touched] = ()
    clears: bool = False

    @property
    def words(self) -> str:
        """What is done, in one line for people."""
        more = ", with what goes with them" if self.touched else ""
        return f"{'nullify' if self.clears else 'quarantine'} orphans of {self.reference}{more}"

    def would(self, session: Session) -> tuple[Going, tuple[str, ...]]:
        """What it would do, and why it can't be done.

        Args:
            session: in a transaction, which may be read-only.
        """
        try:
            edges = self._edges(session)
        except Unfit as unfit:
            return Going(), unfit.reasons
        going = self._found(session, edges, lock=False)
        return going, tuple(_refusals(session, edges, going))

    def forward(self, session: Session) -> Memo:
        """Do it.

        Args:
            session: in a transaction.

        Returns:
            the batch, for the way back, and how many rows it is.

        Raises:
            Refused: it can't be done; the transaction must not be committed.
        """
        try:
            edges = self._edges(session)
        except Unfit as unfit:
            raise self._refused(unfit.reasons) from None
        going = self._found(session, edges, lock=True)
        if refusals := tuple(_refusals(session, edges, going)):
            raise self._refused(refusals)
        batch = uuid4()
        take_out(session, going, edges.keys, batch)
        return {"batch": str(batch), **_counts(going)}

    def backward(self, session: Session, memo: Memo) -> None:
        """Take it back.

        Args:
            session: in a transaction.
            memo: as :meth:`forward` wrote it.

        Raises:
            Refused: this role can't do it so that nothing fires, or somebody dropped what was
                taken out; nothing was changed.
        """
        if is_shelf_there(session):
            put_back(session, UUID(memo["batch"]))
        elif count := taken(memo):
            raise Refused(f"{self.words}: {gone(count)}", GET_IT_BACK)

    def left(self, session: Session) -> tuple[str, ...]:
        """Which orphans there still are; empty where there is none.

        Args:
            session: in a transaction.
        """
        try:
            edge = read_edges(session, self.reference).own
        except Unfit as unfit:
            return unfit.reasons
        row = session.execute(edge.counts).fetchone()
        orphans = row["orphans"] if row else 0
        return (f"{edge} still has {orphans} orphans",) if orphans else ()

    def _refused(self, reasons: Sequence[str]) -> Refused:
        return Refused(f"{self.words}: {'; '.join(reasons)}", "plan again: studioops migrate plan")

    def _edges(self, session: Session) -> Edges:
        edges = read_edges(session, self.reference, self.touched)
        read = [edges.own, *edges.touched]
        tables = {one.child.oid for one in read} | {
            one.planned.parent_end.relation.oid for one in read
        }
        rows = session.execute(load_sql(__package__, "unread"), {"tables": sorted(tables)})
        if reasons := [_unread(row) for row in rows]:
            raise Unfit(reasons)
        return edges

    def _found(self, session: Session, edges: Edges, *, lock: bool) -> Going:
        finder = Finder(session, lock=lock)
        return clear(finder, edges) if self.clears else follow(finder, edges)


def _refusals(session: Session, edges: Edges, going: Going) -> Iterator[str]:
    finder = Finder(session, lock=False)
    yield from obstacles(finder, edges, going)
    yield from unclearable(session, going)
    yield from no_shelf(session)
    tables = [Written(one.oid, whole) for one, whole in going.tables]
    yield from objections(session, tables, lambda: finder.breaking(edges.keys, going))


def _unread(row: dict[str, Any]) -> str:
    if row["hidden"]:
        return f"row security hides rows of {row['name']} from this role: do it as its owner"
    if row["right"] == "USAGE":
        return f"this role has no right to use the schema of {row['name']}"
    return f"this role has no right to SELECT from {row['name']}"


def _counts(going: Going) -> dict[str, int]:
    return {
        "removed": going.gone.count,
        "cleared": sum(one.places.count for one in going.cleared),
    }
