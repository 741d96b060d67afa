"""Where a statement of SQL ends: psql's own rules for quotes, comments and bodies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

WORDS_KEPT = 40
TOKEN = re.compile(
    rb"--|/\*|'|\"|\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$|[();\\]"
    rb"|[A-Za-z_\x80-\xff][\w$\x80-\xff]*"
)
NESTED = re.compile(rb"/\*|\*/")
ESCAPED = re.compile(rb"\\(?:.|$)|''|'", re.DOTALL)
ROUTINE = re.compile(r"CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)\b")


class Lexer:
    """Reads a script line by line and tells where statements end.

    A body that begins with BEGIN ATOMIC holds semicolons that end nothing; psql counts its BEGIN,
    CASE and END words, and so do we.

    Args:
        backslashes: whether a backslash escapes in plain quotes, at this moment; the server knows.
    """

    def __init__(self, backslashes: Callable[[], bool]) -> None:
        self._backslashes = backslashes
        self._quote = b""
        self._comments = self._parens = self._blocks = 0
        self._words: list[str] = []
        self._any = False

    @property
    def idle(self) -> bool:
        """Whether nothing of a statement or a comment has been seen yet."""
        return not (self._any or self._quote or self._comments)

    def take_words(self) -> tuple[str, ...]:
        """The words of the statement that ended, and forget it."""
        words = tuple(self._words)
        self._words, self._any, self._parens, self._blocks = [], False, 0, 0
        return words

    def feed(self, line: bytes) -> Iterator[tuple[int, str]]:
        """What ends in a line.

        Args:
            line: without its line break.

        Returns:
            for each statement that ends the place behind its semicolon, and ``end``; for a command
            of psql the place of its backslash, and ``command``, after which the line is over.
        """
        place = 0
        while place < len(line):
            if self._comments or self._quote:
                place = self._inside(line, place)
                continue
            found = TOKEN.search(line, place)
            if line[place : found.start() if found else len(line)].strip():
                self._any = True
            if found is None or found[0] == b"--":
                return
            place = found.end()
            if found[0] == b"\\":
                yield found.start(), "command"
                return
            if self._token(found[0], line[place : place + 1]):
                yield place, "end"

    def _token(self, token: bytes, after: bytes) -> bool:
        """Take one token in; whether it ends the statement."""
        if token == b"/*":
            self._comments = 1
            return False
        if token == b";":
            # psql sends nothing for an empty one.
            self._any = True
            return not self._parens and not self._blocks
        self._any = True
        if token in (b"'", b'"') or token.startswith(b"$"):
            self._quote = b"\\" if token == b"'" and self._backslashes() else token
        elif token in (b"(", b")"):
            self._parens = max(0, self._parens + (1 if token == b"(" else -1))
        else:
            self._word(token.decode("utf-8", "replace").upper())
            if after == b"'" and token in (b"E", b"e"):
                self._quote = b"E"
        return False

    def _word(self, word: str) -> None:
        if len(self._words) < WORDS_KEPT:
            self._words.append(word)
        if word not in ("BEGIN", "CASE", "END") or self._parens:
            return
        if not ROUTINE.match(" ".join(self._words[:4])):
            return
        if word == "BEGIN" or (word == "CASE" and self._blocks):
            self._blocks += 1
        elif word == "END":
            self._blocks = max(0, self._blocks - 1)

    def _inside(self, line: bytes, place: int) -> int:
        """Go on within a comment or quotes; the place behind it, or the line's end."""
        if self._comments:
            return self._commented(line, place)
        if self._quote == b"E":
            # The quote itself comes next.
            self._quote = b"\\"
            return place + 1
        if self._quote == b"\\":
            return self._escaped(line, place)
        end = line.find(self._quote, place)
        if end < 0:
            return len(line)
        end += len(self._quote)
        self._quote = b""
        return end

    def _commented(self, line: bytes, place: int) -> int:
        for found in NESTED.finditer(line, place):
            self._comments += 1 if found[0] == b"/*" else -1
            if not self._comments:
                return found.end()
        return len(line)

    def _escaped(self, line: bytes, place: int) -> int:
        for found in ESCAPED.finditer(line, place):
            if found[0] == b"'":
                self._quote = b""
                return found.end()
        return len(line)
