"""Every DAG file: what it holds, what importing it costs, and what each DAG must have."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from studioops.local.drive import TASKS

DAGS = sorted((Path(__file__).parents[2] / "dags").glob("*.py"))
EXPECTED = {
    "backup",
    "backup_delivery",
    "credential_validation",
    "database_recovery",
    "integrity_validation",
    "maintenance",
    "restore_drill",
    "schema_migration",
    "service_health",
}
HEAVY = ("pandas", "great_expectations", "openai", "boto3", "botocore", "psycopg", "alembic")
CRON = ("backup", "credential_validation", "integrity_validation", "restore_drill")
LIST_DAGS = (
    f"CRON = {CRON!r}"
    + """
import json
from unittest.mock import patch
import pendulum
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables import trigger
from airflow.timetables.base import TimeRestriction

def first_run(dag, now):
    # As the scheduler has it, which reads the DAG as it was written down.
    told = json.loads(json.dumps(DagSerialization.to_dict(dag)))
    with patch.object(trigger, "utcnow", lambda: now):
        info = DagSerialization.from_dict(told).timetable.next_dagrun_info(
            last_automated_data_interval=None, restriction=TimeRestriction(None, None, False))
    return info.run_after

def made_up(dag):
    # Whether a first start makes up for the run of half a minute, and of half an hour before.
    then = first_run(dag, pendulum.datetime(2026, 11, 24, 12, 1))
    return [first_run(dag, then.add(seconds=late)) == then for late in (30, 1800)]

bag = DagBag()
print(json.dumps({
    "errors": bag.import_errors,
    "dags": {dag_id: {
        "doc": bool(dag.doc_md), "due": bool(dag.deadline), "runs": dag.max_active_runs,
        "timeout": bool(dag.dagrun_timeout), "made_up": made_up(dag) if dag_id in CRON else None,
        "leaves": [task.task_id for task in dag.leaves],
        "tasks": {task.task_id: {
            "timeout": bool(task.execution_timeout or getattr(task, "response_timeout", None)),
            "policy": type(task.retry_policy).__name__, "retries": task.retries,
            "upstream": sorted(task.upstream_task_ids), "rule": task.trigger_rule.value,
            "mapped": task.is_mapped,
        } for task in dag.tasks},
    } for dag_id, dag in bag.dags.items()},
}))
"""
)
# Each file in a process of its own, forked from one that has paid for Airflow.
IMPORT_EACH = f"""
import importlib, json, os, sys
import airflow.sdk

def told(name):
    print(json.dumps([name, [one for one in {HEAVY!r} if one in sys.modules]]), flush=True)

told("airflow.sdk")
for name in {[path.stem for path in DAGS]!r}:
    if os.fork():
        _, status = os.wait()
        assert status == 0, name
    else:
        importlib.import_module(name)
        told(name)
        os._exit(0)
"""


@pytest.fixture(scope="module")
def bag(airflow_home: Any) -> dict[str, Any]:
    """What Airflow's own DAG bag finds."""
    done = airflow_home.python("-c", LIST_DAGS)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return document


def test_no_file_fails_to_import_and_the_dags_are_the_expected_ones(bag: dict[str, Any]) -> None:
    assert bag["errors"] == {}
    assert set(bag["dags"]) == EXPECTED
    assert {path.stem for path in DAGS} == EXPECTED


def test_every_dag_has_its_bounds_and_explains_itself(bag: dict[str, Any]) -> None:
    for dag in bag["dags"].values():
        assert dag["doc"]
        assert dag["due"]
        assert dag["timeout"]
        assert dag["runs"] == 1


def test_a_first_start_makes_up_for_no_run_and_loses_none(bag: dict[str, Any]) -> None:
    """A stack that is made at half past two takes no backup of the night before it."""
    for name in CRON:
        assert bag["dags"][name]["made_up"] == [True, False], name


def test_every_task_has_a_timeout_and_our_retry_policy(bag: dict[str, Any]) -> None:
    for dag in bag["dags"].values():
        for name, task in dag["tasks"].items():
            assert task["timeout"], name
            assert task["policy"] == "BackOff", name


