"""The options that commands share, and the target that they name."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from studioops.cli.pasted import Typed
from studioops.errors import UsageError
from studioops.integrity import Contract, load_contract
from studioops.postgres import Database, Limits, Pool, open_database, parse_dsn, reader
from studioops.settings import Settings, load_settings
from studioops.settings.declarations import DEFAULT_TARGET

TargetOption = Annotated[
    str | None, typer.Option("--target", help="A target of the settings [default: studioops].")
]
DsnOption = Annotated[
    str | None,
    typer.Option("--dsn", help="Any PostgreSQL database, by URL; needs nothing else."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
ContractOption = Annotated[
    Path | None, typer.Option("--contract", help="The contract's file.", dir_okay=False)
]
TimeoutOption = Annotated[
    float | None,
    typer.Option("--timeout", help="Seconds for every statement.", min=0.001, max=86400),
]


@dataclass(frozen=True)
class Chosen:
    """The target that a command was pointed at.

    Args:
        label: what reports call it.
        identity: what the ledger calls it; a database given by --dsn is never taken for a target.
        dsn: how to connect.
        contract: or None for the catalog alone.
        settings: as they stand.
        timeout: seconds for every statement.
        replica: how to connect to a standby that scans read instead; None without one.
        words: the options that named it, as they were typed.
        alembic: the ``alembic.ini`` of its own history; None without one.
    """

    label: str
    identity: str
    dsn: str = field(repr=False)
    contract: Contract | None
    settings: Settings
    timeout: float
    replica: str | None = field(default=None, repr=False)
    words: Mapping[str, str | Path | None] = field(default_factory=dict, repr=False)
    alembic: Path | None = None

    def typed(self, **more: str | Path | None) -> Typed:
        """The words by which printed commands name the target again.

        Args:
            more: options that say where else the command was pointed, such as ``to``.
        """
        return Typed.of({**self.words, **{f"--{name}": one for name, one in more.items()}})

    def open(self, application: str) -> Database:
        """The target's database, read-only."""
        return self._open(self.dsn, application)

    def reader(
        self, primary: Database, application: str
    ) -> AbstractContextManager[tuple[Database, str]]:
        """The server that rows are read from, and what a report calls it.

        Args:
            primary: the target's database.
            application: what pg_stat_activity shows.
        """
        replica = self._open(self.replica, application) if self.replica else None
        return reader(primary, replica, self.settings.replica_wait)

    def _open(self, dsn: str, application: str) -> Database:
        pool = Pool.of(self.settings)
        limits = Limits(statement_timeout=self.timeout)
        return open_database(dsn, limits=limits, pool=pool, application=application)


def choose(
    target: str | None, dsn: str | None, contract: Path | None, timeout: float | None
) -> Chosen:
    """The target that the options name.

    Args:
        target: a name of the settings.
        dsn: a connection URL instead.
        contract: a file, in place of the target's own.
        timeout: seconds for every statement.

    Raises:
        UsageError: both or an unknown one were given.
        ContractError: the contract has faults.
    """
    if target and dsn:
        raise UsageError("--target and --dsn exclude each other", "give one of them")
    words = {"--target": target, "--dsn": dsn, "--contract": contract}
    settings = load_settings()
    seconds = timeout or settings.statement_timeout
    if dsn is not None:
        parsed = parse_dsn(dsn)
        loaded = load_contract(contract) if contract else None
        label = loaded.target if loaded else parsed.database or parsed.where
        return Chosen(label, parsed.where, dsn, loaded, settings, seconds, words=words)
    name = (target or DEFAULT_TARGET).lower()
    declared = settings.target(name)
    file = contract or declared.contract
    loaded = load_contract(file) if file else None
    replica = declared.replica.get_secret_value() if declared.replica else None
    url = declared.url.get_secret_value()
    return Chosen(name, name, url, loaded, settings, seconds, replica, words, declared.alembic)
