"""A rehearsal from its scratch place to its report, in one process or step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from studioops.backups.drill.drilling import scratch_place
from studioops.backups.drill.restoring import Restoration, restore_backup
from studioops.backups.model import Manifest
from studioops.backups.origin import identity_of, origin_of
from studioops.backups.recovery.choose import choose_backup
from studioops.backups.seen import Seen, fault, report_of
from studioops.backups.shelf import Shelf
from studioops.errors import Refused, StudioOpsError
from studioops.migrations.clock import Progress
from studioops.migrations.planner import Proposal
from studioops.migrations.proposing import Wanted, complete
from studioops.migrations.rehearsal.walk import Walk
from studioops.migrations.state import (
    ROLE,
    changed,
    digests,
    fingerprint_of,
    read_schema,
    without_ours,
)
from studioops.model import Report, Severity, Stopwatch
from studioops.postgres import Database

KIND = "rehearsal"
LEASE_HOURS = 24
NO_PLAN = "what can't be planned on a copy can't be applied on the original"
TAKE = "take one and prove it: studioops backup take, then studioops backup drill"


@dataclass(frozen=True)
class RehearseHow:
    """How a rehearsal is done.

    Args:
        server: connection string of the server that holds the copy meanwhile.
        run: who rehearses, such as ``cli 1c9b…``.
        jobs: connections that restore and look at the same time.
        backup_id: which backup; None for the newest that was proven faithful.
        wanted: where the target shall be, for what can only be planned on the copy; None where
            the plan is whole.
    """

    server: str = field(repr=False)
    run: str
    jobs: int = 2
    backup_id: str | None = None
    wanted: Wanted | None = None


@dataclass(frozen=True)
class Basis:
    """What a rehearsal speaks of.

    Args:
        backup: the id of the one that is restored.
        origin: what the target is.
        schema: the fingerprint of its definitions.
    """

    backup: str
    origin: Mapping[str, Any]
    schema: str

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Walked:
    """What the ways on a copy have shown.

    Args:
        seen: a subject a way.
        proposal: what was rehearsed, whole.
        steps: each with its way, its lock and its seconds.
    """

    seen: Seen
    proposal: Proposal
    steps: tuple[Mapping[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "seen": self.seen.as_json(),
            "proposal": self.proposal.as_json(),
            "steps": [dict(one) for one in self.steps],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Walked:
        """The one that :meth:`as_json` wrote."""
        proposal = Proposal.from_json(document["proposal"])
        return cls(Seen.from_json(document["seen"]), proposal, tuple(document["steps"]))


def rehearse(
    target: Database,
    shelf: Shelf,
    proposal: Proposal,
    how: RehearseHow,
    progress: Progress | None = None,
) -> tuple[Report, Proposal]:
    """Apply a plan on a copy of the target, take it back, compare, and apply it again.

    Args:
        target: read-only; it is only asked what it is.
        shelf: its backups.
        proposal: what is rehearsed.
        how: where and by whom.
        progress: told each step.

    Returns:
        a report of kind ``rehearsal``: passed when the way back reached the start, in the catalog
        and in the rows, and the second way there the same end as the first. And what was
        rehearsed, whole.

    Raises:
        NoProvenBackup: there is nothing that it could be rehearsed on.
        Refused: the backup is of another database, or of one whose definitions were others.
        CouldNotCheck: the vault, the target or the server can't be used.
    """
    watch = Stopwatch()
    basis = find_basis(target, shelf, how.backup_id)
    with shelf.held(basis.backup, by=f"rehearsal {how.run}", hours=LEASE_HOURS):
        manifest = shelf.manifest(basis.backup)
        with scratch_place(how.server, manifest) as place:
            restored = restore_backup(shelf, manifest, place.dsn, jobs=how.jobs, progress=progress)
            walked = walk_copy(restored, place.dsn, proposal, how, progress)
    return rehearsal_report(shelf.target, basis, walked, watch), walked.proposal


def find_basis(target: Database, shelf: Shelf, backup_id: str | None = None) -> Basis:
    """The backup to rehearse on, if it is one of the target as it is now.

    Args:
        target: read-only.
        shelf: its backups.
        backup_id: a certain one; None for the newest that was proven faithful.

    Raises:
        NoProvenBackup: there is none.
        Refused: it is of another database, or of one whose definitions were others.
    """
    origin = identity_of(origin_of(target))
    with target.transaction() as connection:
        schema = digests(read_schema(connection))
    manifest = choose_backup(shelf, backup_id).manifest
    _require_same(manifest, origin, schema)
    return Basis(manifest.backup_id, origin, fingerprint_of(schema))


def walk_copy(
    restored: Restoration,
    dsn: str,
    proposal: Proposal,
    how: RehearseHow,
    progress: Progress | None = None,
) -> Walked:
    """There, back and there again on a restored copy.

    Args:
        restored: how the restore went.
        dsn: of the copy.
        proposal: what is rehearsed.
        how: by whom.
        progress: told each step.
    """
    run_by = f"rehearsal {how.run}"
    if not restored.usable:
        reason = "there is no copy to rehearse on; next: studioops backup drill shows why"
        return Walked(Seen.together([restored.seen, Seen.unseen("there", reason)]), proposal)
    # What pg_restore said was judged by the drill: here it is told, and changes nothing.
    told = [replace(one, severity=Severity.INFO) for one in restored.seen.findings]
    copy = Seen.of("copy", told)
    try:
        whole = _completed(dsn, proposal, how, run_by)
    except StudioOpsError as error:
        found = fault(error.code, "plan", error.message, NO_PLAN, error.next_step)
        return Walked(Seen.together([copy, Seen.of("plan", [found])]), proposal)
    walk = Walk(dsn, whole.plan, how.jobs, run_by, progress)
    return Walked(Seen.together([copy, walk.go()]), whole, tuple(walk.steps))


def _completed(dsn: str, proposal: Proposal, how: RehearseHow, run_by: str) -> Proposal:
    if how.wanted is None:
        return proposal
    whole = complete(dsn, proposal, how.wanted, run_by=run_by, connections=how.jobs)
    whole.require_possible()
    return whole


def rehearsal_report(target: str, basis: Basis, walked: Walked, watch: Stopwatch) -> Report:
    """What a rehearsal has shown, for the ledger.

    Args:
        target: the target's name.
        basis: on what it was done.
        walked: what the ways have shown.
        watch: started with the rehearsal.
    """
    plan = walked.proposal.plan
    evidence = {
        "plan": plan.hash,
        **basis.as_json(),
        "operations": [one.words() for one in plan.operations],
        "steps": [dict(one) for one in walked.steps],
    }
    return report_of(KIND, target, walked.seen, watch, evidence)


def _require_same(manifest: Manifest, origin: Mapping[str, Any], schema: Mapping[str, str]) -> None:
    if identity_of(manifest.server) != origin:
        raise Refused(
            f"backup {manifest.backup_id} is of another database than the target is now", TAKE
        )
    then = digests(without_ours(manifest.definitions))
    # Roles are the server's; who owns what is told with each object.
    lines = [one for one in changed(then, schema) if not one.startswith(f"{ROLE} ")]
    if lines:
        more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
        raise Refused(
            f"the target's definitions have changed since backup {manifest.backup_id}: "
            f"{lines[0]}{more}",
            TAKE,
        )
