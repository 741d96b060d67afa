"""Reading what pg_restore says: every record is accounted for, and no row value leaves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from studioops.backups.restoring.kinds import LOST, Kind, Meaning, meaning_of, meaning_of_own
from studioops.errors import one_line

KEPT = 200
COMMAND_CHARACTERS = 600
NAME = r'(?:"(?:[^"]|"")+"|[^\s".]+)'
RECORD = re.compile(
    r"pg_restore: (?:\[[^\]]*\] )?(?:(?P<level>error|warning|detail|hint): )?(?P<body>.*)",
    re.DOTALL,
)
SERVER = re.compile(
    r"(?:(?P<what>[^\n]*?): )?(?P<level>ERROR|FATAL|PANIC|WARNING|NOTICE|INFO):  (?P<rest>.*)",
    re.DOTALL,
)
SECTION = re.compile(r"\n(?:DETAIL|HINT|CONTEXT|QUERY|STATEMENT|LINE \d+|Command was|LOCATION): ")
COMMAND = "\nCommand was: "
ALTERED = re.compile(rf"ALTER TABLE (?:ONLY )?(?P<table>{NAME}(?:\.{NAME})?)")
ADDED_KEY = re.compile(rf"ADD CONSTRAINT {NAME} (?P<definition>FOREIGN KEY .*)", re.DOTALL)
INSERTED = re.compile(rf"INSERT INTO {NAME}(?:\.{NAME})?")
# Names in double quotes are passed over, so that an apostrophe in one opens no literal.
LITERAL = re.compile(
    r"""(?P<name>"(?:[^"]|"")*")|\$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z)|'(?:[^']|'')*(?:'|\Z)""",
    re.DOTALL,
)
NAMING = re.compile(r"(creating|processing|launching|finished|skipping|executing|dropping) ")
IGNORED = re.compile(r"errors ignored on restore: (\d+)")
# pg_restore says these before it restores anything; a server that is older does not know them.
NEWER_SETTINGS = {"transaction_timeout"}


class Level(StrEnum):
    """How bad a message is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that pg_restore said.

    Args:
        level: how bad it is; what is known to do no harm is a warning.
        kind: of trouble.
        text: the sentence, without anything that a row holds.
        detail: the columns that a broken key spans; never their values.
        command: the statement, its literals left out.
        entry: of the archive's table of contents, such as ``3345; 2606 16398 FK CONSTRAINT …``.
        table: the one that was altered, as ``schema.table``, quoted as in SQL.
        name: of the constraint, role, extension or setting, unquoted.
        definition: of a foreign key that could not be added, as ``pg_get_constraintdef`` says it;
            empty where the statement came cut off.
    """

    level: Level
    kind: Kind
    text: str
    detail: str = ""
    command: str = ""
    entry: str = ""
    table: str = ""
    name: str = ""
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Messages:
    """All that was said.

    Args:
        kept: the first of the errors and warnings, in their order.
        errors: how many errors there were of each kind, those not kept included.
        warnings: the same of warnings.
        ended: whether pg_restore came to the archive's end.
        ignored: how many errors pg_restore itself counts; more than there are where several
            workers each count anew.
    """

    kept: tuple[Message, ...] = ()
    errors: Mapping[Kind, int] = field(default_factory=dict)
    warnings: Mapping[Kind, int] = field(default_factory=dict)
    ended: bool = False
    ignored: int = 0

    def of(self, kind: Kind) -> tuple[Message, ...]:
        """Those of a kind that were kept."""
        return tuple(one for one in self.kept if one.kind is kind)

    def has(self, kind: Kind) -> bool:
        """Whether any was of that kind, as error or as warning."""
        return bool(self.errors.get(kind) or self.warnings.get(kind))

    @property
    def not_kept(self) -> int:
        """How many there were beyond those that are kept."""
        return sum(self.errors.values()) + sum(self.warnings.values()) - len(self.kept)


