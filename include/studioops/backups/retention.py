"""Which backups are kept, and why: decided from what is known of them, nothing else.

A day, an ISO week or a month (all of UTC) counts only where it holds a backup, so a week without
backups costs none of those before it; nor does a wrong clock remove anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from studioops.errors import UsageError

NEVER_PROVEN = "no backup has ever been proven faithful, so none is given up"
NO_END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Policy:
    """How many periods keep a backup.

    Args:
        daily: days, the newest ones that hold a backup.
        weekly: ISO weeks, likewise.
        monthly: months, likewise.
    """

    daily: int
    weekly: int
    monthly: int

    def __post_init__(self) -> None:
        """Refuse a number below nothing."""
        if min(self.daily, self.weekly, self.monthly) < 0:
            raise UsageError(
                "a retention policy counts periods, so no number of it is below 0",
                "mend STUDIOOPS_BACKUP_KEEP_DAILY, _WEEKLY and _MONTHLY",
            )

    def __str__(self) -> str:
        """As a report says it."""
        return f"{self.daily} days, {self.weekly} weeks, {self.monthly} months"


@dataclass(frozen=True, slots=True)
class Known:
    """What retention has to know of a backup.

    Args:
        backup_id: its id.
        began: when it began, with its offset.
        proven: whether its last drill passed; None where none looked.
        faithful: whether its last drill found the copy equal to the manifest; None likewise.
        pinned: who needs it.
        locked_until: when the store lets go of it; None where it holds nothing.
    """

    backup_id: str
    began: datetime
    proven: bool | None = None
    faithful: bool | None = None
    pinned: tuple[str, ...] = ()
    locked_until: datetime | None = None

    @property
    def age_order(self) -> tuple[datetime, str]:
        """Older ones first; the id makes it one order where two began together."""
        return self.began.astimezone(UTC), self.backup_id

    @property
    def worth(self) -> tuple[int, tuple[datetime, str]]:
        """Within its period: faithful before nobody knows, known to be bad last; then age."""
        rank = {True: 2, None: 1, False: 0}[self.faithful]
        return rank, self.age_order


@dataclass(frozen=True, slots=True)
class Kept:
    """What becomes of a backup.

    Args:
        backup_id: its id.
        keep: whether it stays.
        reason: in words.
    """

    backup_id: str
    keep: bool
    reason: str


def decide(backups: Sequence[Known], policy: Policy, now: datetime) -> list[Kept]:
    """What becomes of each backup.

    Args:
        backups: in any order.
        policy: how many periods keep one.
        now: what a lock is held against, with its offset.

    Returns:
        one line a backup, the newest first. Nothing is given up while none is proven faithful:
        all of them may be bad, and nobody can say which is not.
    """
    newest_first = sorted(backups, key=lambda one: one.age_order, reverse=True)
    reasons: dict[str, list[str]] = {one.backup_id: [] for one in newest_first}
    for backup_id, reason in _claims(newest_first, policy):
        reasons[backup_id].append(reason)
    nothing_proven = not any(one.faithful for one in newest_first)
    return [
        _judged(one, [*reasons[one.backup_id], *_held(one, now)], policy, nothing_proven)
        for one in newest_first
    ]


def _judged(one: Known, reasons: list[str], policy: Policy, nothing_proven: bool) -> Kept:
    if not reasons and nothing_proven:
        reasons = [NEVER_PROVEN]
    given_up = f"no period of the last {policy} needs it"
    return Kept(one.backup_id, bool(reasons), "; ".join(reasons) or given_up)


def _claims(newest_first: Sequence[Known], policy: Policy) -> Iterator[tuple[str, str]]:
    """Who is kept for what it is among the others."""
    if newest_first:
        yield newest_first[0].backup_id, "the newest"
    marks: tuple[tuple[str, Callable[[Known], bool | None]], ...] = (
        ("the newest faithful one", lambda one: one.faithful),
        ("the newest whose drill passed", lambda one: one.faithful and one.proven),
    )
    for reason, holds in marks:
        for one in newest_first:
            if holds(one):
                yield one.backup_id, reason
                break
    for count, period in ((policy.daily, _day), (policy.weekly, _week), (policy.monthly, _month)):
        yield from _representatives(newest_first, count, period)


def _representatives(
    newest_first: Sequence[Known], count: int, period: Callable[[datetime], str]
) -> Iterator[tuple[str, str]]:
    groups: dict[str, list[Known]] = {}
    for one in newest_first:
        groups.setdefault(period(one.began.astimezone(UTC)), []).append(one)
    # Counted apart: nights of bad backups must not use up the periods of good ones.
    left = {True: count, False: count}
    for name, group in groups.items():
        best = max(group, key=lambda one: one.worth)
        hopeful = best.faithful is not False
        if left[hopeful]:
            left[hopeful] -= 1
            yield best.backup_id, f"stands for {name}"
        if not left[True]:
            break


def _held(one: Known, now: datetime) -> Iterator[str]:
    """Who is kept whatever it is."""
    if one.pinned:
        yield f"needed by {', '.join(sorted(one.pinned))}"
    if one.locked_until is not None and one.locked_until > now:
        yield until(one.locked_until)


def until(locked_until: datetime) -> str:
    """A lock of the store in words."""
    if locked_until >= NO_END:
        return "held by the object store without an end (legal hold)"
    return f"locked by the object store until {locked_until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _day(began: datetime) -> str:
    return f"day {began:%Y-%m-%d}"


def _week(began: datetime) -> str:
    year, week, _ = began.isocalendar()
    return f"week {year}-W{week:02}"


def _month(began: datetime) -> str:
    return f"month {began:%Y-%m}"
