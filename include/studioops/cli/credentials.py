"""``studioops credentials check``: every credential that the settings hold, looked at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from studioops.cli.findings import STYLES, print_findings, print_line, unseen_line
from studioops.cli.ledger import record
from studioops.cli.options import JsonOption
from studioops.cli.output import console, print_error, print_json
from studioops.cli.progress import progress_bar
from studioops.cli.services import NamesArgument, named, reach_of
from studioops.errors import LedgerUnavailable, StudioOpsError, UsageError
from studioops.ledger import open_ledger
from studioops.model import Report, Status, Stopwatch
from studioops.postgres import Database, open_database
from studioops.services.credentials import (
    Ages,
    Held,
    Keys,
    credentials_report,
    held,
    look_at_credentials,
    of_target,
    remember,
)
from studioops.settings import Settings, load_settings
from studioops.settings.declarations import DEFAULT_TARGET
from studioops.settings.reading import read_values
from studioops.settings.secret import plain

ALL = "name one of those, or none for all: studioops credentials check"


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The credentials that the settings hold.")
    group.command(help="Do they work, what may they do, until when, are they weak?")(check)
    group.callback()(lambda: None)
    app.add_typer(group, name="credentials")


def check(names: NamesArgument = None, json_output: JsonOption = False) -> None:
    """Look, print what was seen, record it where there is a ledger."""
    settings = load_settings()
    watch, at = Stopwatch(), datetime.now(UTC)
    with keys_of(settings) as keys, progress_bar(quiet=json_output) as progress:
        wanted = named(held(settings, keys), names or (), "credential", ALL)
        found = look_at_credentials(list(wanted.values()), progress)
    report = credentials_report(
        DEFAULT_TARGET,
        found,
        watch,
        ages=ages_of(settings, list(wanted.values()), at),
        at=at,
        old_after=timedelta(days=settings.credential_days),
    )
    if json_output:
        print_json(report.evidence)
    else:
        print_credentials(report, console())
    if report.status is Status.NOT_CHECKED:
        print_error(*_unseen(report))
    # Evidence of a part must not stand for the whole.
    if not names:
        record(settings, report, "credentials check")
    raise typer.Exit(report.status.exit_code)


@contextmanager
def keys_of(settings: Settings) -> Iterator[Keys]:
    """What the credentials are, by what the settings say.

    Args:
        settings: as they stand.
    """
    unreached: dict[str, StudioOpsError] = {}
    values = read_values()
    with ExitStack() as stack:

        def opened(name: str, url: SecretStr | None) -> Database | None:
            try:
                place = plain(url)
                return stack.enter_context(open_database(place)) if place else None
            except UsageError as error:
                unreached[name] = error
                return None

        yield Keys(
            reach=stack.enter_context(reach_of(settings)),
            store_secret=plain(settings.minio_secret_key),
            ledger=opened("ledger", settings.ledger_url),
            drill=opened("drill", settings.drill_url),
            targets={
                name: opened(of_target(name), one.url)
                for name, one in settings.targets.items()
                if name != DEFAULT_TARGET
            },
            # Airflow's own are its processes': the environment is all that a command can see.
            jwt_secret=values.text("JWT_SECRET_KEY") or None,
            fernet_key=values.text("AIRFLOW__CORE__FERNET_KEY") or None,
            api_secret=values.text("AIRFLOW__API__SECRET_KEY") or None,
            task_secret=values.text("AIRFLOW__API_AUTH__JWT_SECRET") or None,
            unreached=unreached,
        )


def ages_of(settings: Settings, credentials: Sequence[Held], at: datetime) -> Ages:
    """Since when credentials are known; a ledger that is away is said, and changes nothing.

    Args:
        settings: with the ledger and the key of the fingerprints.
        credentials: those in use.
        at: now.
    """
    key, url = plain(settings.fingerprint_key), plain(settings.ledger_url)
    if not url:
        return remember(None, key, credentials, at)
    try:
        with open_ledger(url) as ledger:
            return remember(ledger, key, credentials, at)
    except LedgerUnavailable as error:
        return Ages(unknown=error.message, next_step=error.next_step)


def _unseen(report: Report) -> tuple[str, str]:
    """Why nobody can call it well; where nothing at all is set, how to begin."""
    if any(one.status is Status.NOT_CHECKED for one in report.subjects):
        return unseen_line(report)
    reasons = "; ".join(one.reason for one in report.subjects)
    return reasons, "set it where it is used, or name another: studioops credentials check"


def print_credentials(report: Report, out: Console) -> None:
    """Print what was seen of credentials.

    Args:
        report: on them.
        out: where to.
    """
    told = [_word(str(one.status)) for one in report.subjects]
    parts = ", ".join(f"{told.count(word)} {word}" for word in dict.fromkeys(told))
    line = f"credentials: {report.status}: {len(told)} in {report.seconds:.1f} s: {parts}"
    print_line(out, line, STYLES.get(str(report.status), ""))
    table = Table(box=None, pad_edge=False)
    for column in ("credential", "", "state", "may", "until", "since", "what was seen"):
        table.add_column(column, overflow="fold")
    for one in report.evidence["credentials"]:
        status = str(one["status"])
        word, style = _word(status), STYLES.get(status, "")
        table.add_row(
            escape(one["name"]),
            "required" if one["required"] else "optional",
            f"[{style}]{word}[/]" if style else word,
            escape(", ".join(one["may"])),
            str(one["expires_at"] or "")[:10],
            str(one["first_seen"] or "")[:10],
            escape(one["message"]),
        )
    out.print(table)
    for line in _not_known(report.evidence["credentials"]):
        print_line(out, line)
    print_findings(report.findings, out, repairs=True, more="--json")


def _not_known(credentials: Sequence[Mapping[str, Any]]) -> list[str]:
    """What nobody could see, each reason said once."""
    whose: dict[str, list[str]] = {}
    for one in credentials:
        for why in one["unknown"]:
            whose.setdefault(why, []).append(one["name"])
    return [f"not known of {', '.join(names)}: {why}" for why, names in whose.items()]


def _word(status: str) -> str:
    words = {"passed": "well", "not_applicable": "not configured", "not_checked": "not checked"}
    return words.get(status, status)
