"""What the first page of Data Docs shows, made ready for its template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from studioops.api.views import ORDER, tally
from studioops.ledger import StoredReport
from studioops.model import Severity, Status

RESULTS = "validations"
SUITES = "expectations"
# A page of results lies three levels below its table: the run's name, its time, the page.
BELOW_TABLE = 3
Entry = Mapping[str, Any]


def index_view(stored: StoredReport | None, paths: Sequence[str]) -> dict[str, Any]:
    """The values of the page.

    Args:
        stored: the run's report; None where the ledger has none.
        paths: of the stored pages, below the run's folder.

    Returns:
        a row a table, the worst first: also of tables that nobody could ask about, which have no
        page.
    """
    entries = stored.report.evidence.get("expectations", []) if stored else []
    tables: dict[str, list[Entry]] = {}
    for entry in entries:
        tables.setdefault(str(entry["column"]).partition("(")[0], []).append(entry)
    results, suites = _pages(paths, RESULTS), _pages(paths, SUITES)
    rows = [
        _row(table, tables.get(table, []), results.get(table, ""), suites.get(table, ""))
        for table in dict.fromkeys([*tables, *results])
    ]
    statuses = [Status(one["status"]) for one in entries]
    return {
        "known": bool(entries),
        "whole": Status.worst(statuses),
        "counts": tally(statuses),
        "rows": sorted(rows, key=lambda row: ORDER.index(row["status"])),
    }


def table_of(path: str) -> str:
    """The table that a page is about.

    Args:
        path: below the run's folder.
    """
    kind, *parts = path.removesuffix(".html").split("/")
    return ".".join(parts[:-BELOW_TABLE] if kind == RESULTS else parts)


def _pages(paths: Iterable[str], kind: str) -> dict[str, str]:
    return {table_of(path): path for path in paths if path.startswith(f"{kind}/")}


def _row(table: str, entries: Sequence[Entry], results: str, suite: str) -> dict[str, Any]:
    return {
        "table": table,
        "status": Status.worst(Status(one["status"]) for one in entries),
        "expectations": [_expectation(one) for one in entries],
        "results": results,
        "suite": suite,
    }


def _expectation(entry: Entry) -> dict[str, Any]:
    """One expectation in a line; a warning fails nothing, and is told all the same."""
    unexpected, rows = entry["unexpected"], entry["rows"]
    of = "" if rows is None else f" of {rows}"
    warns = entry["severity"] == Severity.WARNING and bool(unexpected)
    return {
        "status": Status(entry["status"]),
        "warns": warns and entry["status"] == Status.PASSED,
        "columns": str(entry["column"]).partition("(")[2].removesuffix(")"),
        "expectation": str(entry["expectation"]).replace("_", " "),
        "told": entry["reason"] or (f"{unexpected}{of} rows are otherwise" if unexpected else ""),
    }
