"""What a check is: a question to a target, and how an answer becomes a finding."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg.sql import SQL

from studioops.model import Finding, Severity
from studioops.postgres import load_sql

Row = Mapping[str, Any]
OLDEST_SERVER = 130000
SHARED = f"{__package__}.shared"
INCLUDE = re.compile(r"^-- include (\w+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    """One fault that a check's row tells of.

    Args:
        object: what it was found in, schema-qualified, quoted as SQL needs it.
        message: what is wrong, one line.
        repair: a script for psql that mends it, a statement a line; what a person has to decide
            or to do elsewhere stands in lines that begin with ``--``.
        severity: where it depends on how bad it is; else the check's own.
    """

    object: str
    message: str
    repair: str
    severity: Severity | None = None


@dataclass(frozen=True, kw_only=True)
class Check:
    """One question put to a target.

    Args:
        module: ``__name__`` of the file that declares it: names the check and its group.
        question: what is asked, such as ``Is any index there twice?``
        severity: of its findings.
        why: why a finding matters, one line.
    """

    module: str
    question: str
    severity: Severity
    why: str

    @property
    def name(self) -> str:
        """The check's name, which is its file's."""
        return self.module.rpartition(".")[2]

    @property
    def group(self) -> str:
        """The room of the catalogue that it lies in."""
        return self.module.rsplit(".", 2)[1]


@dataclass(frozen=True, kw_only=True)
class SqlCheck(Check):
    """A check that one statement answers; each row is a fault.

    The statement lies beside the check's file. A row whose column ``unseen`` is not NULL is no
    fault: it says why something could not be looked at, and makes the check ``not_checked``.

    Args:
        explain: from a row to what is told of it.
        parameters: bound in the statement, such as the share from which on bloat is told of.
        since: the oldest server it applies to, as in ``server_version_num``.
        gather: from the statement's rows to the faults among them, where SQL alone would take too
            long to tell; else each row is one.
    """

    explain: Callable[[Row], Found]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    since: int = OLDEST_SERVER
    gather: Callable[[Sequence[Row]], Iterable[Row]] = iter

    @property
    def statement(self) -> SQL:
        """The SQL beside the check's file, with what it shares with others put in."""
        own = load_sql(self.module.rpartition(".")[0], self.name)
        return SQL(INCLUDE.sub(_shared, own.as_string()))

    def finding(self, row: Row) -> Finding:
        """The finding that a row of the statement stands for."""
        found = self.explain(row)
        severity = found.severity or self.severity
        return Finding(self.name, found.object, severity, found.message, self.why, found.repair)


@dataclass(frozen=True, kw_only=True)
class ScanCheck(Check):
    """A check that the scan answers, since it needs the contract: its findings of this name.

    Args:
        reads_rows: whether rows must be read; otherwise definitions answer it.
    """

    reads_rows: bool


def _shared(wanted: re.Match[str]) -> str:
    return load_sql(SHARED, wanted[1]).as_string()
