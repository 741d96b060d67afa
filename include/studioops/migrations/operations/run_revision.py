"""Run one revision of the target's own Alembic history, on the session that all else runs on.

Its line in Alembic's version table, what it does and the journal's line share one transaction. One
that asks for transactions of its own gets them; where it stopped in its middle is told by a mark
that went with its commit, and is left to whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import psycopg

from studioops.errors import LeftInBetween, StudioOpsError
from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.operation import Operation, Stage
from studioops.migrations.operations.step import Change, Memo, Outside, Presence, Session, Step

MADE = "made_version_table"


@dataclass(frozen=True)
class RunRevision(Operation):
    """Run a revision's upgrade; its way back is its downgrade.

    Args:
        revision: its id.
        down_revision: the ids of those that it builds on.
        script: the path of ``alembic.ini``, where the plan was made.
        sha256: of the revision's file: an edited one is another plan.
        version_table: where the database's version is kept.
        outside: whether it asks for transactions of its own (``autocommit_block``).
        lock: the strongest lock that it takes, in PostgreSQL's words.
    """

    kind: ClassVar[str] = "run_revision"
    stage: ClassVar[Stage] = Stage.EXPAND

    revision: str
    down_revision: tuple[str, ...]
    script: str
    sha256: str
    version_table: TableName
    outside: bool = False
    lock: str = Lock.ACCESS_EXCLUSIVE.value

    def __post_init__(self) -> None:
        """Refuse a lock that is none."""
        Lock(self.lock)

    @property
    def identity(self) -> Mapping[str, Any]:
        """All but the path: two checkouts of a history make the same plan."""
        return {name: value for name, value in self.as_json().items() if name != "script"}

    def words(self) -> str:
        """What it does, in one line for people."""
        return f"run the revision {self.revision} of {self.script}"

    def steps(self) -> tuple[Step, ...]:
        """One, in the journal's transaction wherever the revision allows it."""
        lock = Lock(self.lock)
        if self.outside:
            return (
                Outside(
                    name=self.words(),
                    before=self._before,
                    forward=self._there,
                    backward=self._back,
                    presence=self._presence,
                    clear=self._clear,
                    lock=lock,
                ),
            )
        back = Lock.ACCESS_EXCLUSIVE  # what a downgrade takes, its file does not say
        return (Change(self.words(), lock, self._forward, back, self._backward),)

    def validate(self, session: Session) -> tuple[str, ...]:
        """It is the one that was planned, and the database is where it builds on."""
        return tuple(self._refusals(session))

    def verify(self, session: Session) -> tuple[str, ...]:
        """The database says that it has had it."""
        there = self._had(session)
        return () if there else (f"{self.version_table} does not know {self.revision}",)

    def _refusals(self, session: Session) -> Iterator[str]:
        from studioops.migrations.revisions.script import opened
        from studioops.migrations.revisions.versions import read_heads

        try:
            with opened(self.script) as script:
                found = script.revision(self.revision)
                heads = read_heads(session, self.version_table)
                unknown = [one for one in heads if not script.has(one)]
                had = set() if unknown else script.under(heads)
        except StudioOpsError as error:
            yield error.message
            return
        if found.sha256 != self.sha256:
            yield f"the revision {self.revision} is not the one that was planned"
        if unknown:
            yield f"the database is at {unknown[0]}, which {self.script} does not know"
        elif self.revision in had:
            yield f"the database has had the revision {self.revision} already"
        elif not had.issuperset(self.down_revision):
            at, down = ", ".join(heads) or "no revision", ", ".join(self.down_revision)
            yield f"the database is at {at}, and {self.revision} builds on {down}"

    def _had(self, session: Session) -> bool:
        from studioops.migrations.revisions.script import opened
        from studioops.migrations.revisions.versions import read_heads

        heads = read_heads(session, self.version_table)
        if self.revision in heads:
            return True
        with opened(self.script) as script:
            return self.revision in script.under(tuple(one for one in heads if script.has(one)))

    def _forward(self, session: Session) -> Memo:
        memo = self._made(session)
        self._run(session, up=True)
        return memo

    def _backward(self, session: Session, memo: Memo) -> None:
        self._run(session, up=False)
        self._unmade(session, memo)

    def _before(self, session: Session) -> Memo:
        from studioops.migrations.revisions.marks import make_marks

        make_marks(session)
        return self._made(session)

    def _there(self, session: Session, _: Memo) -> None:
        self._own_transactions(session, up=True)

    def _back(self, session: Session, _: Memo) -> None:
        self._own_transactions(session, up=False)

    def _own_transactions(self, session: Session, *, up: bool) -> None:
        from studioops.migrations.revisions.marks import forget, marked

        forget(session, self.revision, up=not up)
        try:
            self._run(session, up=up)
        except psycopg.Error as error:
            # Trying again would find half of it, and tell that alone.
            if session.closed or not marked(session, self.revision, up=up):
                raise
            raise self._half(there=not up, why=f": {error.diag.message_primary}") from None
        forget(session, self.revision, up=up)

    def _presence(self, session: Session, memo: Memo) -> Presence:
        from studioops.migrations.revisions.marks import marked

        there = self._had(session)
        if marked(session, self.revision, up=not there):
            return Presence.HALF
        if there:
            return Presence.APPLIED
        return Presence.HALF if self._empty_table_left(session, memo) else Presence.NOT_APPLIED

    def _clear(self, session: Session, memo: Memo) -> None:
        """An empty version table goes; what else is half done, whoever wrote it knows."""
        from studioops.migrations.revisions.marks import marked

        there = self._had(session)
        if not marked(session, self.revision, up=not there):
            self._unmade(session, memo)
            return
        raise self._half(there=there)

    def _half(self, *, there: bool, why: str = "") -> LeftInBetween:
        done, undone = ("take it back", "finish it") if there else ("finish it", "take it back")
        return LeftInBetween(
            f"the revision {self.revision} stopped after it had committed a part of itself{why}",
            f"by hand: {done} and write that into {self.version_table}; or {undone} and take its "
            f"line {self.revision} out of studioops.revision_marks; then run this again",
        )

    def _empty_table_left(self, session: Session, memo: Memo) -> bool:
        from studioops.migrations.revisions.versions import is_there, read_heads

        table = self.version_table
        return bool(memo[MADE]) and is_there(session, table) and not read_heads(session, table)

    def _run(self, session: Session, *, up: bool) -> None:
        from studioops.migrations.revisions.run import Planned, run_revision

        planned = Planned(self.script, self.revision, self.sha256, self.version_table)
        run_revision(session, planned, up=up, shared=not self.outside)

    def _made(self, session: Session) -> Memo:
        from studioops.migrations.revisions.versions import is_there

        return {MADE: not is_there(session, self.version_table)}

    def _unmade(self, session: Session, memo: Memo) -> None:
        from studioops.migrations.revisions.versions import drop_if_empty

        if memo[MADE]:
            drop_if_empty(session, self.version_table)
