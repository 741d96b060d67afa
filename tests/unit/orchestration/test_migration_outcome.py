"""What a migration's run tells, from whatever its tasks left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from studioops.backups.seen import Seen, report_of
from studioops.errors import Refused
from studioops.model import Finding, Severity, Stopwatch
from studioops.orchestration import approval, migration_outcome, migration_step, neighbours
from studioops.orchestration.approval import Approval
from studioops.orchestration.reason import REASON

STAGES = migration_outcome.STAGES
PLANNED = {"report": {"kind": "plan"}, "proposal": {"operations": [{"kind": "x"}]}}


@dataclass
class Task:
    left: dict[tuple[str, str], Any] = field(default_factory=dict)
    task_id: str = "outcome"

    def xcom_pull(self, *, task_ids: str, key: str = "return_value") -> Any:
        return self.left.get((task_ids, key))


def report(kind: str, *findings: Finding) -> dict[str, Any]:
    return report_of(kind, "shop", Seen.of(kind, findings), Stopwatch(), {"run": "r"}).as_json()


def applied(stage: str) -> dict[str, Any]:
    seen = Seen.of("an operation", seconds=1)
    return report_of("migration", "shop", seen, Stopwatch(), {"steps": [{"step": stage}]}).as_json()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The run's reports, given what its tasks left."""

    def run(*, dry_run: bool = False, reasons: dict[str, str] | None = None, **left: Any) -> Any:
        values = {(name.replace("__", "."), "return_value"): one for name, one in left.items()}
        whys = {(name, REASON): one for name, one in (reasons or {}).items()}
        context = {"ti": Task(values | whys), "params": {"dry_run": dry_run}}
        for module in (migration_outcome, neighbours):
            monkeypatch.setattr(module, "get_current_context", lambda: context)
        return migration_outcome.outcome("shop")

    return run


def test_applied_and_whole_ends_with_the_migration(told: Any) -> None:
    done = {stage: applied(stage) for stage in STAGES}
    done["expand"]["evidence"]["gates"] = ["open"]
    reports = told(plan=PLANNED, verify=report("scan"), **done)
    assert [one["kind"] for one in reports] == ["plan", "scan", "migration"]
    last = reports[-1]
    assert last["status"] == "passed"
    assert [one["step"] for one in last["evidence"]["steps"]] == list(STAGES)
    assert last["evidence"]["gates"] == ["open"]
    # The last stage names every operation; each took what its own stage says.
    assert [one["seconds"] for one in last["subjects"]] == [5.0]


def test_what_was_taken_back_begins_with_that_and_failed(told: Any) -> None:
    reports = told(plan=PLANNED, rollback=report("rollback"), reasons={"protect": "no lock"})
    assert [one["kind"] for one in reports] == ["plan", "rollback", "migration"]
    assert reports[-1]["status"] == "failed"
    first = reports[-1]["findings"][0]["message"]
    assert first == "rolled back, database as before: no lock"


def test_what_others_changed_meanwhile_is_not_called_as_before(told: Any) -> None:
    other = Finding("not_as_before", "table x", Severity.WARNING, "table x is new", "", "")
    reports = told(plan=PLANNED, rollback=report("rollback", other), reasons={"verify": "broken"})
    assert "as before" not in reports[-1]["findings"][0]["message"].replace("not as before", "")
    assert reports[-1]["status"] == "failed"


def test_a_way_back_that_stopped_is_failed_and_says_what_to_type(told: Any) -> None:
    reason = "THE WAY BACK STOPPED; next: studioops migrate rollback goes on"
    reports = told(plan=PLANNED, reasons={"rollback": reason, "protect": "no lock"})
    found = reports[-1]["findings"][0]
    assert found["check"] == "left_in_between"
    assert found["repair"] == "studioops migrate rollback goes on"


@pytest.mark.parametrize("task", ["plan", "preflight", "rehearsal.walk", "approve", "expand"])
def test_what_never_began_is_not_checked_with_its_reason(told: Any, task: str) -> None:
    reports = told(reasons={task: "the gate is closed; next: prove it"})
    assert reports[-1]["status"] == "not_checked"
    assert reports[-1]["subjects"][0]["reason"] == "the gate is closed; next: prove it"


def test_nobody_agreed(told: Any) -> None:
    assert told(plan=PLANNED)[-1]["status"] == "not_checked"


def test_nothing_to_do_is_passed(told: Any) -> None:
    planned = {"report": {"kind": "plan"}, "proposal": {"operations": []}}
    reports = told(plan=planned)
    assert reports[-1]["status"] == "passed"
    assert reports[-1]["subjects"][0]["name"] == "nothing to do"


def test_a_dry_run_ends_with_its_rehearsal(told: Any) -> None:
    reports = told(dry_run=True, plan=PLANNED, rehearsal__told=report("rehearsal"))
    assert [one["kind"] for one in reports] == ["plan", "rehearsal"]


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch) -> Any:
    class Left:
        def xcom_push(self, **_: Any) -> None:
            """Nobody reads it here."""

    from studioops.orchestration import reason

    monkeypatch.setattr(reason, "get_current_context", lambda: {"ti": Left()})


def test_what_was_not_green_in_the_rehearsal_is_not_asked_about(context: None) -> None:
    broken = report("rehearsal", Finding("x", "y", Severity.ERROR, "a row is lost", "", ""))
    with pytest.raises(Refused, match="the rehearsal ended failed: a row is lost"):
        migration_step.go_on(broken, dry_run=False, waived="")
    migration_step.go_on(broken, dry_run=False, waived="we know")
    migration_step.go_on(report("rehearsal"), dry_run=False, waived="")
    with pytest.raises(AirflowSkipException):
        migration_step.go_on(report("rehearsal"), dry_run=True, waived="")


def test_in_production_somebody_is_always_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Approval(task_id="approve", subject="Migrate?", asked="False")
    monkeypatch.setenv("STUDIOOPS_ENV", "production")
    with pytest.raises(Refused, match="somebody has to agree"):
        task.execute({})  # type: ignore[typeddict-item]
    monkeypatch.setenv("STUDIOOPS_ENV", "development")
    assert task.execute({}) is None  # type: ignore[typeddict-item]
    asked: list[Any] = []
    monkeypatch.setattr(
        approval.ApprovalOperator, "execute", lambda _, context: asked.append(context)
    )
    Approval(task_id="ask", subject="Migrate?", asked="True").execute({})  # type: ignore[typeddict-item]
    assert asked == [{}]
