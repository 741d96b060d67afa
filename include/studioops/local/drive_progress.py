"""How a run's progress is shown: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from studioops.local.drive_api import TaskState

SKIPPED = {"skipped"}
ENDED = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
STYLES = {"success": "green", "failed": "red", "upstream_failed": "yellow", "skipped": "dim"}


class RunProgress:
    """Shows the tasks of a run while it goes on.

    Args:
        console: where to.
        title: what runs.
        order: the tasks' names in the order in which they run; others are shown after them.
    """

    def __init__(self, console: Console, title: str, order: Sequence[str]) -> None:
        self._console = console
        self._title = title
        self._order = order
        self._told: set[str] = set()
        self._live = Live(console=console, auto_refresh=True) if console.is_terminal else None

    def __enter__(self) -> Self:
        """Begin."""
        if self._live:
            self._live.start()
        else:
            self._console.print(self._title, markup=False, highlight=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End, leaving the last state on the screen."""
        if self._live:
            self._live.stop()

    def show(self, tasks: Iterable[TaskState]) -> None:
        """Show how the tasks stand now."""
        groups: dict[str, list[TaskState]] = {name: [] for name in self._order}
        for one in tasks:
            groups.setdefault(one.name, []).append(one)
        groups = without_idle(groups)
        if self._live:
            self._live.update(self._table(groups))
        else:
            self._tell(groups)

    def _table(self, groups: dict[str, list[TaskState]]) -> Table:
        table = Table(title=self._title, title_justify="left", box=None, show_header=False)
        for name, group in groups.items():
            word = describe(group)
            running = any(one.state == "running" for one in group)
            mark = Spinner("dots") if running else Text("●", style=style_of(group))
            table.add_row(mark, name, Text(word, style=style_of(group)))
        return table

    def _tell(self, groups: dict[str, list[TaskState]]) -> None:
        """One plain line for each task that has ended, once."""
        for name, group in groups.items():
            if name not in self._told and group and all(one.state in ENDED for one in group):
                self._told.add(name)
                self._console.print(f"  {name}: {describe(group)}", markup=False, highlight=False)


def without_idle(groups: Mapping[str, list[TaskState]]) -> dict[str, list[TaskState]]:
    """The tasks to show: of a task group that was skipped altogether one line is enough.

    Args:
        groups: the instances of each task, by its name.
    """
    wholes: dict[str, list[TaskState]] = {}
    for name, group in groups.items():
        if "." in name:
            wholes.setdefault(name.partition(".")[0], []).extend(group)
    # They are skipped one after the other, a teardown last.
    skipped = {
        whole: [one for one in tasks if one.state == "skipped"][:1]
        for whole, tasks in wholes.items()
        if {one.state for one in tasks} - {""} == SKIPPED
    }
    shown: dict[str, list[TaskState]] = {}
    for name, group in groups.items():
        whole = name.partition(".")[0]
        shown[whole if whole in skipped else name] = skipped.get(whole, group)
    return shown


def describe(group: Sequence[TaskState]) -> str:
    """How a task stands in a few words; several instances are counted by state.

    Args:
        group: the task's instances; none before Airflow knows them.
    """
    if not group:
        return "waiting"
    seconds = max(one.seconds for one in group)
    took = f" ({seconds:.1f} s)" if seconds else ""
    if len(group) == 1:
        return f"{group[0].state or 'waiting'}{took}"
    states = sorted({one.state or "waiting" for one in group})
    counts = [f"{sum((one.state or 'waiting') == word for one in group)} {word}" for word in states]
    return f"{', '.join(counts)}{took}"


def style_of(group: Sequence[TaskState]) -> str:
    """The colour of the worst state in a group."""
    states = {one.state for one in group}
    for state in ("failed", "upstream_failed", "skipped"):
        if state in states:
            return STYLES[state]
    return STYLES["success"] if states == {"success"} else "dim"
