"""``studioops backup verify``: our own backups read through, or any dump proven by a restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studioops.cli.backup.options import IdArgument, RepairsOption
from studioops.cli.backup.vault import VaultOption
from studioops.cli.backup.verify_dump import DumpAsked, verify_a_dump
from studioops.cli.backup.verify_own import OwnAsked, verify_own
from studioops.cli.options import JsonOption, TargetOption
from studioops.errors import UsageError

AllOption = Annotated[bool, typer.Option("--all", help="Every backup of the target.")]
WhereOption = Annotated[
    str | None,
    typer.Option(
        "--dsn",
        help="The database whose backups are meant, by URL; with --dump the scratch server, "
        "whose database is not touched.",
    ),
]
EveryObjectOption = Annotated[
    bool, typer.Option("--every-object", help="Read all copied objects, not 200 of each bucket.")
]
DumpOption = Annotated[
    str | None,
    typer.Option(
        "--dump",
        help="Prove a dump of pg_dump instead: a file, a directory, s3://BUCKET/KEY or "
        "s3://BUCKET/PREFIX/.",
        metavar="FILE_OR_OBJECT",
    ),
]
DumpContractOption = Annotated[
    Path | None,
    typer.Option("--contract", help="With --dump: the contract of its database.", dir_okay=False),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        help="Files read at once; with --dump, connections that restore [default: "
        "STUDIOOPS_BACKUP_JOBS].",
        min=1,
        max=64,
    ),
]


def verify(
    backup: IdArgument = None,
    *,
    every: AllOption = False,
    target: TargetOption = None,
    dsn: WhereOption = None,
    to: VaultOption = None,
    every_object: EveryObjectOption = False,
    dump: DumpOption = None,
    contract: DumpContractOption = None,
    jobs: JobsOption = None,
    repairs: RepairsOption = False,
    json_output: JsonOption = False,
) -> None:
    """Read a backup through: every byte and key right, nothing missing. Restores nothing.

    With --dump, any dump of pg_dump is restored into a scratch database, judged and dropped.
    """
    own = OwnAsked(target, dsn, to, backup, every, every_object, jobs, repairs, json_output)
    if dump is None:
        _refuse_mixed(own, contract)
        raise typer.Exit(verify_own(own))
    _refuse_own(own)
    if dsn is None:
        raise UsageError(
            "--dump needs a server that the dump is restored on for a while",
            "give it by --dsn URL; the database that it names is not touched",
        )
    raise typer.Exit(verify_a_dump(DumpAsked(dump, dsn, contract, jobs, repairs, json_output)))


def _refuse_mixed(asked: OwnAsked, contract: Path | None) -> None:
    if contract is not None:
        raise UsageError(
            "--contract is for --dump: without a restore there are no rows to hold against it",
            "leave it out, or give it to `studioops backup drill`",
        )
    if asked.backup is not None and asked.every:
        raise UsageError("an ID and --all exclude each other", "give one of them")


def _refuse_own(asked: OwnAsked) -> None:
    words = {
        "an ID": asked.backup,
        "--all": asked.every,
        "--target": asked.target,
        "--to": asked.to,
        "--every-object": asked.every_object,
    }
    mixed = next((name for name, value in words.items() if value), None)
    if mixed is not None:
        raise UsageError(
            f"{mixed} and --dump exclude each other: the one means our own backups, the other a "
            "dump that anybody took",
            "give one of them",
        )