def test_a_killed_worker_costs_no_run(bag: dict[str, Any]) -> None:
    """Also a sensor is a process that can be killed. A second recovery would lose rows."""
    once = {
        name
        for dag in bag["dags"].values()
        for name, task in dag["tasks"].items()
        if not task["retries"]
    }
    assert once == {"recover"}


def test_the_verdict_is_the_only_leaf_so_that_it_alone_decides(bag: dict[str, Any]) -> None:
    for dag in bag["dags"].values():
        assert dag["leaves"] == ["verdict"]
        assert dag["tasks"]["verdict"]["rule"] == "all_done"


LOOKS = ["catalogue", "expectations", "objects", "scan"]
PROVEN = ["backup", "drill.verdicts"]


def within(group: str, tasks: dict[str, list[str]]) -> dict[str, list[str]]:
    """These tasks, and what they wait for, in a group."""
    return {
        f"{group}.{name}": sorted(f"{group}.{one}" for one in upstream)
        for name, upstream in tasks.items()
    }


REPAIR = {
    "preflight": ["plan"],
    "rehearsal.choose": ["preflight"],
    "rehearsal.scratch": ["rehearsal.choose"],
    "rehearsal.walk": ["plan", "rehearsal.scratch"],
    "rehearsal.drop": ["rehearsal.scratch", "rehearsal.walk"],
    "rehearsal.told": ["rehearsal.drop", "rehearsal.scratch", "rehearsal.walk"],
    "go_on": ["prove", "rehearsal.told"],
    "approve": ["go_on"],
    "expand": ["approve", "rehearsal.walk"],
    "clean": ["expand", "rehearsal.walk"],
    "protect": ["clean", "rehearsal.walk"],
    "validate": ["protect", "rehearsal.walk"],
    "contract": ["rehearsal.walk", "validate"],
    "verify": ["contract"],
    "rollback": ["clean", "contract", "expand", "protect", "validate", "verify"],
    "outcome": ["approve", "rollback", "verify"],
}
DRILL = {
    "drill.scratch": ["drill.choose"],
    "drill.restore": ["drill.scratch"],
    "drill.faithful": ["drill.restore", "drill.scratch"],
    "drill.sound": ["drill.faithful", "drill.restore", "drill.scratch"],
    "drill.drop": ["drill.scratch", "drill.sound"],
    "drill.verdicts": ["drill.choose", "drill.drop"],
}


def test_a_drill_is_wired_as_its_page_says(bag: dict[str, Any]) -> None:
    tasks = bag["dags"]["restore_drill"]["tasks"]
    assert {name: task["upstream"] for name, task in tasks.items()} == {
        "drill.choose": [],
        **DRILL,
        "ledger": ["drill.verdicts"],
        "verdict": ["ledger"],
    }
    assert tasks["drill.verdicts"]["rule"] == "all_done"


def test_maintenance_is_wired_as_its_page_says(bag: dict[str, Any]) -> None:
    tasks = bag["dags"]["maintenance"]["tasks"]
    after = ["before_the_scan", "connectivity"]
    assert {name: task["upstream"] for name, task in tasks.items()} == {
        "connectivity": [],
        "take": ["connectivity"],
        "backup": ["connectivity", "take"],
        "drill.choose": ["backup"],
        **DRILL,
        "before_the_scan": ["backup", "drill.verdicts"],
        "plan": after,
        "scan": ["plan"],
        "objects": after,
        "expectations": after,
        "catalogue": after,
        "report": sorted([*LOOKS, "backup", "connectivity", "drill.verdicts", "plan"]),
        "repair_wanted": ["report"],
        "repair.plan": ["repair_wanted"],
        **within("repair", REPAIR),
        "repair.prove": ["repair.rehearsal.told", "report"],
        "repaired": ["repair.outcome", "repair.verify"],
        "again.take": ["repaired"],
        **within("again", {"backup": ["take"], "drill.choose": ["backup"], **DRILL}),
        **{f"again.{one}": ["repaired"] for one in (*LOOKS, "plan")},
        **within("again", {"scan": ["plan"], "report": [*LOOKS, *PROVEN, "plan"]}),
        "ledger": ["again.report", "repair.outcome", "report"],
        "faults": ["ledger"],
        "verdict": ["faults", "ledger"],
    }
    assert tasks["ledger"]["rule"] == "none_failed"
    assert tasks["repaired"]["rule"] == "all_done"
    assert tasks["repair.rollback"]["rule"] == "one_failed"
    assert tasks["scan"]["mapped"]
    assert tasks["report"]["rule"] == "all_done"


