"""Reading every definition: one statement a kind."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sqlalchemy import Connection

from studioops.postgres.definitions import kinds
from studioops.postgres.definitions.spelling import settled
from studioops.postgres.fingerprint.statement import pin
from studioops.postgres.sql import fetch, load_sql


def read_definitions(connection: Connection) -> dict[str, dict[str, str]]:
    """All that a database holds but its rows: each text says what a restore could lose.

    No text holds a password. What belongs to an extension is left out, since the extension makes
    it; its privileges are there where somebody changed them.

    Args:
        connection: in a transaction.

    Returns:
        texts by kind (such as ``foreign server``) and name; every kind is there.

    Raises:
        psycopg.Error: as the driver raises it; ``Database.transaction`` puts it in our words.
    """
    # Also the text of a default or of a partition's bound depends on the session.
    pin(connection)
    return {kind.replace("_", " "): _of(connection, kind) for kind in _kinds()}


@cache
def _kinds() -> tuple[str, ...]:
    entries = (one.name for one in files(kinds).iterdir())
    return tuple(sorted(name.removesuffix(".sql") for name in entries if name.endswith(".sql")))


def _of(connection: Connection, kind: str) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for row in fetch(connection, load_sql(kinds.__name__, kind)):
        texts.setdefault(str(row["name"]), []).append(settled(str(row["definition"])))
    return {name: "\n".join(sorted(texts[name])) for name in sorted(texts)}
