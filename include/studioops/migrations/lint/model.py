"""What lint says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studioops.model import Status


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A rule that a revision breaks without saying why.

    Args:
        revision: its id.
        rule: squawk's name of it, or ``squawk_ignore`` where the file's own words are at fault.
        line: of the revision's SQL, from 1.
        sql: that line.
        message: what is wrong.
        help: what to do instead; empty where squawk has no advice.
    """

    revision: str
    rule: str
    line: int
    sql: str
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class Linted:
    """A revision and what was found in it.

    Args:
        revision: its id.
        status: failed where a rule is broken; not_checked where nobody could look.
        findings: in the order of its SQL.
        ignored: rules that the file says it breaks, and why.
        reason: why it was not checked.
    """

    revision: str
    status: Status
    findings: tuple[LintFinding, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
