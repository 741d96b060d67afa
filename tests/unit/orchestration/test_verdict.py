"""The verdict: green means well, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowFailException

from studioops.model import Status
from studioops.orchestration.verdict import Recorded, ReportLink, VerdictOperator, report_url


class Task:
    """A task instance as far as the verdict asks it: what another task left in XCom."""

    def __init__(self, **left: str) -> None:
        self.left = left

    def xcom_pull(self, *, task_ids: str, key: str) -> str | None:
        return self.left.get(f"{task_ids}_{key}")


def judge(recorded: Recorded | None, task: Task | None = None) -> str:
    operator = VerdictOperator(task_id="verdict", recorded=recorded)
    context: Any = {"ti": task or Task()}
    return VerdictOperator.execute.__wrapped__(operator, context)  # type: ignore[attr-defined]


def recorded(status: str) -> Recorded:
    return Recorded(report_id=7, status=status, line=f"studioops is {status}: orphans: 61")


@pytest.mark.parametrize("status", [Status.FAILED, Status.NOT_CHECKED, Status.NOT_APPLICABLE])
def test_whatever_is_not_passed_fails_the_run_with_its_line(status: Status) -> None:
    with pytest.raises(AirflowFailException) as caught:
        judge(recorded(str(status)))
    assert str(caught.value) == f"studioops is {status}: orphans: 61"


def test_a_word_that_nobody_knows_fails_the_run() -> None:
    with pytest.raises(AirflowFailException):
        judge(recorded("green"))


def test_nothing_recorded_fails_the_run_with_the_ledgers_own_reason() -> None:
    task = Task(ledger_reason="the ledger: no connection; next: start it")
    with pytest.raises(AirflowFailException) as caught:
        judge(None, task)
    assert str(caught.value) == (
        "not_checked: nothing is in the ledger: the ledger: no connection; next: start it"
    )


def test_nothing_recorded_and_no_reason_names_the_task_to_look_at() -> None:
    with pytest.raises(AirflowFailException, match="see task ledger"):
        judge(None)


def test_passed_is_green_and_says_its_line() -> None:
    assert judge(recorded("passed")) == "studioops is passed: orphans: 61"


def test_it_runs_whatever_happened_before() -> None:
    assert VerdictOperator(task_id="verdict", recorded=None).trigger_rule == "all_done"


def test_the_link_opens_the_recorded_report() -> None:
    operator = VerdictOperator(task_id="verdict", recorded=recorded("failed"))
    key: Any = None
    assert ReportLink().get_link(operator, ti_key=key).endswith("/studioops/reports/7")


@pytest.mark.parametrize("left", [None, "{{ not rendered }}"])
def test_without_a_record_there_is_no_link(left: Any) -> None:
    key: Any = None
    operator = VerdictOperator(task_id="verdict", recorded=left)
    assert ReportLink().get_link(operator, ti_key=key) == ""


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("", "/studioops/reports/7"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/studioops/reports/7"),
        ("https://host/airflow/", "https://host/airflow/studioops/reports/7"),
    ],
)
def test_the_link_keeps_the_path_that_airflow_is_served_under(
    base: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conf, "get", lambda *_, **__: base)
    assert report_url(7) == url
