"""What a restore said, as findings; and the foreign keys that it could not add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from studioops.backups.restoring.kinds import Kind
from studioops.backups.restoring.messages import Level, Message, Messages
from studioops.backups.restoring.missing_keys import MissingKey, PutBack
from studioops.backups.restoring.restore import Restored
from studioops.backups.seen import Seen, fault
from studioops.model import Finding, Severity

SUBJECT = "restore"
WHY = "pg_restore went on without it, so the copy lacks what it was about"
LOST_KEY_WHY = (
    "the original has rows that break a constraint which claims to be valid: every restore loses "
    "it, and takes more such rows from then on"
)
REPAIRS = {
    Kind.MISSING_ROLE: "CREATE ROLE it on the server that restores (pg_dumpall --roles-only)",
    Kind.MISSING_EXTENSION: "install the extension's package on the server that restores, or let "
    "a role restore that may create it",
    Kind.PUBLIC_SCHEMA: "restore as a superuser, to whom schema public belongs up to PostgreSQL 14",
    Kind.PERMISSION_DENIED: "restore as the owner's role or as a superuser",
    Kind.DISK_FULL: "make room on the server that restores, then drill again",
    Kind.ROWS_REFUSED: "the dump holds rows that the table refuses: take a new backup and drill it",
    Kind.ARCHIVE_DAMAGED: "use another backup: see `studioops backup list`",
}
REPAIR = "read the message, mend what it says, then drill again"


def lost_keys(messages: Messages) -> list[MissingKey]:
    """The foreign keys that rows of the copy break, so that pg_restore could not add them.

    Args:
        messages: of the restore.
    """
    return [
        MissingKey(one.table, one.name, one.definition)
        for one in messages.of(Kind.FOREIGN_KEY_BROKEN)
        if one.definition
    ]


def judge_restore(restored: Restored, back: Sequence[PutBack]) -> Seen:
    """What a restore came to: one subject, and a finding for every message that matters.

    Args:
        restored: the restore.
        back: what became of the foreign keys that it could not add.
    """
    messages = restored.messages
    known = {(one.table, one.name): one for one in back}
    findings = [found for one in messages.kept for found in _finding(one, known)]
    if messages.not_kept > 0:
        message = f"{messages.not_kept} more messages of pg_restore are not shown"
        findings.append(fault("restore_message", "pg_restore", message, WHY, REPAIR))
    if not messages.ended:
        message = f"it did not come to the archive's end (exit code {restored.exit_code})"
        findings.append(fault("restore_incomplete", "pg_restore", message, WHY, REPAIR))
    return Seen.of(SUBJECT, findings, seconds=restored.seconds)


def _finding(message: Message, known: Mapping[tuple[str, str], PutBack]) -> Iterator[Finding]:
    back = known.get((message.table, message.name))
    if message.kind is Kind.FOREIGN_KEY_BROKEN and back is not None:
        yield _lost_key(back)
    elif message.kind is Kind.UNKNOWN_SETTING and message.level is Level.WARNING:
        return  # a newer pg_restore's own SET: nothing of the copy hangs on it
    else:
        severity = Severity.ERROR if message.level is Level.ERROR else Severity.WARNING
        where = message.entry or message.table or message.name or "pg_restore"
        repair = REPAIRS.get(message.kind, REPAIR)
        yield Finding(f"restore_{message.kind}", where, severity, message.text, WHY, repair)


def _lost_key(back: PutBack) -> Finding:
    """Told as what it is: the original's fault, around which the copy was made whole, or not."""
    said = {
        "set aside": "it was put back around them, so the copy equals the original",
        "not valid": f"it was put back as NOT VALID: {back.reason}",
        "none": f"it is missing in the copy: {back.reason}",
    }[back.how]
    return Finding(
        "restore_lost_foreign_key",
        f"{back.table}.{back.name}",
        Severity.ERROR if back.how == "none" else Severity.WARNING,
        f"pg_restore could not add the constraint, since {back.orphans} rows break it; {said}",
        LOST_KEY_WHY,
        f"studioops scan --repairs shows the {back.orphans} rows of {back.table} and how to "
        "quarantine or mend them; then drill again",
    )
