"""Who needs a backup, and until when: told by the name of a file beside it.

The name alone tells it, so that whoever prunes needs neither the key nor a reading a pin.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from studioops.backups.model import STAMP, as_name

# No name that as_name makes has one.
END = "@"


@dataclass(frozen=True, slots=True)
class Pin:
    """One pin.

    Args:
        name: of its file in the vault.
        who: needs the backup.
        until: when it ends by itself; None for never.
    """

    name: str
    who: str
    until: datetime | None = None

    @classmethod
    def of(cls, name: str) -> Pin:
        """The pin that a file is; one with an end that is no moment never ends.

        Args:
            name: of the file in the vault.
        """
        quoted, _, end = name.rpartition("/")[2].partition(END)
        try:
            until = datetime.strptime(end, STAMP).replace(tzinfo=UTC)
        except ValueError:
            until = None
        return cls(name, unquote(quoted), until)

    @property
    def said(self) -> str:
        """Who, and until when."""
        return f"{self.who} until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else self.who

    def holds(self, now: datetime) -> bool:
        """Whether it still counts.

        Args:
            now: with its offset.
        """
        return self.until is None or now < self.until


def pin_name(who: str, until: datetime | None = None) -> str:
    """What a pin's file is called.

    Args:
        who: needs the backup.
        until: when it ends by itself, with its offset; None for never.
    """
    end = f"{END}{until.astimezone(UTC):{STAMP}}" if until else ""
    return f"{as_name(who)}{end}"
