"""Whether a copy has every definition that the original had, in the same words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from studioops.backups.faithful.triggers import lost_states
from studioops.backups.model import Manifest
from studioops.backups.seen import Seen, fault
from studioops.model import Finding, Severity, Status, Stopwatch, Subject
from studioops.postgres import Database, fetch
from studioops.postgres.definitions import Difference, compare_definitions, read_definitions

MAJOR = "SELECT current_setting('server_version_num')::int / 10000 AS major"
# pg_dump carries none of them: the database's own settings (a recovery sets them anew), debris of
# a CONCURRENTLY that failed, and switched-off triggers of foreign keys, which come back on.
NOT_CARRIED = frozenset({"database setting", "invalid index", "disabled foreign key"})
MOST_SHOWN = 200
# Bodies and defaults can hold what must not be seen in a report.
SHOWN = frozenset(
    {"constraint", "extension", "index", "policy", "privilege", "role", "schema", "sequence"}
)
WHYS = {
    "constraint": "the copy takes rows that the original refuses",
    "policy": "the copy answers with rows that it must not show",
    "privilege": "somebody may do in the copy what they must not, or can't do what they must",
    "trigger": "what the original does by itself does not happen in the copy",
    "index": "the copy is slow where the original is quick, or takes rows that are there already",
    "extension": "what the extension gives is missing or behaves otherwise",
    "role": "the roles that own or use the copy are other ones",
}
WHY = "the application would find another database than the one that was backed up"


def compare_catalog(
    database: Database, manifest: Manifest, *, known_unvalidated: Collection[str] = ()
) -> Seen:
    """Compare a copy's definitions with the manifest's.

    Args:
        database: the copy.
        manifest: of its backup.
        known_unvalidated: foreign keys, as ``table.constraint`` by their names in the definitions,
            that the drill could only add as NOT VALID: the original's rows break them.

    Raises:
        DatabaseError: the copy can't be read.
    """
    watch = Stopwatch()
    with database.transaction() as connection:
        major = int(fetch(connection, MAJOR)[0]["major"])
        copy = read_definitions(connection)
        majors = (int(manifest.server["major"]), major)
        original = _carried(manifest.definitions)
        differences = compare_definitions(original, _carried(copy), majors=majors)
        known = lost_states(connection, differences, WHYS["trigger"])
    known |= _unvalidated(differences, known_unvalidated)
    kinds = {*original, *(one.kind for one in differences)}
    parts = [_kind(kind, differences, majors, known) for kind in sorted(kinds)]
    return Seen.together([Seen.of("definitions", seconds=watch.seconds), *parts])


def _carried(definitions: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """What a dump carries, the kinds that there are none of left out."""
    return {kind: named for kind, named in definitions.items() if named and kind not in NOT_CARRIED}


def _kind(
    kind: str,
    differences: Collection[Difference],
    majors: tuple[int, int],
    known: Mapping[Difference, Finding],
) -> Seen:
    mine = [one for one in differences if one.kind == kind]
    comparable = [one for one in mine if one.comparable]
    findings = list(_findings(comparable, known))
    subject = f"definitions: {kind}"
    if len(comparable) < len(mine):
        others = [one.name for one in mine if not one.comparable]
        reason = (
            f"PostgreSQL {majors[0]} and {majors[1]} spell definitions otherwise, so {others[0]} "
            f"{f'and {len(others) - 1} more ' if len(others) > 1 else ''}can't be compared; next: "
            "drill on a server of the original's major version"
        )
        failed = any(one.severity.fails for one in findings)
        status = Status.FAILED if failed else Status.NOT_CHECKED
        return Seen((Subject(subject, status, reason),), tuple(findings))
    return Seen.of(subject, findings)


def _findings(
    differences: Collection[Difference], known: Mapping[Difference, Finding]
) -> Iterator[Finding]:
    for one in list(differences)[:MOST_SHOWN]:
        why = WHYS.get(one.kind, WHY)
        unknown = fault("definition_differs", one.name, _message(one), why, _repair(one))
        yield known.get(one, unknown)


def _unvalidated(
    differences: Collection[Difference], names: Collection[str]
) -> dict[Difference, Finding]:
    return {
        one: Finding(
            "constraint_not_valid_in_copy",
            one.name,
            Severity.WARNING,
            f"{_message(one)}: the original's rows break it, so the copy has it NOT VALID",
            "the original says that it is valid, which is not true",
            "mend the orphans (see the scan's findings), then VALIDATE CONSTRAINT",
        )
        for one in differences
        if one.kind == "constraint" and one.name in names and one.after is not None
    }


def _message(one: Difference) -> str:
    if one.after is None:
        return f"the {one.kind} is not in the copy"
    how = "is in the copy alone" if one.before is None else "is another one in the copy"
    return f"the {one.kind} {how}"


def _repair(one: Difference) -> str:
    if one.kind not in SHOWN:
        return "take a new backup and drill it"
    lines = ["take a new backup and drill it; or look at what differs:"]
    for word, text in (("original", one.before), ("copy", one.after)):
        lines += [f"-- {word}: {' '.join(text.split()) if text else 'absent'}"]
    return "\n".join(lines)
