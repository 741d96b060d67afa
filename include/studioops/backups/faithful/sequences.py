"""Whether every sequence of a copy stands where the original's did, or beyond."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from studioops.backups.model import Manifest, SequenceValue
from studioops.backups.seen import Seen, fault
from studioops.model import Finding, Stopwatch
from studioops.postgres import Database
from studioops.postgres.definitions import SequenceState, read_sequences

WHY = "the next row would get a number that is taken, or one that was given to somebody before"


def compare_sequences(database: Database, manifest: Manifest) -> Seen:
    """Compare a copy's sequences with the manifest's.

    Args:
        database: the copy.
        manifest: of its backup.

    Raises:
        DatabaseError: the copy can't be read.
    """
    watch = Stopwatch()
    with database.transaction() as connection:
        copy = read_sequences(connection)
    findings = list(_behind(manifest.sequences, copy))
    return Seen.of("sequences", findings, seconds=watch.seconds)


def _behind(
    original: Mapping[str, SequenceValue], copy: Mapping[str, SequenceState]
) -> Iterator[Finding]:
    for name, was in original.items():
        now = copy.get(name)
        if now is None:
            repair = "take a new backup and drill it"
            yield fault("sequence_missing", name, "the sequence is not there", WHY, repair)
        elif _is_behind(was, now):
            yield fault(
                "sequence_behind",
                name,
                f"it stands at {now.value}, the original stood at {was.before}",
                WHY,
                f"SELECT setval('{name}', {was.after}, {str(was.called).lower()});",
            )


def _is_behind(was: SequenceValue, now: SequenceState) -> bool:
    """By the first of the two looks: what was handed out between them may be missing in the dump.

    A sequence that was set back meanwhile is held against the lower of the two.
    """
    forward = was.increment > 0
    least = min(was.before, was.after) if forward else max(was.before, was.after)
    if now.value != least:
        return now.value < least if forward else now.value > least
    return was.called and was.before == was.after and not now.called
