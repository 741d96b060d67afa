"""Whether a plan may be applied: the gates, asked when nobody else can migrate the target."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from studioops.backups.origin import identity_of, origin_of
from studioops.errors import LedgerUnavailable, Refused, UsageError, one_line
from studioops.ledger import Ledger
from studioops.ledger.gates import BACKUP, REHEARSAL, Gate, backup_gate, closed, rehearsal_gate
from studioops.migrations.plan import Plan
from studioops.migrations.state import fingerprint_of
from studioops.postgres import Database
from studioops.settings import Environment, Settings

NO_LEDGER = "there is no ledger, so there is no evidence"
NAME_LEDGER = "set LEDGER_URL, then prove a backup and rehearse the plan"

# Control characters, and halves of characters.
UNPRINTABLE = ("Cc", "Cs")


@dataclass(frozen=True)
class Admission:
    """Opens, or does not.

    Args:
        plan: what is to be applied.
        origin: what the target is, as :func:`studioops.backups.origin.identity_of` has it.
        ledger: where the evidence is; None without one.
        backup_age_s: seconds that the proven backup's data may be old.
        rehearsal_age_s: seconds that the rehearsal may be old.
        waived: why nobody waits for the gates; empty where somebody does.
        production: where no gate is waived.
    """

    plan: Plan
    origin: Mapping[str, Any]
    ledger: Ledger | None = field(repr=False)
    backup_age_s: float
    rehearsal_age_s: float
    waived: str = ""
    production: bool = True

    @classmethod
    def of(
        cls,
        settings: Settings,
        plan: Plan,
        database: Database,
        ledger: Ledger | None,
        *,
        waived: str = "",
    ) -> Self:
        """As the settings ask for it.

        Args:
            settings: as they stand.
            plan: what is to be applied.
            database: the target, read-only.
            ledger: where the evidence is; None without one.
            waived: why nobody waits for the gates; empty where somebody does.

        Raises:
            UsageError: that is no reason that can be read.
            DatabaseError: the target can't be asked what it is.
        """
        reason = read_reason(waived) if waived else ""
        return cls(
            plan,
            identity_of(origin_of(database)),
            ledger,
            backup_age_s=settings.gate_backup_age,
            rehearsal_age_s=settings.gate_rehearsal_age,
            waived=reason,
            production=settings.environment is Environment.PRODUCTION,
        )

    def __call__(self, before: Mapping[str, str]) -> dict[str, Any]:
        """What the journal keeps of why the plan may be applied.

        Args:
            before: the digest of each definition of the target.

        Raises:
            Refused: a gate is closed, or would be waived in production.
        """
        if self.waived and self.production:
            raise Refused(
                "no gate is waived in production", "prove a backup and rehearse the plan instead"
            )
        gates = tuple(self.gates(before))
        shut = next((one for one in gates if not one.open), None)
        if shut is not None and not self.waived:
            waive = "" if self.production else "; outside production --waive REASON opens it"
            raise Refused(
                f"the gate {shut.name!r} is closed: {shut.words}", f"{shut.next_step}{waive}"
            )
        waived = {"waived": self.waived} if self.waived else {}
        return {"gates": [one.as_json() for one in gates], **waived}

    def gates(self, before: Mapping[str, str]) -> Iterator[Gate]:
        """Both gates as they stand.

        Args:
            before: the digest of each definition of the target.
        """
        if self.ledger is None:
            yield from (closed(one, NO_LEDGER, NAME_LEDGER) for one in (BACKUP, REHEARSAL))
            return
        now = datetime.now(UTC)
        try:
            drills = self.ledger.proofs("drill", self.origin)
            rehearsals = self.ledger.proofs("rehearsal", self.origin)
        except LedgerUnavailable as error:
            for one in (BACKUP, REHEARSAL):
                yield closed(one, error.message, error.next_step)
            return
        yield backup_gate(drills, now=now, age_s=self.backup_age_s)
        yield rehearsal_gate(
            rehearsals,
            plan=self.plan.hash,
            schema=fingerprint_of(before),
            now=now,
            age_s=self.rehearsal_age_s,
        )


def read_reason(waived: str) -> str:
    """What the journal keeps, and every status prints: one line that a terminal can show.

    Args:
        waived: why nobody waits for the gates, as somebody has written it.

    Raises:
        UsageError: it says nothing, or can't be shown.
    """
    reason = one_line(waived)
    if not reason or any(unicodedata.category(one) in UNPRINTABLE for one in reason):
        raise UsageError(
            "the gates are waived for no reason that can be read",
            "say why, in words that a terminal can show: --waive REASON",
        )
    return reason
