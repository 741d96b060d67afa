"""``studioops services check``: every service that the settings name, looked at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from studioops.cli.findings import STYLES, print_findings, print_line, unseen_line
from studioops.cli.ledger import record
from studioops.cli.options import JsonOption
from studioops.cli.output import console, print_error, print_json
from studioops.cli.progress import progress_bar
from studioops.cli.store import open_store
from studioops.errors import StudioOpsError, UsageError
from studioops.model import Report, Status, Stopwatch
from studioops.postgres import open_database
from studioops.services import Reach, look_at, states_report, watched
from studioops.services.report import SERVICES
from studioops.services.state import Cause, ServiceState
from studioops.settings import Service, Settings, load_settings
from studioops.settings.declarations import DEFAULT_TARGET
from studioops.settings.secret import plain
from studioops.settings.services import called

T = TypeVar("T")
NO_STORE = "no object store is configured"
SET_STORE = "set MINIO_ENDPOINT, MINIO_ACCESS_KEY and MINIO_SECRET_KEY in .env"
NamesArgument = Annotated[
    list[str] | None, typer.Argument(help="Services; all where none is named.", metavar="NAME …")
]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The services that we depend on.")
    group.command(help="Look at every service at once, each within its own limit.")(check)
    group.callback()(lambda: None)
    app.add_typer(group, name="services")


def check(names: NamesArgument = None, json_output: JsonOption = False) -> None:
    """Look, print the states, record them where there is a ledger."""
    settings = load_settings()
    report = look(settings, names or (), quiet=json_output)
    if json_output:
        print_json(report.evidence)
    else:
        print_services(report, settings, console())
    if report.status is Status.NOT_CHECKED:
        print_error(*unseen_line(report))
    # Evidence of a part must not stand for the whole.
    if not names:
        record(settings, report, "services check")
    raise typer.Exit(report.status.exit_code)


def look(settings: Settings, names: Sequence[str], *, quiet: bool) -> Report:
    """One look at services.

    Args:
        settings: as they stand.
        names: of the services; none for all.
        quiet: whether no progress is shown.

    Raises:
        UsageError: no service has one of the names.
    """
    wanted, watch = chosen(settings, names), Stopwatch()
    with reach_of(settings) as reach, progress_bar(quiet=quiet) as progress:
        states = look_at(watched(wanted, reach), progress)
    optional = {name for name, one in wanted.items() if not one.required}
    return states_report(DEFAULT_TARGET, states, watch, kind=SERVICES, optional=optional)


def states_of(report: Report) -> list[ServiceState]:
    """The states that a report was made of.

    Args:
        report: of kind ``services``.
    """
    return [ServiceState.from_json(one) for one in report.evidence["services"]]


def chosen(settings: Settings, names: Sequence[str]) -> Mapping[str, Service]:
    """The services of those names, or all.

    Args:
        settings: as they stand.
        names: in any case, a space written as such or as ``_``.

    Raises:
        UsageError: no service has one of them.
    """
    step = "declare it: STUDIOOPS_SERVICES__NAME__KIND=http and STUDIOOPS_SERVICES__NAME__URL=…"
    return named(settings.services, names, "service", step)


def named(known: Mapping[str, T], names: Sequence[str], what: str, step: str) -> Mapping[str, T]:
    """Those of the names, or all.

    Args:
        known: by name.
        names: in any case, a space written as such or as ``_``.
        what: they are, for whoever misspells one.
        step: what to do then.

    Raises:
        UsageError: none has one of the names.
    """
    lacking = [one for one in names if called(one) not in known]
    if lacking:
        raise UsageError(f"no {what} is called {lacking[0]!r} (known: {', '.join(known)})", step)
    return {called(name): known[called(name)] for name in names} or known


@contextmanager
def reach_of(settings: Settings) -> Iterator[Reach]:
    """How the services are reached by what the settings say.

    Args:
        settings: as they stand.
    """
    unreached: dict[str, StudioOpsError] = {}
    with ExitStack() as stack:
        database = store = None
        if DEFAULT_TARGET in settings.targets:
            try:
                url = settings.targets[DEFAULT_TARGET].url.get_secret_value()
                database = stack.enter_context(open_database(url))
            except UsageError as error:
                unreached["database"] = error
        try:
            store = stack.enter_context(open_store(settings, UsageError(NO_STORE, SET_STORE)))
        except UsageError as error:
            if error.message != NO_STORE:
                unreached["object store"] = error
        yield Reach(
            database=database,
            store=store,
            buckets=settings.buckets,
            openai_key=plain(settings.openai_api_key),
            openai_url=settings.openai_base_url,
            trello_key=plain(settings.trello_api_key),
            trello_token=plain(settings.trello_api_token),
            trello_url=settings.trello_base_url,
            langfuse=settings.langfuse_host,
            unreached=unreached,
        )


def print_services(report: Report, settings: Settings, out: Console) -> None:
    """Print the states of services.

    Args:
        report: on them.
        settings: which say whether one is required.
        out: where to.
    """
    states = states_of(report)
    told = [str(_word(state)) for state in states]
    parts = ", ".join(f"{told.count(word)} {word}" for word in dict.fromkeys(told))
    line = f"services: {report.status}: {len(states)} in {report.seconds:.1f} s: {parts}"
    print_line(out, line, STYLES.get(str(report.status), ""))
    table = Table(box=None, pad_edge=False)
    for column in ("service", "", "state", "cause", "ms", "what was seen"):
        right = column == "ms"
        table.add_column(column, overflow="fold", justify="right" if right else "left")
    for state in states:
        word = _word(state)
        table.add_row(
            escape(state.service),
            "required" if settings.services[state.service].required else "optional",
            f"[{STYLES.get(_tone(state), '')}]{word}[/]" if STYLES.get(_tone(state)) else word,
            str(state.cause).replace("_", " "),
            f"{state.latency_ms:.0f}" if state.latency_ms else "",
            escape(state.message),
        )
    out.print(table)
    print_findings(report.findings, out, repairs=True, more="--json")


def _word(state: ServiceState) -> str:
    """Passed is no word for a service that works, and not as it should."""
    if state.cause is Cause.NOT_CONFIGURED:
        return "not configured"
    if state.status is Status.PASSED:
        return "degraded" if state.cause.degraded else "well"
    return "away" if state.status is Status.FAILED else "not checked"


def _tone(state: ServiceState) -> str:
    return "not_checked" if state.cause.degraded else str(state.status)
