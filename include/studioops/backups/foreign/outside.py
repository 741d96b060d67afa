"""What a dump's script may not do to the server that it is only proven on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studioops.backups.foreign.script import Statement
from studioops.backups.seen import fault
from studioops.model import Finding

OF_SERVER = {"SYSTEM", "ROLE", "USER", "GROUP", "TABLESPACE", "DATABASE"}
# One that was brought to life here would read the original's publisher.
OF_OTHERS = ("SUBSCRIPTION",)
DEFINING = ("CREATE", "ALTER", "DROP")
# These change roles and databases, or keep the scratch database from being dropped.
ALONE = {("DROP", "OWNED"), ("REASSIGN", "OWNED"), ("PREPARE", "TRANSACTION")}
ON_SERVER = re.compile(
    r"^(GRANT|REVOKE|COMMENT|SECURITY LABEL) .*?\bON (TABLESPACE|PARAMETER|ROLE)\b"
)
ON_DATABASE = re.compile(r"^(GRANT|REVOKE|COMMENT|SECURITY LABEL) .*?\bON DATABASE\b")
CREATE_DATABASE = ("CREATE", "DATABASE")
NAMED = re.compile(
    rb'\bDATABASE\s+(?:IF\s+EXISTS\s+)?(?:"((?:[^"]|"")+)"|([^\s;]+))', re.IGNORECASE
)
CONNECT = re.compile(r"\\(?:c|connect)\b\s*(.*)")
RESTRICT = re.compile(r"\\(?:un)?restrict\b")
WHY_NOT = (
    "pg_dump writes nothing of the kind: somebody changed this script, or another tool made it"
)
REVIEW = "read the script at that line before anybody restores it with psql"


class Outside:
    """Decides what of a script is not carried out, and what of that is a fault.

    A dump made with --create names its own database; here it goes into another one, so what
    speaks of the database itself is left out.
    """

    def __init__(self) -> None:
        self._databases: set[str] = set()
        self._own = ""
        self._commands: list[tuple[int, str, str]] = []
        self._statements: list[tuple[int, str, str]] = []
        self.left_out: list[str] = []

    def keeps_out(self, one: Statement) -> bool:
        """Whether a statement reaches beyond the database, and so is not run."""
        words = one.words
        shown = " ".join(words[:3])
        if _of_database(words):
            name = _name(one.text)
            self._own = name if words[:2] == CREATE_DATABASE else self._own
            self._statements.append((one.line, shown, name))
            self.left_out.append(shown)
        elif words[:2] and words[1:2] == OF_OTHERS and words[0] in DEFINING:
            self.left_out.append(shown)
        elif _beyond(words):
            self._statements.append((one.line, shown, ""))
        elif words[:1] == ("COPY",) and not one.takes_rows:
            self._statements.append((one.line, "COPY with a file or a program", ""))
        else:
            return False
        return True

    def command(self, line: int, text: str) -> None:
        """Take one of psql's own commands in; none is carried out."""
        if RESTRICT.match(text):
            return
        connect = CONNECT.match(text)
        name = connect[1] if connect else ""
        self._commands.append((line, re.split(r"\s", text, maxsplit=1)[0], name))

    def findings(self, name: str) -> Iterator[Finding]:
        """What pg_dump would not have written.

        Args:
            name: the dump's.
        """
        for line, command, to in self._commands:
            if not (to and self._own and self._own in to):
                message = f"line {line} holds psql's command {command}, which was not carried out"
                yield fault("dump_command", name, message, WHY_NOT, REVIEW)
        for line, shown, database in self._statements:
            if not database or database != self._own:
                message = f"line {line} reaches beyond its database ({shown}) and was not run"
                yield fault("dump_reaches_out", name, message, WHY_NOT, REVIEW)


def _beyond(words: tuple[str, ...]) -> bool:
    if words[:1] == ("LOAD",) or words[:2] in ALONE:
        return True
    if words[:1] in (("GRANT",), ("REVOKE",)) and "ON" not in words:
        return True
    if ON_SERVER.match(" ".join(words)):
        return True
    # CREATE USER MAPPING belongs to a database.
    made = words[1:2] and words[0] in DEFINING and words[1] in OF_SERVER
    return bool(made) and words[2:3] != ("MAPPING",)


def _of_database(words: tuple[str, ...]) -> bool:
    if words[1:2] == ("DATABASE",) and words[0] in DEFINING:
        return True
    return ON_DATABASE.match(" ".join(words)) is not None


def _name(text: bytes) -> str:
    found = NAMED.search(text)
    if found is None:
        return ""
    return (found[1] or found[2]).decode("utf-8", "replace").replace('""', '"')
