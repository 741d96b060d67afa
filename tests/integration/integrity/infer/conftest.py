"""A database made by a few lines of SQL, and the contract that is inferred from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from studioops.integrity import Contract, load_contract
from studioops.integrity.diff import diff
from studioops.integrity.infer import Inference, contract_text, infer
from studioops.integrity.infer.proposal import Proposal, written
from studioops.model import Report
from studioops.postgres import open_database


class Inferred:
    """An inference, easier to ask."""

    def __init__(self, made: Inference) -> None:
        self.made = made
        self.pairs = {
            f"{written(one.child)} > {written(one.parent)}": one for one in made.proposals
        }
        self.proposed = {pair for pair, one in self.pairs.items() if one.proposed}

    def one(self, pair: str) -> Proposal:
        return self.pairs[pair]

    def outcome(self, pair: str) -> str:
        return str(self.pairs[pair].outcome)


class Subject:
    """One database under test."""

    def __init__(self, dsn: str, directory: Path) -> None:
        self.dsn = dsn
        self.file = directory / "contract.yaml"

    def sql(self, *statements: str) -> Subject:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
        return self

    def infer(self, dsn: str | None = None) -> Inferred:
        with open_database(dsn or self.dsn) as database:
            return Inferred(infer(database, target="test"))

    def contract(self) -> Contract:
        """What is inferred, by way of the file."""
        self.file.write_text(contract_text(self.infer().made), encoding="utf-8")
        return load_contract(self.file)

    def diff(self, contract: Contract) -> Report:
        with open_database(self.dsn) as database:
            return diff(database, contract, target="test")

    def differences(self, text: str) -> list[tuple[str, str]]:
        self.file.write_text(text, encoding="utf-8")
        return [(one.check, one.object) for one in self.diff(load_contract(self.file)).findings]


@pytest.fixture
def subject(database_dsn: str, tmp_path: Path) -> Subject:
    return Subject(database_dsn, tmp_path)


@pytest.fixture
def legacy(legacy_dsn: str, tmp_path: Path) -> Subject:
    return Subject(legacy_dsn, tmp_path)


@pytest.fixture
def reader(cluster, subject: Subject) -> Callable[[], tuple[str, str]]:
    from psycopg.conninfo import make_conninfo

    name = f"infer_{subject.dsn.split('dbname=')[1].split()[0]}"
    cluster.run("CREATE ROLE {} LOGIN PASSWORD 'geheim'", name)
    yield name, make_conninfo(subject.dsn, user=name, password="geheim")
    subject.sql(f"DROP OWNED BY {name}")
    cluster.run("DROP ROLE {}", name)
