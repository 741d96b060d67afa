"""What is known of one service from all looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, Self

from studioops.services.levels.level import Level
from studioops.services.state import Cause

TIMES = ("since", "looked_at", "good_until", "down_since")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a service stands.

    Args:
        service: its name.
        level: by the last look; see :meth:`level_at` for what it is worth now.
        since: when it came to that level; None where it was never looked at.
        required: whether the application can't work without it.
        looked_at: when the last look was taken.
        good_until: when that look gets too old to go by.
        cause: of the last look.
        message: of the last look, one line.
        looks: what the last looks showed, each by itself; the newest last.
        changes: when the level changed of late, for as long as that counts as flapping.
        flapping: whether it changes too often, and is kept at the worse level for that.
        down_since: the first look that failed, of those that made it be away or are about to.
    """

    service: str
    level: Level = Level.NOT_CHECKED
    since: datetime | None = None
    required: bool = False
    looked_at: datetime | None = None
    good_until: datetime | None = None
    cause: Cause | None = None
    message: str = ""
    looks: tuple[Level, ...] = ()
    changes: tuple[datetime, ...] = ()
    flapping: bool = False
    down_since: datetime | None = None

    @property
    def configured(self) -> bool:
        """Whether there is something to look at. What is not is neither well nor ill."""
        return self.cause is not Cause.NOT_CONFIGURED

    @property
    def in_a_row(self) -> int:
        """How many of the last looks had the same end: it could be used, or it could not."""
        newest_first = self.looks[::-1]
        return len(list(takewhile(lambda look: look.away is newest_first[0].away, newest_first)))

    def level_at(self, now: datetime) -> Level:
        """The level as far as it is known at that time: an old look shows nothing.

        Args:
            now: with its offset.
        """
        fresh = self.good_until is not None and now <= self.good_until
        return self.level if fresh else Level.NOT_CHECKED

    def words_at(self, now: datetime) -> str:
        """One line that says where it stands, and why.

        Args:
            now: with its offset.
        """
        level = self.level_at(now)
        if self.looked_at is None:
            return f"{self.service} was never looked at"
        if not self.configured:
            return self.message
        if level is not self.level:
            then = "" if self.level is Level.NOT_CHECKED else f", when it was {self.level}"
            return f"{self.service} was last looked at {self.looked_at:%Y-%m-%d %H:%M:%S %Z}{then}"
        if level is Level.NOT_CHECKED:
            # One look that fails is no level, and there is none from before.
            return f"{self.service} has no level yet: {self.message}"
        told = f"{self.service} is {level}: {self.message}"
        return f"{told}; it flaps, and is kept at the worse level" if self.flapping else told

    def as_json(self) -> dict[str, Any]:
        """This standing as plain JSON values."""
        values = asdict(self)
        for name in TIMES:
            values[name] = None if values[name] is None else values[name].isoformat()
        values["changes"] = [when.isoformat() for when in self.changes]
        values["looks"] = list(self.looks)
        return values

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The standing that :meth:`as_json` wrote."""
        values = dict(document)
        for name in TIMES:
            values[name] = values[name] and datetime.fromisoformat(values[name])
        values["changes"] = tuple(map(datetime.fromisoformat, values["changes"]))
        values["looks"] = tuple(map(Level, values["looks"]))
        values["level"] = Level(values["level"])
        values["cause"] = values["cause"] and Cause(values["cause"])
        return cls(**values)
