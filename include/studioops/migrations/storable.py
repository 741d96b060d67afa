"""Our own words in a database of any encoding."""

from __future__ import annotations

from typing import Any

import psycopg


def storable(session: psycopg.Connection[Any], text: str) -> str:
    """A text as a database can keep it, as far as the words are ours.

    Args:
        session: of the database.
        text: that it is to keep.
    """
    utf8 = session.info.parameter_status("server_encoding") == "UTF8"
    return text if utf8 else text.replace("→", "->")
