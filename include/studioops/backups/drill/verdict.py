"""From what a drill saw to its two verdicts, its report and the proof beside the backup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from studioops.backups.drill.restoring import Restoration
from studioops.backups.model import Manifest, Proof
from studioops.backups.origin import identity_of
from studioops.backups.seen import Seen, fault, report_of
from studioops.model import Finding, Report, Status, Stopwatch, Subject

NOT_RESTORED = "it was not restored"


@dataclass(frozen=True)
class Aims:
    """What a drill is held against.

    Args:
        restore_seconds: that a restore may take (RTO).
        age_seconds: of data that may be lost (RPO).
        newest: whether this is the newest backup: an older one's age is no fault.
        system: the living target's system identifier; empty where nobody knows.
        database: the living target's name; empty where nobody knows.
    """

    restore_seconds: float
    age_seconds: float
    newest: bool
    system: str = ""
    database: str = ""


@dataclass(frozen=True)
class Judged:
    """What was seen of a copy.

    Args:
        faithful: whether it equals the manifest.
        sound: whether it keeps what it must.
        copies: whether the buckets that were copied beside it are whole; a recovery of the
            database does not hang on that.
    """

    faithful: Seen
    sound: Seen
    copies: Seen


def conclude(
    manifest: Manifest,
    restoration: Restoration,
    judged: Judged,
    *,
    aims: Aims,
    run: str,
    watch: Stopwatch,
) -> tuple[Report, Proof]:
    """A drill's report and proof.

    Args:
        manifest: of the backup.
        restoration: how the restore went.
        judged: what was seen of the copy.
        aims: the limits of the settings.
        run: who drilled.
        watch: started with the drill.
    """
    age = (watch.started_at - manifest.snapshot_at).total_seconds()
    verdicts = {
        "faithful": Seen.together([restoration.seen, judged.faithful]),
        "sound": judged.sound,
        "copies": judged.copies,
        "aims": _aims(manifest, restoration, aims, age),
    }
    whole = Seen.together(_named(word, seen) for word, seen in verdicts.items())
    proof = Proof(
        backup_id=manifest.backup_id,
        proven_at=watch.started_at,
        faithful=verdicts["faithful"].status,
        sound=judged.sound.status,
        restore_seconds=restoration.seconds,
        age_seconds=age,
        run=run,
        server=restoration.server,
        findings=tuple(_line(one) for one in whole.findings if one.severity.fails),
    )
    evidence = _evidence(manifest, restoration, proof, aims)
    return report_of("drill", manifest.target, whole, watch, evidence), proof


def nothing_to_judge(restoration: Restoration) -> Seen:
    """One verdict's part where there is no copy."""
    return Seen.unseen("copy", _unjudged(restoration.seen))


def _unjudged(seen: Seen) -> str:
    """Why there is no copy: what was found first, else what nobody could look at."""
    found = [one.message for one in seen.findings]
    unseen = [one.reason for one in seen.subjects if one.status is Status.NOT_CHECKED]
    return _no_copy([*found, *unseen, NOT_RESTORED][0])


def _no_copy(why: str) -> str:
    step = "" if "; next: " in why else "; next: see the drill's findings"
    return f"there is no copy to judge: {why}{step}"


def _named(word: str, seen: Seen) -> Seen:
    """Subjects say which verdict they belong to, so that none is taken for another one's."""
    if word not in ("faithful", "sound"):
        return seen
    named = tuple(
        Subject(f"{word}: {one.name}", one.status, one.reason, one.seconds) for one in seen.subjects
    )
    return Seen(named, seen.findings)


def _aims(manifest: Manifest, restoration: Restoration, aims: Aims, age: float) -> Seen:
    if not restoration.usable:
        slow: list[Finding] = []
        time = Seen.unseen("restore time", _no_copy(NOT_RESTORED))
    else:
        slow = list(_slow(restoration, aims))
        time = Seen.of("restore time", slow, seconds=restoration.seconds)
    origin = Seen.of("origin", _stranger(manifest, aims))
    if not aims.newest:
        reason = "there is a newer backup, whose age counts"
        return Seen.together([time, Seen.not_applicable("age of the data", reason), origin])
    return Seen.together([time, Seen.of("age of the data", _stale(manifest, aims, age)), origin])


def _slow(restoration: Restoration, aims: Aims) -> Iterator[Finding]:
    if restoration.seconds > aims.restore_seconds:
        yield fault(
            "restore_too_slow",
            "restore",
            f"it took {restoration.seconds:.0f} s where {aims.restore_seconds:.0f} s are allowed",
            "a recovery would take longer than was promised",
            "raise STUDIOOPS_BACKUP_JOBS, use a quicker server, or promise less (STUDIOOPS_RTO)",
        )


def _stale(manifest: Manifest, aims: Aims, age: float) -> Iterator[Finding]:
    if age > aims.age_seconds:
        yield fault(
            "stale",
            manifest.backup_id,
            f"the newest backup is {age / 3600:.1f} h old where {aims.age_seconds / 3600:.1f} h "
            "are allowed",
            "a recovery would lose more than was promised",
            "take one now (`studioops backup take`) and see why the DAG backup did not",
        )


def _stranger(manifest: Manifest, aims: Aims) -> Iterator[Finding]:
    """An old server's backups are kept for a while; the newest one must be of the living one."""
    taken = (str(manifest.server["system"]), str(manifest.server["database"]))
    if aims.newest and aims.system and taken != (aims.system, aims.database):
        yield fault(
            "other_database",
            manifest.backup_id,
            f"it was taken of {taken[1]} on the server {taken[0]}, the target is now "
            f"{aims.database} on the server {aims.system}",
            "a recovery from it would bring another database's rows",
            "take a backup of the target as it is now (`studioops backup take`)",
        )


def _line(finding: Finding) -> str:
    return f"{finding.check}: {finding.object}: {finding.message}"


def _evidence(
    manifest: Manifest, restoration: Restoration, proof: Proof, aims: Aims
) -> Mapping[str, Any]:
    return {
        "backup": manifest.backup_id,
        "origin": identity_of(manifest.server),
        "snapshot_at": manifest.snapshot_at.isoformat(),
        "faithful": str(proof.faithful),
        "sound": str(proof.sound),
        "restored": restoration.usable,
        "restore_seconds": proof.restore_seconds,
        "restore_seconds_allowed": aims.restore_seconds,
        "age_seconds": proof.age_seconds,
        "age_seconds_allowed": aims.age_seconds,
        "server": proof.server,
        "steps": dict(restoration.steps),
    }


def unread(backup_id: str, target: str, manifest: Seen, watch: Stopwatch) -> tuple[Report, Proof]:
    """A drill that ended at the manifest.

    Args:
        backup_id: which backup's.
        target: the target's name.
        manifest: what is known of it.
        watch: started with the drill.
    """
    sound = Seen.unseen("copy", _unjudged(manifest))
    proof = Proof(
        backup_id, watch.started_at, manifest.status, sound.status, 0.0, 0.0, "", "",
        tuple(_line(one) for one in manifest.findings),
    )  # fmt: skip
    evidence = {"backup": backup_id, "faithful": str(proof.faithful), "sound": str(proof.sound)}
    whole = Seen.together([_named("faithful", manifest), _named("sound", sound)])
    return report_of("drill", target, whole, watch, evidence), proof
