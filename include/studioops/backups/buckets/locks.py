"""How long the contents of copied objects are locked.

A content that an earlier backup brought is named again by later ones, and each of them needs it
locked until its own end. So that this does not cost a request an object each night, contents are
locked for longer than their backup needs, each by a chance of its own; a copy's list tells until
when, and only those that end too early are locked anew.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from studioops.objectstore.vault import Vault

# Periods of the settings on top, at least and at most.
LONGER = (1.0, 4.0)
SHORTEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Locks:
    """The locks of one copy.

    Args:
        needed: what is named by the copy must be locked until then, with its offset.
        period: for how long that is.
    """

    needed: datetime
    period: timedelta

    @classmethod
    def of(cls, vault: Vault) -> Locks | None:
        """Of what is copied now; None where nothing is locked.

        Raises:
            ObjectStoreError: nobody can tell whether the bucket locks.
        """
        needed = vault.locks_until
        if needed is None:
            return None
        return cls(needed, max(needed - datetime.now(UTC), SHORTEST))

    def new_end(self) -> datetime:
        """When one content's lock shall end: another moment for each, in whole seconds."""
        periods = random.SystemRandom().uniform(*LONGER)
        return (self.needed + periods * self.period).replace(microsecond=0)
