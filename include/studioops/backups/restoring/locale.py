"""Giving a new database the encoding and locale of the one that was backed up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from studioops.errors import DatabaseError

PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin", "d": "libc"}
# The first major version that has each provider for a whole database.
SINCE = {"libc": 13, "icu": 15, "builtin": 17}
NAMED_PROVIDER = 15
ICU_RULES = 16


class NoSuchLocale(DatabaseError):
    """The server can't make a database with the encoding or locale of the original."""

    code = "no_such_locale"


def create_statement(name: str, like: Mapping[str, Any], major: int) -> Composed:
    """CREATE DATABASE from the server's untouched template.

    Args:
        name: of the new database.
        like: the manifest's ``server``; what is absent is the server's own.
        major: of the server's version.

    Raises:
        NoSuchLocale: the server is older than the locale's provider.
    """
    options = [SQL("{} = {}").format(SQL(word), value) for word, value in _options(like, major)]
    return SQL(" ").join(
        [SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)), *options]
    )


def no_such_locale(like: Mapping[str, Any], said: str, where: str) -> NoSuchLocale:
    """What to say where the server refuses.

    Args:
        like: what was asked of it.
        said: its own words.
        where: the server.
    """
    return NoSuchLocale(
        f"{where}: no database can be made there with {_named(like)}: {said}",
        "install that locale on the server (`locale -a` lists those it has) and restart it, "
        "or name another server for drills in STUDIOOPS_TARGETS__NAME__DRILL",
    )


def _options(like: Mapping[str, Any], major: int) -> list[tuple[str, Composable]]:
    provider = PROVIDERS.get(str(like.get("provider") or "c"), "libc")
    if major < SINCE[provider]:
        raise no_such_locale(
            like, f"PostgreSQL {major} has no locale provider {provider}", "the server"
        )
    found = [
        ("ENCODING", like.get("encoding")),
        ("LC_COLLATE", like.get("collate")),
        ("LC_CTYPE", like.get("ctype")),
    ]
    if provider == "icu":
        found.append(("ICU_LOCALE", like.get("icu_locale")))
        found.append(("ICU_RULES", like.get("icu_rules") if major >= ICU_RULES else None))
    elif provider == "builtin":
        found.append(("BUILTIN_LOCALE", like.get("icu_locale")))
    options: list[tuple[str, Composable]] = [
        (word, Literal(str(value))) for word, value in found if value
    ]
    if like.get("provider") and major >= NAMED_PROVIDER:
        options.append(("LOCALE_PROVIDER", SQL(provider)))
    return options


def _named(like: Mapping[str, Any]) -> str:
    words = ("encoding", "collate", "ctype", "icu_locale")
    return ", ".join(f"{word} {like[word]}" for word in words if like.get(word)) or "its own locale"
