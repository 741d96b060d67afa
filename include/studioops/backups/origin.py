"""Which server and database something is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studioops.errors import StudioOpsError
from studioops.postgres import Database, fetch, load_sql


def origin_of(database: Database) -> dict[str, Any]:
    """What a server and a database are, as a manifest's ``server`` has it.

    Args:
        database: the target.

    Raises:
        DatabaseError: it can't be asked.
    """
    with database.transaction() as connection:
        return fetch(connection, load_sql(__package__, "origin"))[0]


def identity_of(origin: Mapping[str, Any]) -> dict[str, Any]:
    """Which database it is: on which server, and which one there, by what no name can claim.

    Args:
        origin: as :func:`origin_of` hands back, or a manifest's ``server``.
    """
    return {word: origin[word] for word in ("system", "oid", "database")}


def living_origin(database: Database) -> tuple[str, str]:
    """System identifier and name of a living target; empty texts where it can't be asked.

    Args:
        database: the target; closed at the end.
    """
    try:
        with database:
            found = origin_of(database)
    except StudioOpsError:
        # A drill is needed most when the target is away.
        return "", ""
    return str(found["system"]), str(found["database"])
