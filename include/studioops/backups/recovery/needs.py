"""What a backup's manifest asks of the server that it is restored on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from studioops.backups.model import Manifest
from studioops.backups.recovery.marks import read_comment
from studioops.backups.recovery.properties import Grant, Properties, Setting, list_entries

PUBLIC_OWNED_SINCE = 15
# Its meaning moves with the database, so that it is nobody to be a member of.
DATABASE_OWNER = "pg_database_owner"
FIRST_ROLE = re.compile(r'^(?:"((?:[^"]|"")*)"|(\S+)) ')
GRANT_OPTION = " WITH GRANT OPTION"
HASHED = "hash "
DEFAULTS = ("owner", "comment", "connection limit", "privileges")


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be there before a backup is restored.

    Args:
        roles: that own something in it.
        named: that are granted something.
        extensions: that it uses.
        public_changed: what of schema public is not as in a new database; empty where all is.
        size: bytes of its files, compressed.
    """

    roles: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()
    public_changed: str = ""
    size: int = 0


def needs_of(manifest: Manifest) -> Needs:
    """What a backup needs.

    Args:
        manifest: of the backup.
    """
    definitions = manifest.definitions
    return Needs(
        frozenset(_owners(manifest)) - {DATABASE_OWNER},
        frozenset(unquoted(one) for one in definitions.get("role", {})),
        frozenset(unquoted(one) for one in definitions.get("extension", {})),
        _public_changed(manifest),
        manifest.size,
    )


def properties_of(manifest: Manifest) -> Properties:
    """What hung on the database, for a target that is gone and can't be asked.

    Args:
        manifest: of the backup.
    """
    told = manifest.definitions.get("database setting", {})
    owner = unquoted(str(told.get("owner") or manifest.server["owner"]))
    grants = tuple(_grants(told["privileges"])) if "privileges" in told else _usual(owner)
    return Properties(
        owner,
        int(told.get("connection limit", -1)),
        grants=grants,
        settings=tuple(_settings(manifest)),
    )


def hidden_settings(manifest: Manifest) -> list[str]:
    """Settings whose value a manifest keeps as a hash alone, since it may be a secret.

    Args:
        manifest: of the backup.
    """
    told = manifest.definitions.get("database setting", {})
    return [name for name, text in told.items() if text.startswith(HASHED)]


def comment_of(manifest: Manifest) -> str | None:
    """The database's comment, without what an earlier recovery wrote in it.

    Args:
        manifest: of the backup.
    """
    told = manifest.definitions.get("database setting", {})
    return read_comment(told.get("comment"))[0]


def unquoted(name: str) -> str:
    """A name without the quotes that quote_ident gave it."""
    return list_entries(name)[0] if name.startswith('"') else name


def _owners(manifest: Manifest) -> Iterator[str]:
    for kind, texts in manifest.definitions.items():
        for name, text in texts.items():
            if kind == "default privilege" and (found := FIRST_ROLE.match(name)):
                yield unquoted(found.group().strip())
            elif kind == "schema" and name != "public":
                yield unquoted(text.removeprefix("owner "))
            elif kind != "schema" and text.startswith("{"):
                owner = json.loads(text).get("owner") if _is_object(text) else None
                if isinstance(owner, str):
                    yield unquoted(owner)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _public_changed(manifest: Manifest) -> str:
    """What a dump has to change of it, since a new database has it otherwise."""
    old = int(manifest.server.get("major") or 0) < PUBLIC_OWNED_SINCE
    text = manifest.definitions.get("schema", {}).get("public")
    if text is None:
        return ""
    owner = text.removeprefix("owner ")
    usual = _is_superuser(manifest, owner) if old else owner == DATABASE_OWNER
    if not usual:
        return f"the owner {unquoted(owner)}"
    words = [f"{owner}: CREATE", f"{owner}: USAGE", "PUBLIC: USAGE"]
    usual_grants = {*words, "PUBLIC: CREATE"} if old else {*words}
    said = manifest.definitions.get("privilege", {}).get("schema public")
    changed = said is not None and set(said.split("\n")) != usual_grants
    return "privileges of its own" if changed else ""


def _is_superuser(manifest: Manifest, role: str) -> bool:
    text = manifest.definitions.get("role", {}).get(role, "")
    # Who made the cluster may be named nowhere else in the database.
    return not text or (_is_object(text) and bool(json.loads(text).get("superuser")))


def _grants(text: str) -> Iterator[Grant]:
    for line in text.split("\n"):
        role, _, privilege = line.rpartition(": ")
        word = privilege.removesuffix(GRANT_OPTION)
        everybody = role == "PUBLIC"
        yield Grant(None if everybody else unquoted(role), word, word != privilege)


def _usual(owner: str) -> tuple[Grant, ...]:
    words = (
        (None, "CONNECT"),
        (None, "TEMPORARY"),
        (owner, "CONNECT"),
        (owner, "CREATE"),
        (owner, "TEMPORARY"),
    )
    return tuple(Grant(role, word, grantable=False) for role, word in words)


def _settings(manifest: Manifest) -> Iterator[Setting]:
    for name, text in manifest.definitions.get("database setting", {}).items():
        if name in DEFAULTS or text.startswith(HASHED):
            continue
        role, _, parameter = name.rpartition(" ")
        yield Setting(unquoted(role) if role else None, parameter, text)
