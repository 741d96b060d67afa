"""``studioops migrate lint``: every revision judged by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console

from studioops.cli.findings import STYLES, print_line
from studioops.cli.migrate.options import AlembicOption
from studioops.cli.options import Chosen, DsnOption, JsonOption, TargetOption, choose
from studioops.cli.output import SCHEMA_VERSION, console, print_error, print_json
from studioops.errors import Refused, UsageError
from studioops.model import Status
from studioops.postgres import fetch

MAJOR = "SELECT current_setting('server_version_num')::int / 10000 AS major"


def lint(
    *,
    target: TargetOption = None,
    dsn: DsnOption = None,
    alembic: AlembicOption = None,
    pg_version: Annotated[
        int | None,
        typer.Option("--pg-version", help="The major version [default: the target's].", min=13),
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Judge every revision of a history with squawk; exit 4 where one is not clean."""
    # Alembic takes a while to import, and other commands have no use for it.
    from studioops.migrations.lint import lint as judge
    from studioops.migrations.revisions.pending import history

    ini, version = _asked(target, dsn, alembic, pg_version)
    linted = judge(ini, [one.name for one in history(ini)], pg_version=version)
    whole = Status.worst(one.status for one in linted) if linted else Status.PASSED
    if json_output:
        head = {"schema_version": SCHEMA_VERSION, "status": whole, "pg_version": version}
        print_json({**head, "revisions": [_as_json(one) for one in linted]})
    else:
        _print(linted, console())
    bad = [one.revision for one in linted if one.status is not Status.PASSED]
    if bad:
        print_error(f"{ini}: {len(bad)} of {len(linted)} revisions are not clean: {bad[0]}",
                    "mend it, or say in its file why not: squawk_ignore")  # fmt: skip
        raise typer.Exit(Refused.exit_code if whole is Status.FAILED else whole.exit_code)


def _asked(
    target: str | None, dsn: str | None, alembic: AlembicOption, version: int | None
) -> tuple[str, int]:
    """The history and the version; a target is asked only for what was not given."""
    if alembic is not None and version is not None:
        return str(alembic), version
    chosen = choose(target, dsn, None, None)
    ini = alembic or chosen.alembic
    if ini is None:
        raise UsageError(
            f"{chosen.label} has no Alembic history", "give its alembic.ini with --alembic"
        )
    return str(ini), version or _version(chosen)


def _version(chosen: Chosen) -> int:
    with chosen.open("migrate lint") as database, database.transaction() as connection:
        return int(fetch(connection, MAJOR)[0]["major"])


def _print(linted: Sequence[Any], out: Console) -> None:
    for one in linted:
        reason = f": {one.reason}" if one.reason else ""
        print_line(out, f"{one.revision}: {one.status}{reason}", STYLES.get(str(one.status), ""))
        for found in one.findings:
            print_line(out, f"  line {found.line}: {found.rule}: {found.message}")
            print_line(out, f"    {found.sql}")
        for rule, why in one.ignored.items():
            print_line(out, f"  left out: {rule}: {why}")


def _as_json(one: Any) -> dict[str, Any]:
    return {
        "revision": one.revision,
        "status": str(one.status),
        "reason": one.reason,
        "ignored": dict(one.ignored),
        "findings": [
            {
                "rule": found.rule,
                "line": found.line,
                "sql": found.sql,
                "message": found.message,
                "help": found.help,
            }
            for found in one.findings
        ],
    }
