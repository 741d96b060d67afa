"""The scan against VALIDATE CONSTRAINT and against one NOT EXISTS a reference, by hand."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psycopg
from rich.progress import track

from bench.cluster import cluster
from studioops.integrity import scan
from studioops.postgres import open_database

PAGE = Path(__file__).parents[1] / "docs" / "bench" / "scan.md"
ROWS = 1_000_000
PARENTS = {"p1": 200_000, "p2": 200_000, "p3": 50_000, "p4": 500_000, "p5": 1_000}
SMALL_TABLES = 300
ROUNDS = 3


@dataclass(frozen=True)
class Case:
    """One database to look at.

    Args:
        name: what the table calls it.
        statements: that make it.
    """

    name: str
    statements: tuple[str, ...]


def main() -> None:
    """Measure every case and write the page."""
    with cluster() as dsn:
        lines = [measure(case, dsn) for case in track(cases(), description="bench scan")]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(lines), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))  # noqa: T201 - a benchmark talks to whoever runs it


def cases() -> list[Case]:
    """Large references with and without indexes, and many small ones."""
    parents = [
        f"CREATE TABLE {name} (id bigint PRIMARY KEY);"
        f" INSERT INTO {name} SELECT generate_series(1, {count})"
        for name, count in PARENTS.items()
    ]
    columns = ", ".join(f"{name} bigint" for name in PARENTS)
    values = ", ".join(
        f"1 + (hashint8(n * {k + 7}) & 2147483647) % {count}"
        for k, count in enumerate(PARENTS.values())
    )
    child = (
        f"CREATE TABLE c (id bigint PRIMARY KEY, {columns})",
        f"INSERT INTO c SELECT n, {values} FROM generate_series(1, {ROWS}) AS n",
        *(f"ALTER TABLE c ADD FOREIGN KEY ({name}) REFERENCES {name}" for name in PARENTS),
    )
    indexes = tuple(f"CREATE INDEX ON c ({name})" for name in PARENTS)
    small = tuple(
        f"CREATE TABLE s{n} (id int PRIMARY KEY, up int REFERENCES s{max(n - 1, 0)});"
        f" INSERT INTO s{n} SELECT k, k FROM generate_series(1, 20) AS k"
        for n in range(SMALL_TABLES)
    )
    done = ("VACUUM ANALYZE",)
    large = f"{ROWS:,} rows, five references"
    return [
        Case(f"{large}, no index", (*parents, *child, *done)),
        Case(f"{large}, each indexed", (*parents, *child, *indexes, *done)),
        Case(f"{SMALL_TABLES} tables of 20 rows, a reference each", (*small, *done)),
    ]


def measure(case: Case, dsn: str) -> str:
    """One line of the table: medians, and ours as a ratio of each."""
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS bench WITH (FORCE)")
        admin.execute("CREATE DATABASE bench")
    url = psycopg.conninfo.make_conninfo(dsn, dbname="bench")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in case.statements:
            connection.execute(statement)
    ways = (ours, validate, not_exists)
    times: dict[str, list[float]] = {way.__name__: [] for way in ways}
    for _ in range(ROUNDS):
        # In turn, so that a machine that grows slower does so for each of them.
        for way in ways:
            times[way.__name__].append(timed(way, url))
    own, validated, by_hand = (median(times[way.__name__]) for way in ways)
    return (
        f"| {case.name} | {own:.2f} | {validated:.2f} | {by_hand:.2f} "
        f"| {own / validated:.2f} | {own / by_hand:.2f} |"
    )


def timed(way: Callable[[str], None], url: str) -> float:
    """Seconds that a way takes, its connections included."""
    began = time.monotonic()
    way(url)
    return time.monotonic() - began


def ours(url: str) -> None:
    """Our scan."""
    with open_database(url) as database:
        report = scan(database, None, target="bench")
    assert report.status == "passed", report.evidence["summary"]  # noqa: S101


def validate(url: str) -> None:
    """VALIDATE CONSTRAINT one by one, each made NOT VALID before, outside the clock's way."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "UPDATE pg_catalog.pg_constraint SET convalidated = false WHERE contype = 'f'"
        )
        for table, name in _constraints(connection):
            connection.execute(f'ALTER TABLE {table} VALIDATE CONSTRAINT "{name}"')


def not_exists(url: str) -> None:
    """One NOT EXISTS a reference, as a script would have it."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT k.conrelid::regclass::text, k.confrelid::regclass::text, a.attname, f.attname"
            " FROM pg_constraint k"
            " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]"
            " JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[1]"
            " WHERE k.contype = 'f'"
        ).fetchall()
        for child, parent, column, key in rows:
            connection.execute(
                f"SELECT count(*) FROM {child} c WHERE c.{column} IS NOT NULL"
                f" AND NOT EXISTS (SELECT FROM {parent} p WHERE p.{key} = c.{column})"
            )


def page(lines: list[str]) -> str:
    """The page under docs/."""
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    return "\n".join(
        [
            "# The scan, side by side",
            "",
            f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d} ({machine}). Medians of "
            f"{ROUNDS} rounds taken in turn, in seconds; the ratios are what counts.",
            "",
            "| database | studioops scan | VALIDATE one by one | NOT EXISTS by hand "
            "| ours / VALIDATE | ours / NOT EXISTS |",
            "|---|---|---|---|---|---|",
            *lines,
            "",
            "The scan also counts every table's rows, reads the catalog, and judges actions, types "
            "and indexes; the other two do not.",
            "",
        ]
    )


def _constraints(connection: psycopg.Connection) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f'"
    ).fetchall()
