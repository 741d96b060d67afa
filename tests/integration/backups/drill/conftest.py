"""A backup of the shop, taken once a test, and a drill of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studioops.backups.drill import Aims, DrillHow, drill
from studioops.backups.model import Manifest
from studioops.backups.shelf import Shelf
from studioops.backups.take import How, take
from studioops.model import Report

HOUR = 3600.0
AIMS = Aims(HOUR, HOUR, newest=True)


@pytest.fixture
def taken(shop, shelf) -> Manifest:
    return take(shop, shelf, How())


@pytest.fixture
def drilled(cluster, shelf) -> Callable[..., Report]:
    """Drill a backup on the suite's server; nothing is left there."""

    def run(backup_id: str, *, aims: Aims = AIMS, contract=None, on: Shelf = shelf) -> Report:
        how = DrillHow(cluster.dsn(), contract, aims, "test")
        report = drill(on, backup_id, how)
        assert scratch_databases(cluster) == []
        return report

    return run


def scratch_databases(cluster) -> list[str]:
    import psycopg

    with psycopg.connect(cluster.dsn()) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'studioops_drill%'"
        )
        return [row[0] for row in rows]


@pytest.fixture
def files(shelf, taken) -> Callable[[str], Path]:
    """Where a file of the backup lies."""

    def find(name: str) -> Path:
        return shelf.vault.root / taken.folder / name

    return find
