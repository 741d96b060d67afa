"""Writing a plan as a revision's file, and beside it the plan of what a revision can't carry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studioops.errors import Refused, UsageError
from studioops.migrations.operations import Operation, Session
from studioops.migrations.plan import Plan
from studioops.migrations.planner import Proposal
from studioops.migrations.revisions.writing.place import Place
from studioops.migrations.revisions.writing.saying import Split, say, split
from studioops.migrations.revisions.writing.text import Heading, text_of

ID_LENGTH = 12
NAME, FIRST = "{revision}_keep_the_contract.py", "{revision}_first.json"
APPLY = "studioops migrate apply --plan {file}"
TITLE = "Bring the database to its contract."
ORIGIN = "Written by `studioops migrate plan --write` from plan {plan}."


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Args:
        revision: its id.
        file: of it.
        first: of the plan that is to be applied before it; None where there is none.
        notes: what to do before it, a line each.
    """

    revision: str
    file: Path
    first: Path | None = None
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "revision": self.revision,
            "file": str(self.file),
            "first": None if self.first is None else str(self.first),
        }


def write_revision(
    session: Session, proposal: Proposal, place: Place, head: Mapping[str, Any]
) -> Written | None:
    """Write a plan as a revision. A file that is there is left as it is.

    Args:
        session: of the target, in a transaction, which may be read-only.
        proposal: the plan.
        place: where to, and after which revision.
        head: what stands first in the document of a plan.

    Returns:
        what was written; None where there is nothing to do.

    Raises:
        Refused: a revision can carry nothing of it, or has others before it.
        UsageError: there is a file already, or none can be written.
    """
    if not proposal.plan.operations:
        return None
    in_two = split(session, proposal.plan)
    if not in_two.carried:
        raise Refused(
            f"a revision can carry nothing of this plan: {next(iter(in_two.before.values()))}",
            "studioops migrate apply does all of it",
        )
    revision = proposal.plan.hash[:ID_LENGTH]
    file = place.directory / NAME.format(revision=revision)
    first = place.directory / FIRST.format(revision=revision) if in_two.before else None
    notes = tuple(_notes(in_two, first))
    said = say(session, in_two, APPLY.format(file=first))
    heading = Heading(TITLE, list(_lines(proposal.plan, in_two, first)), revision, place.down)
    texts = {file: text_of(heading, said)}
    if first is not None:
        document = {**head, **_of(proposal, in_two.before).as_json()}
        texts = {first: json.dumps(document, indent=2), **texts}
    _write(texts)
    return Written(revision, file, first, notes)


def _notes(in_two: Split, first: Path | None) -> Iterator[str]:
    for one, reason in in_two.before.items():
        yield f"not in the revision: {one.words()}: {reason}"
    if first is not None:
        yield f"apply that first: {APPLY.format(file=first)}"


def _lines(plan: Plan, in_two: Split, first: Path | None) -> Iterator[str]:
    yield ORIGIN.format(plan=plan.hash[:ID_LENGTH])
    yield from ("", "What it does:", "")
    yield from (f"- {one.words()}" for one in in_two.carried)
    if first is not None:
        yield from ("", "What it can't carry, and asks for before it changes anything:", "")
        yield from (f"- {one.words()}: {reason}" for one, reason in in_two.before.items())
        yield ""
        yield f"Apply that first: {APPLY.format(file=first.name)}. After the downgrade"
        yield "`studioops migrate rollback` takes it back."


def _of(proposal: Proposal, wanted: Mapping[Operation, str]) -> Proposal:
    pairs = zip(proposal.plan.operations, proposal.estimates, strict=True)
    kept = [(one, estimate) for one, estimate in pairs if one in wanted]
    return Proposal(Plan(tuple(one for one, _ in kept)), tuple(each for _, each in kept))


def _write(texts: Mapping[Path, str]) -> None:
    for file in texts:
        if file.exists():
            raise UsageError(
                f"{file} is there already", "it is this very plan; remove it to have it anew"
            )
    try:
        for file, text in texts.items():
            with file.open("x", encoding="utf-8") as out:
                out.write(text)
    except OSError as error:
        raise UsageError(f"{file} can't be written: {error.strerror}", "name another") from None
