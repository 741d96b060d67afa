"""Tables that answer with rows that a policy should hide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from studioops.backups.seen import Seen, fault
from studioops.backups.sound.copied import Copy
from studioops.backups.sound.original import row_security_before
from studioops.model import Finding, Severity
from studioops.postgres import load_sql


def row_security(copy: Copy) -> Seen:
    """Whether row security is on wherever there are policies, and their roles are there."""
    rows = copy.rows(load_sql(__package__, "row_security"))
    if not rows:
        return Seen.not_applicable("row security", "no table has a policy")
    return Seen.together(
        Seen.of(f"row security {row['name']}", tuple(_faults(copy, row))) for row in rows
    )


def _faults(copy: Copy, row: dict[str, Any]) -> Iterator[Finding]:
    if row["without_role"]:
        yield fault(
            "policy_without_role",
            row["name"],
            f"roles of {row['without_role']} are not there",
            "the policy shows its rows to nobody",
            f"DROP POLICY … ON {row['name']}, then make it again for the roles that are meant",
        )
    if not row["enabled"]:
        yield _off(row, row_security_before(copy.manifest, row["name"]))


def _off(row: dict[str, Any], before: bool | None) -> Finding:
    """Whether the original had it on is what makes it a fault of the copy."""
    told = {None: "", False: ", as in the original", True: ", and it was on in the original"}
    return Finding(
        "row_security_off",
        row["name"],
        Severity.ERROR if before else Severity.WARNING,
        f"row security is off and the table has {row['policies']} policies{told[before]}",
        "every role that may read the table sees the rows that the policies hide",
        f"ALTER TABLE {row['name']} ENABLE ROW LEVEL SECURITY;",
    )
