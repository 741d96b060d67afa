"""What pg_restore's complaints mean, by the sentences that PostgreSQL uses for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

WORDS_WITHHELD = "an error whose words may carry row values; the server's log has them"
# These evaluate no rows, so whatever the server says of them speaks of definitions alone.
DEFINES = re.compile(
    r"SET|COMMENT|GRANT|REVOKE|SECURITY LABEL"
    r"|CREATE (?!UNIQUE INDEX|INDEX|MATERIALIZED|TABLE\b.*\bAS)"
    r"|ALTER (?!TABLE|MATERIALIZED|DOMAIN)"
    r"|ALTER TABLE [^;]* (OWNER TO|ENABLE|DISABLE|FORCE|SET)\b",
    re.DOTALL,
)


class Kind(StrEnum):
    """What went wrong."""

    FOREIGN_KEY_BROKEN = "foreign_key_broken"
    MISSING_ROLE = "missing_role"
    MISSING_EXTENSION = "missing_extension"
    PUBLIC_SCHEMA = "public_schema"
    PERMISSION_DENIED = "permission_denied"
    UNKNOWN_SETTING = "unknown_setting"
    SCHEMA_EXISTS = "schema_exists"
    ROWS_REFUSED = "rows_refused"
    DISK_FULL = "disk_full"
    CONNECTION_LOST = "connection_lost"
    WORKER_KILLED = "worker_killed"
    ARCHIVE_DAMAGED = "archive_damaged"
    UNREAD = "unread"
    OTHER = "other"


# In this order; what a sentence matches may be shown whole, since it quotes names alone.
SENTENCES: tuple[tuple[Kind, str], ...] = (
    (
        Kind.FOREIGN_KEY_BROKEN,
        r'insert or update on table "(?P<table>.*)" violates foreign key constraint "(?P<name>.*)"',
    ),
    (Kind.MISSING_ROLE, r'role "(?P<name>.*)" does not exist'),
    (Kind.MISSING_EXTENSION, r'extension "(?P<name>.*)" (is not available|does not exist)'),
    (Kind.MISSING_EXTENSION, r'extension "(?P<name>.*)" has no installation script.*'),
    (Kind.MISSING_EXTENSION, r'permission denied to create extension "(?P<name>.*)"'),
    # What is not available in newer words, up to PostgreSQL 14.
    (
        Kind.MISSING_EXTENSION,
        r'could not open extension control file ".*/(?P<name>[^/"]+)\.control".*',
    ),
    (Kind.PUBLIC_SCHEMA, r"must be owner of schema public"),
    (Kind.PERMISSION_DENIED, r"permission denied (for|to) .*"),
    (Kind.PERMISSION_DENIED, r'must be (able to SET ROLE|member of role) "(?P<name>.*)"'),
    (Kind.PERMISSION_DENIED, r"must be (owner of|superuser|a superuser) ?.*"),
    (Kind.UNKNOWN_SETTING, r'unrecognized configuration parameter "(?P<name>.*)"'),
    (Kind.SCHEMA_EXISTS, r'schema "(?P<name>.*)" already exists'),
    (Kind.DISK_FULL, r"could not (extend|write|create|open).*No space left on device.*"),
    (Kind.DISK_FULL, r"[^:]*No space left on device.*"),
    (Kind.ROWS_REFUSED, r'duplicate key value violates unique constraint "(?P<name>.*)"'),
    (Kind.ROWS_REFUSED, r'could not create unique index "(?P<name>.*)"'),
    (Kind.ROWS_REFUSED, r'new row for relation ".*" violates check constraint "(?P<name>.*)"'),
    (
        Kind.ROWS_REFUSED,
        r'check constraint "(?P<name>.*)" of relation ".*" is violated by .*',
    ),
    (Kind.ROWS_REFUSED, r'column "(?P<name>.*)" of relation ".*" contains null values'),
    (Kind.ROWS_REFUSED, r'null value in column "(?P<name>.*)" of relation ".*" violates .*'),
    (Kind.ROWS_REFUSED, r'no partition of relation ".*" found for row'),
    (Kind.ROWS_REFUSED, r'missing data for column "(?P<name>.*)"|extra data after last .*column'),
    (
        Kind.OTHER,
        r'(relation|table|function|type|schema|column|index|constraint) "?[^"]*"? .*exists?',
    ),
)
# The server goes on to quote a value after these.
BEGINNINGS: tuple[tuple[Kind, str], ...] = (
    (Kind.ROWS_REFUSED, r"invalid input syntax for type [a-z ]+"),
    (Kind.ROWS_REFUSED, r"invalid input value for enum [^:]+"),
    (Kind.ROWS_REFUSED, r"invalid byte sequence for encoding \"[^\"]*\""),
    (Kind.ROWS_REFUSED, r"value too long for type [a-z ]+\(\d+\)"),
    (Kind.OTHER, r"syntax error at or near|could not connect to server \"[^\"]*\""),
    (Kind.ROWS_REFUSED, r"conflicting key value violates exclusion constraint \"[^\"]*\""),
)
# The server says these itself; a foreign server's troubles are none of this connection's.
ENDING = re.compile(r"terminating connection|the database system is (shutting|starting|in rec)")
LOST = re.compile(
    r"server closed the connection|terminating connection|no connection to the server"
    r"|connection to server .* failed|could not connect|could not (send data|receive data)"
    r"|SSL connection has been closed|SSL SYSCALL"
    r"|database system is (shutting|starting|in recovery)|connection pointer is NULL"
    r"|lost synchronization"
)
DAMAGED = re.compile(
    r"could not read from input file|did not find magic string|could not uncompress|end of file"
    r"|input file (does not appear|appears to be|is too short)|unsupported version|corrupt"
    r"|could not open (input|TOC|large object TOC) ?file|could not find .* in archive"
    r"|unexpected (block|data|section)|bogus|invalid (dumpId|compression)|could not decompress"
    r"|could not find (block|header|file)|incomplete tar|could not open file|not a valid archive"
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a sentence of the server says.

    Args:
        kind: of trouble.
        text: the sentence, without anything that a row holds.
        name: of the constraint, role, extension or setting that it names, unquoted.
        table: the one that it names, without schema, unquoted.
    """

    kind: Kind
    text: str
    name: str = ""
    table: str = ""


