"""The options that commands share, and the target that they name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from studioops.errors import UsageError
from studioops.integrity import Contract, load_contract
from studioops.postgres import Database, Limits, Pool, open_database, parse_dsn
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
    """

    label: str
    identity: str
    dsn: str
    contract: Contract | None
    settings: Settings
    timeout: float

    def open(self, application: str) -> Database:
        """The target's database, read-only."""
        pool = Pool.of(self.settings)
        limits = Limits(statement_timeout=self.timeout)
        return open_database(self.dsn, limits=limits, pool=pool, application=application)


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
    settings = load_settings()
    seconds = timeout or settings.statement_timeout
    if dsn is not None:
        parsed = parse_dsn(dsn)
        loaded = load_contract(contract) if contract else None
        label = loaded.target if loaded else parsed.database or parsed.where
        return Chosen(label, parsed.where, dsn, loaded, settings, seconds)
    name = (target or DEFAULT_TARGET).lower()
    declared = settings.target(name)
    file = contract or declared.contract
    loaded = load_contract(file) if file else None
    return Chosen(name, name, declared.url.get_secret_value(), loaded, settings, seconds)
