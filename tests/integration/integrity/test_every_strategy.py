"""Random schemas and rows: every strategy returns exactly what a model in Python calls broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from studioops.integrity import load_contract, scan
from studioops.integrity.scan import apart, looker, ranges, small
from studioops.integrity.scan.strategies import choose, merged, walked
from studioops.integrity.scan.strategies.hashed import hash_join
from studioops.integrity.scan.strategies.heap import heap_only
from studioops.integrity.scan.strategies.merged import merge_join
from studioops.integrity.scan.strategies.walked import key_walk
from studioops.model import Finding, Report
from studioops.postgres import open_database
from tests.integration.integrity.worlds import KEYS, KINDS, PARTITIONS, Kind, World, worlds

EXAMPLES = 3  # of each kind of columns
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    # Shrinking takes longer than a test may; a world is small enough to be read as it is.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# Orphans that each way has to find in all of them together.
ENOUGH = 40
STRATEGIES = {
    "hash_anti_join": hash_join,
    "merge_index_only": merge_join,
    "key_walk": key_walk,
    "heap_only": lambda _, question: heap_only(question),
}
WAYS: dict[str, dict] = {
    "chosen": {},
    **{name: {} for name in STRATEGIES},
    "batched_anti_join": {},
    "primary_key_ranges": {"range_rows": 3},
    "one snapshot": {"connections": 3, "one_snapshot": True},
    "reference by reference": {"connections": 3},
}


class Ways:
    """The ways to look at a world, each forced whatever the statistics say."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        patch.setattr(merged, "ALL_VISIBLE", 0)
        patch.setattr(ranges, "CORRELATED", 0)

    def look(self, way: str, look: Callable[..., Report]) -> Report | None:
        """What is seen that way; None where it does not fit the world."""
        fits = True
        with self._patch.context() as patch:
            forced = STRATEGIES.get(way)
            patch.setattr(small, "SMALL_ROWS", 20_000 if way == "batched_anti_join" else 0)
            patch.setattr(walked, "ROWS_PER_VALUE", -1 if way == "key_walk" else 200)
            patch.setattr(apart, "HEAVY", 0 if way == "reference by reference" else 1_000_000)
            if way == "primary_key_ranges":
                forced = hash_join

            def force(planned, question, **options):
                nonlocal fits
                taken = forced(planned, question) if forced else None
                fits = fits and (taken is not None or forced is None)
                return taken or choose(planned, question, **options)

            patch.setattr(looker, "choose", force)
            patch.setattr(ranges, "choose", force)
            report = look(**WAYS[way])
        return report if fits else None


def test_every_way_finds_exactly_the_planted_rows(database_dsn, cluster, tmp_path, monkeypatch):
    ways, told = Ways(monkeypatch), Counter()
    version = cluster.server.programs.major
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA s; CREATE EXTENSION citext")

        def look(world: World) -> None:
            for statement in world.statements():
                connection.execute(statement)
            connection.execute('ANALYZE s."C %s"')
            contract = load_contract(written(tmp_path, world.contract()))
            with open_database(database_dsn) as database:
                for way in WAYS:
                    report = ways.look(
                        way, lambda **options: scan(database, contract, target="t", **options)
                    )
                    if report is not None and compare(connection, world, report, way):
                        told[way] += len(world.orphans())
            mend(connection, world, tmp_path, database_dsn)
            told.update([*world.kinds, world.key, world.partitions, world.match, world.constraint])
            told.update({"malformed": len(world.malformed()), "orphans": len(world.orphans())})
            told["found"] += len(world.rows) - len(world.orphans())

        for kind in usable(version):
            SETTINGS(given(world=worlds(kind, version))(look))()
    # What a run of the same examples never drew would be held by nothing.
    wanted = {*WAYS, *KEYS, *PARTITIONS, "full", "simple", "none", "valid"}
    wanted |= {*usable(version), "malformed"}
    assert wanted - {name for name, count in told.items() if count} == set()
    assert {way for way in WAYS if told[way] < ENOUGH} == set()
    assert min(told["orphans"], told["found"]) > 400


def usable(version: int) -> list[Kind]:
    """Kinds that this server can compare, with a constraint or without."""
    return [kind for kind in KINDS if kind.since <= version or kind.means is not None]


def written(directory: Path, text: str) -> Path:
    path = directory / "contract.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def compare(connection: psycopg.Connection, world: World, report: Report, way: str) -> bool:
    """Counts, the rows that are shown, and all that the finding's own SQL lists."""
    entry, second = report.evidence["relationships"]
    expected = world.orphans()
    where = (way, world)
    assert entry["orphans"] is not None, (entry["reason"], *where)
    assert entry["rows"] == len(world.rows), where
    assert (entry["orphans"], entry["malformed"]) == (len(expected), len(world.malformed())), where
    assert (second["orphans"], second["rows"]) == (len(world.rows) // 2, len(world.rows)), where
    shown = [int(one["row"]["n"]) for one in entry["sample"] if "n" in one["row"]]
    assert len(entry["sample"]) == min(5, len(expected)), where
    assert set(shown) <= expected, where
    if world.key in ("int", "two columns"):
        assert shown == sorted(expected)[:5], where
    if expected:
        repair = next(found.repair for found in orphans(report, entry))
        listing = repair.splitlines()[-1].removesuffix(";")
        listed = connection.execute(f"SELECT n FROM ({listing}) AS l").fetchall()
        assert sorted(n for (n,) in listed) == sorted(expected), where
    return way not in (*STRATEGIES, "batched_anti_join", "primary_key_ranges") or (
        entry["strategy"] == way
    )


def orphans(report: Report, entry: Mapping[str, Any]) -> Iterator[Finding]:
    """The findings that tell of a relationship's orphans."""
    for finding in report.findings:
        if finding.object == entry["child"] and finding.check.startswith("orphan"):
            yield finding


def mend(connection: psycopg.Connection, world: World, directory: Path, dsn: str) -> None:
    """The repair takes out exactly these rows, and then nothing is found."""
    contract = load_contract(written(directory, world.contract("quarantine")))
    with open_database(dsn) as database:
        report = scan(database, contract, target="t")
        for finding in orphans(report, report.evidence["relationships"][0]):
            connection.execute("SET search_path TO ''")
            connection.execute(finding.repair)
            connection.execute("RESET search_path")
        if world.orphans():
            kept = next(iter(connection.execute(
                "SELECT relname FROM pg_class WHERE relname LIKE '%orphans' AND relkind = 'r'"
            )))[0]  # fmt: skip
            rows = connection.execute(f'SELECT n FROM s."{kept}"').fetchall()
            connection.execute(f'DROP TABLE s."{kept}"')
            assert sorted(n for (n,) in rows) == sorted(world.orphans()), world
        entry, _ = scan(database, contract, target="t").evidence["relationships"]
    assert (entry["orphans"], entry["malformed"]) == (0, 0), world
    assert entry["rows"] == len(world.rows) - len(world.orphans()), world