def meaning_of(sentence: str, command: str = "") -> Meaning:
    """What the server's own sentence means, and what of it may be shown.

    Args:
        sentence: what follows ``ERROR:``, its first part.
        command: the statement that it was said of; empty where rows were copied.
    """
    for kind, pattern in SENTENCES:
        if found := re.fullmatch(pattern, sentence, re.DOTALL):
            words = found.groupdict()
            return Meaning(kind, sentence, words.get("name") or "", words.get("table") or "")
    for kind, pattern in BEGINNINGS:
        if found := re.match(pattern, sentence):
            return Meaning(kind, f"{found[0]} …")
    if ENDING.match(sentence):
        return Meaning(Kind.CONNECTION_LOST, sentence)
    return Meaning(Kind.OTHER, sentence if DEFINES.match(command) else WORDS_WITHHELD)


def meaning_of_own(sentence: str) -> Meaning:
    """What pg_restore says of itself, of the archive or of the connection."""
    # A worker repeats what the server said to it.
    if LOST.search(sentence):
        return Meaning(Kind.CONNECTION_LOST, sentence)
    if "No space left on device" in sentence:
        return Meaning(Kind.DISK_FULL, sentence)
    if "worker process died unexpectedly" in sentence:
        return Meaning(Kind.WORKER_KILLED, sentence)
    if DAMAGED.search(sentence):
        return Meaning(Kind.ARCHIVE_DAMAGED, sentence)
    return Meaning(Kind.OTHER, sentence)
