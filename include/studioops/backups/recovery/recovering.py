"""A recovery from its plan to the swap: restored beside, proven, swapped in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from studioops.backups.recovery.beside import RestoreBeside, gather_statistics, place_beside
from studioops.backups.recovery.mend import reopen
from studioops.backups.recovery.names import kept_name, new_run_id, quoted, target_option
from studioops.backups.recovery.plan import Plan, backup_words, make_plan
from studioops.backups.recovery.rights import require_rights
from studioops.backups.recovery.server import alone, maintenance, target_database, to_database
from studioops.backups.recovery.swap import Boundary, Order, Swapped, swap
from studioops.backups.seen import Seen, report_of
from studioops.backups.shelf import Shelf
from studioops.backups.steps import Steps
from studioops.errors import DatabaseError
from studioops.model import Report, Status, Stopwatch
from studioops.postgres import Database, Pool, fetch, open_database

KIND = "recover"
# They speak of what was to come, and it is done.
PLANNING = frozenset(("disk_not_seen",))


@dataclass(frozen=True)
class RecoverHow:
    """How a recovery is done.

    Args:
        restore_beside: restores a backup into an empty database, and judges the copy twice:
            whether it is faithful (which decides), and whether it is sound (which is told).
        approve: shown the plan's report; raises Refused where nobody agrees.
        backup_id: a certain backup; None for the newest that was proven.
        timeout: seconds for every statement.
        say: told what is being done.
        boundary: called between the steps of the swap.
    """

    restore_beside: RestoreBeside
    approve: Callable[[Report], None]
    backup_id: str | None = None
    timeout: float = 900
    say: Callable[[str], None] = field(default=lambda _: None)
    boundary: Boundary = field(default=lambda _: None)


def recover(dsn: str, shelf: Shelf, how: RecoverHow) -> Report:
    """Recover a target. Until the swap nobody notices, and the old database is kept.

    Args:
        dsn: of the target, which may be damaged, closed or gone.
        shelf: its backups.
        how: with what, and who agrees.

    Returns:
        a report of kind ``recover``: passed when the copy was faithful and has the target's name
        now; failed or ``not_checked`` where it was not faithful, and nothing was changed.

    Raises:
        NoProvenBackup: nothing to recover from.
        Refused: a right is missing, or nobody agreed; nothing was changed.
        CouldNotCheck: the store or the server can't be reached; nothing was changed.
        LeftInBetween: the server went away during the swap.
    """
    database = target_database(dsn)
    with maintenance(dsn, timeout=how.timeout) as server, alone(server, database):
        if reopen(server, database):
            how.say(f"{database} had been left closed by an earlier recovery, and is open again")
        plan = make_plan(dsn, server, shelf, backup_id=how.backup_id, timeout=how.timeout)
        require_rights(plan.rights)
        how.approve(plan.report)
        return _Recovery(dsn, server, plan, how).work()


@dataclass
class _Recovery:
    dsn: str
    server: Database
    plan: Plan
    how: RecoverHow
    watch: Stopwatch = field(default_factory=Stopwatch)
    steps: Steps = field(default_factory=Steps)

    def work(self) -> Report:
        manifest, say = self.plan.chosen.manifest, self.how.say
        with place_beside(to_database(self.dsn, self.server.dsn.database), manifest) as place:
            say(f"restoring {manifest.backup_id} beside, as {place.name}")
            restoring = partial(self.how.restore_beside, manifest, place)
            _, faithful, sound = self.steps.time("restore and prove", restoring)
            if faithful.status is not Status.PASSED:
                return self.report(faithful, sound, None, "")
            said = self.steps.time("statistics", partial(gather_statistics, place))
            say("swapping")
            order = self.order(place.name)
            swapped = swap(self.server, order, steps=self.steps, boundary=self.how.boundary)
        return self.report(faithful, sound, swapped, said, order.run)

    def order(self, incoming: str) -> Order:
        database = target_database(self.dsn)
        run = new_run_id(self.watch.started_at)
        return Order(
            database,
            incoming,
            kept_name(database, "before", run),
            run,
            self.watch.started_at.isoformat(),
            backup=self.plan.chosen.manifest.backup_id,
            properties=self.plan.properties,
            comment=self.plan.comment,
        )

    def report(
        self, faithful: Seen, sound: Seen, swapped: Swapped | None, said: str, run: str = ""
    ) -> Report:
        seen = [faithful, _told(sound)]
        if swapped is None:
            seen.append(
                Seen.not_applicable("swap", "the copy is not faithful: nothing was changed")
            )
        else:
            seen += [Seen.of("swap", seconds=swapped.away), self.reached(swapped), self.kept_rest()]
            seen.append(Seen.unseen("statistics", said) if said else Seen.of("statistics"))
        evidence = {
            "database": target_database(self.dsn),
            "server": self.server.dsn.where,
            "run": run,
            "backup": backup_words(self.plan.chosen),
            "lost": self.plan.loss.as_json(),
            "sound": sound.as_json(),
            "steps": self.steps.seconds,
            **(self.words(swapped) if swapped else UNSWAPPED),
        }
        whole = Seen.together(seen)
        return report_of(KIND, self.plan.report.target, whole, self.watch, evidence)

    def words(self, swapped: Swapped) -> dict[str, Any]:
        back = f"studioops recover back {target_option(self.plan.report.target)}"
        return {
            "swapped": True,
            "kept": swapped.kept,
            "way_back": back if swapped.kept else "",
            "drop_kept": f"DROP DATABASE {quoted(swapped.kept)}" if swapped.kept else "",
            "sessions_ended": swapped.ended,
            "away_seconds": swapped.away,
        }

    def kept_rest(self) -> Seen:
        """What the plan warned of and is still so."""
        found = [one for one in self.plan.report.findings if one.check not in PLANNING]
        return Seen.of("what stays to be done", found)

    def reached(self, swapped: Swapped) -> Seen:
        """Whether the recovered database answers by its name."""
        name = "connecting"
        if not swapped.opened:
            step = f"ALTER DATABASE {quoted(target_database(self.dsn))} ALLOW_CONNECTIONS true"
            return Seen.unseen(name, f"it was closed before, so the recovered one is; next: {step}")
        try:
            with (
                open_database(self.dsn, pool=Pool(1, 0), application="recover") as database,
                database.transaction() as connection,
            ):
                fetch(connection, "SELECT 1 AS one")
        except DatabaseError as error:
            return Seen.unseen(name, error.reason)
        return Seen.of(name)


UNSWAPPED: dict[str, Any] = {
    "swapped": False,
    "kept": "",
    "way_back": "",
    "drop_kept": "",
    "sessions_ended": 0,
    "away_seconds": 0.0,
}


def _told(sound: Seen) -> Seen:
    """A recovery brings back what there was, faults included; they are told, and stop nothing."""
    if sound.status is Status.PASSED:
        return Seen.of("sound")
    faults = sum(one.severity.fails for one in sound.findings)
    reason = f"{sound.status}: {faults} faults, as in the backup; see `studioops scan`"
    return Seen.not_applicable("sound: a recovery asks for faithful alone", reason)
