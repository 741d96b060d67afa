"""Since when each credential is the same; what is kept of one is a keyed fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func
from sqlalchemy.dialects.postgresql import insert as upsert

from studioops.ledger.tables import CredentialAgeRow


def see_credentials(
    connection: Connection, fingerprints: Mapping[str, str], at: datetime
) -> dict[str, datetime]:
    """Note which credentials are in use.

    Args:
        connection: in a READ COMMITTED transaction.
        fingerprints: by the credentials' names.
        at: when, with its offset; two workers may come in any order.

    Returns:
        by name since when that very one is known. One that was in use before is as old as it was.
    """
    rows = [
        {"name": name, "fingerprint": one, "first_seen": at, "last_seen": at}
        for name, one in sorted(fingerprints.items())
    ]
    if not rows:
        return {}
    statement = upsert(CredentialAgeRow).values(rows)
    row, new = CredentialAgeRow, statement.excluded
    seen = {
        "first_seen": func.least(row.first_seen, new.first_seen),
        "last_seen": func.greatest(row.last_seen, new.last_seen),
    }
    noted = statement.on_conflict_do_update(index_elements=["name", "fingerprint"], set_=seen)
    found = connection.execute(noted.returning(row.name, row.first_seen))
    return {one.name: one.first_seen for one in found}
