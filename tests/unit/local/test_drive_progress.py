"""How a run's progress reads, with and without a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from studioops.local.drive_api import TaskState
from studioops.local.drive_progress import RunProgress, describe, style_of

ORDER = ("plan", "scan", "verdict")


def plain_console() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, force_terminal=False, width=400), out


def task(name: str, state: str, seconds: float = 0.0, index: int = -1) -> TaskState:
    return TaskState(name, index, state, seconds)


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ([], "waiting"),
        ([task("scan", "")], "waiting"),
        ([task("scan", "failed", 1.25)], "failed (1.2 s)"),
        (
            [task("scan", "success", 2), task("scan", "failed", 3), task("scan", "success", 1)],
            "1 failed, 2 success (3.0 s)",
        ),
        (
            [task("scan", "", index=0), task("scan", "running", 1, 1)],
            "1 running, 1 waiting (1.0 s)",
        ),
    ],
)
def test_a_task_in_a_few_words(group: list[TaskState], words: str) -> None:
    assert describe(group) == words


@pytest.mark.parametrize(
    ("states", "style"),
    [
        (["success", "failed"], "red"),
        (["success", "upstream_failed"], "yellow"),
        (["success"], "green"),
        (["success", "running"], "dim"),
        ([], "dim"),
    ],
)
def test_nothing_is_green_unless_all_of_it_is(states: list[str], style: str) -> None:
    assert style_of([task("scan", state) for state in states]) == style


def test_without_a_terminal_each_task_is_one_plain_line_once() -> None:
    console, out = plain_console()
    with RunProgress(console, "DAG maintenance [on] studioops", ORDER) as progress:
        progress.show([task("plan", "success", 0.5), task("scan", "running", 1)])
        progress.show([task("plan", "success", 0.5), task("scan", "success", 2)])
        progress.show([task("scan", "success", 2), task("verdict", "failed", 0.1)])
    assert out.getvalue().splitlines() == [
        "DAG maintenance [on] studioops",
        "  plan: success (0.5 s)",
        "  scan: success (2.0 s)",
        "  verdict: failed (0.1 s)",
    ]
    assert "\x1b" not in out.getvalue()


def test_mapped_tasks_are_told_when_the_last_one_has_ended() -> None:
    console, out = plain_console()
    with RunProgress(console, "run", ORDER) as progress:
        progress.show([task("scan", "success", index=0), task("scan", "running", index=1)])
        assert "scan" not in out.getvalue()
        progress.show([task("scan", "success", index=0), task("scan", "success", index=1)])
    assert "scan: 2 success" in out.getvalue()


def test_a_terminal_gets_a_table_that_stays() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80)
    with RunProgress(console, "run", ORDER) as progress:
        progress.show([task("plan", "success", 0.5), task("scan", "running", 1)])
        progress.show([task("plan", "success", 0.5), task("scan", "success", 1)])
    assert "scan" in out.getvalue()
    assert "verdict" in out.getvalue()


def test_a_failure_leaves_the_terminal_as_it_was() -> None:
    console = Console(file=io.StringIO(), force_terminal=True)
    progress = RunProgress(console, "run", ORDER)
    with pytest.raises(RuntimeError), progress:
        raise RuntimeError
    # A second live display on one console raises unless the first one has ended.
    with RunProgress(console, "run", ORDER):
        pass


def test_a_group_that_was_skipped_whole_is_one_line() -> None:
    console, out = plain_console()
    with RunProgress(
        console, "run", ("scan", "repair.plan", "repair.apply", "verdict")
    ) as progress:
        progress.show([task("repair.plan", "skipped"), task("repair.apply", "")])
        progress.show([task("repair.plan", "skipped"), task("repair.apply", "skipped")])
    assert out.getvalue().splitlines()[1:] == ["  repair: skipped"]


def test_a_group_that_did_something_shows_what_it_left_out() -> None:
    console, out = plain_console()
    with RunProgress(console, "run", ("repair.plan", "repair.rollback")) as progress:
        progress.show([task("repair.plan", "success"), task("repair.rollback", "skipped")])
    assert [line.strip() for line in out.getvalue().splitlines()[1:]] == [
        "repair.plan: success",
        "repair.rollback: skipped",
    ]
