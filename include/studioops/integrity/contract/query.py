"""A query as a contract writes it: one statement that reads."""

from __future__ import annotations

import re

# What may hold any text: nothing inside of it is SQL.
QUOTED = re.compile(
    r"""--[^\n]*|/\*.*?\*/|[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$).*?\1""",
    re.DOTALL,
)
READS = ("SELECT", "WITH", "VALUES", "TABLE")


def read_only_query(text: str) -> str:
    """The query without the semicolon at its end.

    The server has the last word: it runs as a subquery in a read-only transaction.

    Args:
        text: one SELECT, WITH, VALUES or TABLE.

    Raises:
        ValueError: it is something else, or more than one statement.
    """
    bare = QUOTED.sub(lambda found: " " if found[0][0] in "-/" else "x", text)
    statements = [one for one in bare.split(";") if one.strip()]
    if not statements:
        raise ValueError("there is no query in it")
    if len(statements) > 1:
        raise ValueError("takes one statement, and there are more")
    first = re.search(r"\w+", statements[0])
    if first is None or first[0].upper() not in READS:
        raise ValueError(f"takes a query that reads: one of {', '.join(READS)}")
    # Behind the last statement there are at most semicolons, spaces and comments.
    return _cut(text)


def _cut(text: str) -> str:
    """Up to the first semicolon that ends a statement."""
    at = 0
    while at < len(text):
        found = QUOTED.match(text, at)
        if found is None and text[at] == ";":
            return text[:at].strip()
        at = found.end() if found else at + 1
    return text.strip()
