"""A copy to be proven: faults are planted in it, then every proof is put."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from studioops.backups.seen import Seen
from studioops.backups.sound import prove_sound
from studioops.integrity import Contract, load_contract
from studioops.model import Status, Subject
from studioops.postgres import Limits, open_database

SHIPPED = Path(__file__).parents[4] / "include" / "contracts" / "studioops.yaml"


@dataclass(frozen=True)
class Proven:
    """Puts the proofs to a database."""

    dsn: str
    folder: Path

    def sql(self, *statements: str) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def value(self, statement: str) -> Any:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            row = connection.execute(statement).fetchone()
        return row and row[0]

    def contract(self, text: str) -> Contract:
        path = self.folder / "contract.yaml"
        path.write_text(text, encoding="utf-8")
        return load_contract(path)

    def see(self, contract: Contract | None = None, *, timeout: float = 60, **words: Any) -> Seen:
        words.setdefault("connections", 2)
        with open_database(self.dsn, limits=Limits(statement_timeout=timeout)) as database:
            return prove_sound(database, contract=contract, target="shop", **words)

    def only_fault(self, *checks: str, **words: Any) -> Seen:
        """Every proof is put, and these alone find something."""
        seen = self.see(**words)
        assert sorted(one.check for one in seen.findings) == sorted(checks), seen.findings
        return seen

    def well(self, **words: Any) -> Seen:
        seen = self.see(**words)
        assert seen.findings == ()
        assert seen.status is Status.PASSED, seen.subjects
        return seen


def subjects(seen: Seen, start: str) -> list[Subject]:
    return [one for one in seen.subjects if one.name.startswith(start)]


@pytest.fixture
def named() -> Callable[[Seen, str], list[Subject]]:
    """The subjects whose names begin so."""
    return subjects


@pytest.fixture
def copy(database_dsn, tmp_path) -> Proven:
    """An empty copy."""
    return Proven(database_dsn, tmp_path)


@pytest.fixture
def legacy(legacy_dsn, tmp_path) -> Proven:
    """A copy of the legacy StudioOps database."""
    return Proven(legacy_dsn, tmp_path)


@pytest.fixture
def shipped() -> Contract:
    """Its contract."""
    return load_contract(SHIPPED)


SLEEPING = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"


@pytest.fixture
def cut(cluster) -> Callable[[], AbstractContextManager[None]]:
    """Ends the first session that sleeps, from beside."""

    def end() -> None:
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            for _ in range(200):
                if connection.execute(SLEEPING).fetchall():
                    return
                time.sleep(0.05)

    @contextmanager
    def beside() -> Iterator[None]:
        thread = threading.Thread(target=end)
        thread.start()
        yield
        thread.join()

    return beside
