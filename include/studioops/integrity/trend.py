"""What became of the faults since the last look: new, persisting, mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from studioops.model import Finding, Report, Status


@dataclass(frozen=True, slots=True)
class Trend:
    """One look beside an earlier one.

    Args:
        since: when the earlier look began.
        new: faults that the earlier look did not have, though it looked there.
        persisting: faults that both have.
        mended: faults that the earlier look had and this one looked for in vain.
        not_known: faults that one of the two could not look for, so nobody can tell.
    """

    since: datetime
    new: tuple[Finding, ...]
    persisting: tuple[Finding, ...]
    mended: tuple[Finding, ...]
    not_known: tuple[Finding, ...]

    @property
    def line(self) -> str:
        """The trend in one line."""
        counts = (
            (self.new, "new"),
            (self.persisting, "persisting"),
            (self.mended, "mended"),
            (self.not_known, "not known"),
        )
        told = ", ".join(f"{len(found)} {word}" for found, word in counts if found)
        return f"since {self.since:%Y-%m-%d %H:%M %Z}: {told or 'no fault then or now'}"

    def as_json(self) -> dict[str, Any]:
        """This as plain JSON values, for a report's evidence."""
        named = {
            name: [
                {"check": one.check, "object": one.object, "message": one.message}
                for one in getattr(self, name)
            ]
            for name in ("new", "persisting", "mended", "not_known")
        }
        return {"since": self.since.isoformat(), "line": self.line, **named}


def compare_reports(now: Report, before: Report) -> Trend:
    """What became of the faults between two looks of one kind at one target.

    A fault is known by its check and its object; its figures may change and it stays the same one.

    Args:
        now: the later look.
        before: the earlier one.
    """
    found, known = _by_name(now.findings), _by_name(before.findings)
    fresh = [found[name] for name in found if name not in known]
    gone = [known[name] for name in known if name not in found]
    new = tuple(one for one in fresh if not _unseen(before, one))
    mended = tuple(one for one in gone if not _unseen(now, one))
    return Trend(
        since=before.started_at,
        new=new,
        persisting=tuple(found[name] for name in found if name in known),
        mended=mended,
        not_known=tuple(one for one in (*fresh, *gone) if one not in (*new, *mended)),
    )


def _by_name(findings: Iterable[Finding]) -> Mapping[tuple[str, str], Finding]:
    return {(one.check, one.object): one for one in findings}


def _unseen(report: Report, fault: Finding) -> bool:
    """Whether a look had no eyes for what a fault was found in."""
    return any(
        one.status is Status.NOT_CHECKED and _about(fault, one.name) for one in report.subjects
    ) or all(one.status is Status.NOT_CHECKED for one in report.subjects)


def _about(fault: Finding, subject: str) -> bool:
    # A subject is a check by its name, or begins with the object that its faults are found in.
    return subject == fault.check or subject.startswith(fault.object)
