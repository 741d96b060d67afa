"""Runs DAGs as Airflow's ``dag.test()`` does, one a line of stdin, so that importing Airflow is
paid for once and the tests' own process has neither Airflow nor the DAGs' modules loaded.

A line asks {"dag_id", "conf", "environment"}; the answer is the line that begins with {"run_id".
"""

from __future__ import annotations

import copy
import importlib
import json
import os
import sys
from functools import cache
from typing import Any

from airflow.dag_processing import dagbag
from airflow.models.asset import AssetEvent
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from airflow.sdk import DAG
from airflow.utils.session import create_session
from jsonschema import Draft202012Validator
from sqlalchemy import select

STATES = (
    TaskInstance.task_id,
    TaskInstance.map_index,
    TaskInstance.state,
    TaskInstance.try_number,
)
XCOMS = (XComModel.task_id, XComModel.map_index, XComModel.key, XComModel.value)


def made(dag_id: str) -> DAG:
    """The DAG of the file that is called like it, made anew: a run fills its templates in, and its
    parameters, which are the file's."""
    dag: DAG = getattr(importlib.import_module(dag_id), dag_id)()
    dag.params = copy.deepcopy(dag.params)
    # dag.test() of Airflow 3.3 crashes on a deadline; the real Airflow of tests/api has it.
    dag.deadline = None
    return dag


def outcome(run: Any) -> dict[str, Any]:
    """States and XComs of a run."""
    with create_session() as session:
        tasks = session.execute(select(*STATES).where(TaskInstance.run_id == run.run_id)).all()
        events = session.scalars(
            select(AssetEvent.extra).where(AssetEvent.source_run_id == run.run_id)
        ).all()
        xcoms = session.execute(select(*XCOMS).where(XComModel.run_id == run.run_id)).all()
    return {
        "run_id": run.run_id,
        "state": str(run.state),
        "tasks": [list(row) for row in tasks],
        "xcoms": [list(row) for row in xcoms],
        "events": list(events),
    }


def check_each_schema_once() -> None:
    """A parameter's schema, which Airflow checks dozens of times a task."""
    check = Draft202012Validator.check_schema
    known = cache(lambda text: check(json.loads(text)))
    Draft202012Validator.check_schema = lambda schema: known(json.dumps(schema))


def know_every_dag_already() -> None:
    """The folder's files stay as they are, and ``dag.test()`` writes all of them at each run."""
    dagbag.BundleDagBag = dagbag.sync_bag_to_db = lambda *_, **__: None


def main() -> None:
    """Answer until stdin ends."""
    own = dict(os.environ)
    check_each_schema_once()
    for line in sys.stdin:
        wanted = json.loads(line)
        os.environ.clear()
        os.environ.update(own | wanted["environment"])
        run = made(wanted["dag_id"]).test(run_conf=wanted["conf"])
        know_every_dag_already()
        sys.stdout.write(json.dumps(outcome(run)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