def test_integrity_validation_waits_for_the_database_first(bag: dict[str, Any]) -> None:
    tasks = bag["dags"]["integrity_validation"]["tasks"]
    for name in ("plan", "objects", "expectations", "catalogue"):
        assert tasks[name]["upstream"] == ["database"], name
    assert tasks["report"]["upstream"] == sorted([*LOOKS, "plan"])
    assert tasks["database"]["upstream"] == []
    assert tasks["verdict"]["upstream"] == ["faults", "ledger"]


@pytest.mark.parametrize("dag_id", sorted(EXPECTED))
def test_each_task_stands_in_the_table_of_its_page(bag: dict[str, Any], dag_id: str) -> None:
    text = next(path for path in DAGS if path.stem == dag_id).read_text(encoding="utf-8")
    told: list[str] = []
    for line in text.splitlines():
        if line.startswith("| `"):
            for word in line.split(" | ")[0].split("`")[1::2]:
                # Beside the one before it, in the same group.
                told.append(told[-1].rpartition(".")[0] + word if word[0] == "." else word)
    assert sorted(told) == sorted(bag["dags"][dag_id]["tasks"])


@pytest.fixture(scope="module")
def brought_in(airflow_home: Any) -> dict[str, list[str]]:
    """What of the heavy modules is loaded after Airflow's own import, and after each file's."""
    done = airflow_home.python("-c", IMPORT_EACH)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return dict(found)


def test_airflow_alone_brings_in_nothing_heavy(brought_in: dict[str, list[str]]) -> None:
    assert brought_in["airflow.sdk"] == []


@pytest.mark.parametrize("path", DAGS, ids=lambda path: path.stem)
def test_importing_a_dag_file_brings_in_nothing_heavy(
    path: Path, brought_in: dict[str, list[str]]
) -> None:
    assert brought_in[path.stem] == []


@pytest.mark.parametrize("path", DAGS, ids=lambda path: path.stem)
def test_a_dag_file_holds_no_logic(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    logic = (ast.If, ast.For, ast.While, ast.Try, ast.With, ast.Lambda, ast.comprehension)
    found = [f"line {node.lineno}" for node in ast.walk(ast.parse(text)) if isinstance(node, logic)]
    assert found == []
    assert len(text.splitlines()) <= 120
    assert "doc_md=__doc__" in text


def test_the_plugin_costs_a_task_next_to_nothing(airflow_home: Any) -> None:
    plugins = Path(airflow_home.home["AIRFLOW__CORE__PLUGINS_FOLDER"])
    assert [path.name for path in plugins.glob("*.py")] == ["studioops_plugin.py"]
    heavy = (*HEAVY, "fastapi", "jinja2", "studioops.ledger")
    code = (
        "import sys, airflow.plugins_manager; before = set(sys.modules); "
        f"sys.path.insert(0, {str(plugins)!r}); import studioops_plugin; "
        f"print(*[m for m in {heavy!r} if m in set(sys.modules) - before])"
    )
    done = airflow_home.python("-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_whoever_watches_a_run_is_shown_its_tasks_in_their_order(bag: dict[str, Any]) -> None:
    for dag_id, names in TASKS.items():
        tasks = bag["dags"][dag_id]["tasks"]
        assert sorted(names) == sorted(tasks)
        place = {name: n for n, name in enumerate(names)}
        for name, task in tasks.items():
            assert all(place[one] < place[name] for one in task["upstream"]), name