class Reader:
    """Takes records in, keeps the first messages and counts the rest.

    Args:
        kept: how many messages are kept.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._limit = kept
        self._kept: list[Message] = []
        self._counts = {Level.ERROR: Counter[Kind](), Level.WARNING: Counter[Kind]()}
        self._entries: dict[int, str] = {}
        self._ignored: int | None = None

    def read(self, record: str, writer: int = 0) -> str:
        """Take one record in.

        Args:
            record: what was said at once, in one or more lines.
            writer: which of pg_restore's processes said it.

        Returns:
            what it is doing now, where it says so; else an empty text.
        """
        found = RECORD.fullmatch(record.rstrip())
        if found is None:
            self._take(unread())
            return ""
        level, body = found["level"], found["body"]
        if level is None:
            return self._hear(body, writer)
        if ended := IGNORED.fullmatch(body):
            self._ignored = int(ended[1])
        elif level in ("error", "warning"):
            self._take(parse(Level(level), body, self._entries.pop(writer, "")))
        return ""

    def messages(self, exit_code: int) -> Messages:
        """All that was said until the program ended."""
        said, ended = self._ignored or 0, exit_code == 0 or self._ignored is not None
        if (said and not self._kept) or not (ended or self._counts[Level.ERROR]):
            text = f"pg_restore ended with exit code {exit_code} and did not say why"
            self._take(Message(Level.ERROR, Kind.UNREAD, text))
        return Messages(
            tuple(self._kept),
            dict(self._counts[Level.ERROR]),
            dict(self._counts[Level.WARNING]),
            ended=ended,
            ignored=said,
        )

    def _hear(self, body: str, writer: int) -> str:
        """What it says with --verbose: which entry comes next, or a word of the server's."""
        said, _, more = body.partition("\n")
        if said.startswith("from TOC entry "):
            self._entries[writer] = one_line(said.removeprefix("from TOC entry "))
            return ""
        server = SERVER.fullmatch(body)
        if server is not None and server["what"] is None:
            if server["level"] == "WARNING":
                self._take(parse(Level.WARNING, body, ""))
            return ""
        # A name may have several lines. Whatever else ends a process shows in its exit code.
        if more.strip() and not NAMING.match(said):
            self._take(unread())
        return one_line(said)

    def _take(self, message: Message) -> None:
        self._counts[message.level][message.kind] += 1
        if len(self._kept) < self._limit:
            self._kept.append(message)


def unread() -> Message:
    """What stands for a record that is none of pg_restore's."""
    return Message(
        Level.ERROR, Kind.UNREAD, "pg_restore said something that is none of its known messages"
    )


def parse(level: Level, body: str, entry: str) -> Message:
    """The message behind a record.

    Args:
        level: as pg_restore gives it.
        body: what follows.
        entry: that it was working on; empty where it did not say.
    """
    # The last one: a row's value in the detail could hold the same words.
    above, _, command = body.rpartition(COMMAND) if COMMAND in body else (body, "", "")
    # pg_dump begins some statements with an empty line.
    command = command.lstrip()
    server = SERVER.fullmatch(above)
    if server is None or LOST.search(server["what"] or ""):
        meaning = meaning_of_own(SECTION.split(above)[0])
    else:
        meaning = meaning_of(SECTION.split(server["rest"])[0].strip(), command)
    altered = ALTERED.match(command)
    return Message(
        _level(level, meaning, command),
        meaning.kind,
        _text(server["what"] if server else None, meaning),
        _detail(above),
        _plain(command),
        entry,
        altered["table"] if altered else meaning.table,
        meaning.name,
        _definition(command) if meaning.kind is Kind.FOREIGN_KEY_BROKEN else "",
    )


def _definition(command: str) -> str:
    found = ADDED_KEY.search(command.rstrip().removesuffix(";"))
    return found["definition"] if found and not command.rstrip().endswith("...") else ""


def _level(level: Level, meaning: Meaning, command: str) -> Level:
    """What is known to take nothing from the copy is no error."""
    harmless = (
        (
            meaning.kind is Kind.UNKNOWN_SETTING
            and meaning.name in NEWER_SETTINGS
            and command.startswith("SET ")
        )
        or (meaning.kind is Kind.SCHEMA_EXISTS and meaning.name == "public")
        or (meaning.kind is Kind.PUBLIC_SCHEMA and command.startswith("COMMENT "))
    )
    return Level.WARNING if harmless else level


def _text(what: str | None, meaning: Meaning) -> str:
    # "could not execute query" says nothing that the command does not say.
    told = what is not None and what != "could not execute query"
    return one_line(f"{what}: {meaning.text}" if told else meaning.text)


def _detail(above: str) -> str:
    """The columns of a key, as in ``Key (a, b)``."""
    found = re.search(r"\nDETAIL:  (Key \(.*?\))=\(", above)
    return found[1] if found else ""


def _plain(command: str) -> str:
    """A statement without its literals: rows, passwords of user mappings, bodies."""
    inserted = INSERTED.match(command)
    if inserted:
        return f"{inserted[0]} …"
    plain = LITERAL.sub(lambda found: found["name"] or "'…'", command)
    return one_line(plain)[:COMMAND_CHARACTERS]
