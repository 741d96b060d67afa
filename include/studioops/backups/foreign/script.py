"""A SQL script taken apart as psql does: statements, rows of COPY, and psql's own commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from studioops.backups.foreign.lexer import Lexer

ROWS = re.compile(rb"\s*COPY\b.*\bFROM\s+STDIN\b", re.IGNORECASE | re.DOTALL)
ABOUT = re.compile(rb"^-- (?:Data for )?Name: (.*); Type: (.*); Schema: (.*); Owner: ?")
END = (b"-- PostgreSQL database dump complete", b"-- PostgreSQL database dump complete\r")
END_OF_ROWS = (b"\\.", b"\\.\r")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a script.

    Args:
        text: with its semicolon; comments in it too.
        line: that it begins in, from 1.
        words: its first words outside quotes and comments, in capitals.
        about: what pg_dump's comment above it says it makes, such as ``FK CONSTRAINT public t``.
    """

    text: bytes
    line: int
    words: tuple[str, ...]
    about: str

    @property
    def takes_rows(self) -> bool:
        """Whether rows follow it in the script."""
        return self.words[:1] == ("COPY",) and ROWS.match(self.text) is not None


@dataclass(frozen=True, slots=True)
class Command:
    """One of psql's own commands; nobody carries it out.

    Args:
        text: from its backslash to the line's end.
        line: that it stands in.
    """

    text: str
    line: int


@dataclass
class Script:
    """A script that is read once, from its start to its end.

    Args:
        pieces: its content.
        backslashes: whether a backslash escapes in plain quotes, asked anew for each.
        data: the tables whose rows are in it, whether they have any or not.
        tables: that it makes.
        ended: whether pg_dump's own last line was the last thing in it.
        cut: what it was in the middle of when it ended; empty for nothing.
    """

    pieces: Iterable[bytes] = field(repr=False)
    backslashes: Callable[[], bool] = field(default=lambda: False, repr=False)
    data: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    ended: bool = False
    cut: str = ""
    line: int = 0
    about: str = ""

    def __post_init__(self) -> None:
        self._batch: list[bytes] = []
        self._at = 0
        self._rows_follow = False
        self._source = self._batches()

    def parts(self) -> Iterator[Statement | Command]:
        """Its statements and commands, in their order.

        After a statement that takes rows, these are passed over unless :meth:`rows` is read.
        """
        lexer, text, first = Lexer(self.backslashes), [], 0
        while (line := self._next()) is not None:
            if lexer.idle and self._comment(line):
                continue
            start = 0
            for end, what in lexer.feed(line):
                if what == "command":
                    yield Command(line[end:].decode("utf-8", "replace").strip(), self.line)
                    line = line[:end]
                    break
                text.append(line[start:end])
                yield from self._statement(b"\n".join(text), first or self.line, lexer)
                text, first, start = [], 0, end
            if not lexer.idle:
                first = first or self.line
                text.append(line[start:])
            else:
                text, first = [], 0
        if not lexer.idle:
            self.cut = self.cut or "a statement"

    def rows(self) -> Iterator[bytes]:
        """The rows that follow a COPY, many at a time; the line that ends them is passed over."""
        self._rows_follow = False
        while self._more():
            found = self._batch[self._at :]
            places = [found.index(end) for end in END_OF_ROWS if end in found]
            length = min(places, default=len(found))
            if length:
                yield b"\n".join(found[:length]) + b"\n"
            self._at += length + bool(places)
            self.line += length + bool(places)
            if places:
                return
        self.cut = "rows"

    def _statement(self, text: bytes, line: int, lexer: Lexer) -> Iterator[Statement]:
        one = Statement(text, line, lexer.take_words(), self.about)
        self.ended, self._rows_follow = False, one.takes_rows
        yield one
        if self._rows_follow:
            for _ in self.rows():
                pass

    def _comment(self, line: bytes) -> bool:
        """Whether a line is a comment of pg_dump's, or blank; what it says is kept."""
        if line.startswith(b"--"):
            if line in END:
                self.ended = True
            elif found := ABOUT.match(line):
                name, kind, schema = (one.decode("utf-8", "replace") for one in found.groups())
                self.about = f"{kind} {schema}.{name}".replace("-.", "")
                if kind in ("TABLE", "TABLE DATA"):
                    (self.tables if kind == "TABLE" else self.data).add(f"{schema} {name}")
            return True
        return not line.strip()

    def _next(self) -> bytes | None:
        if not self._more():
            return None
        self.line += 1
        self._at += 1
        return self._batch[self._at - 1]

    def _more(self) -> bool:
        """Whether there is another line, fetched now."""
        if self._at == len(self._batch):
            self._batch, self._at = next(self._source, []), 0
        return bool(self._batch)

    def _batches(self) -> Iterator[list[bytes]]:
        rest: list[bytes] = []
        for number, piece in enumerate(self.pieces):
            lines = (piece.removeprefix(BOM) if number == 0 else piece).split(b"\n")
            if len(lines) > 1:
                lines[0] = b"".join([*rest, lines[0]])
                rest = [lines.pop()]
                yield lines
            else:
                rest.append(lines[0])
        if last := b"".join(rest):
            yield [last]
