"""Run a DAG once in this process, as Airflow's ``dag.test()`` does; the test's own process has
Airflow and the DAG's modules neither loaded nor configured.

Usage: python run_dag.py DAG_ID CONF_AS_JSON; the line of stdout that begins with {"run_id" is the outcome.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from airflow.sdk import DAG
from airflow.utils.session import create_session
from sqlalchemy import select


def load(dag_id: str) -> DAG:
    """The DAG of the file that is called like it."""
    found = [
        value for value in vars(importlib.import_module(dag_id)).values() if isinstance(value, DAG)
    ]
    return found[0] if found else importlib.import_module(dag_id).maintenance()


def outcome(run: Any) -> dict[str, Any]:
    """States and XComs of a run."""
    with create_session() as session:
        tasks = session.execute(
            select(
                TaskInstance.task_id,
                TaskInstance.map_index,
                TaskInstance.state,
                TaskInstance.try_number,
            ).where(TaskInstance.run_id == run.run_id)
        ).all()
        xcoms = session.execute(
            select(XComModel.task_id, XComModel.map_index, XComModel.key, XComModel.value).where(
                XComModel.run_id == run.run_id
            )
        ).all()
    return {
        "run_id": run.run_id,
        "state": str(run.state),
        "tasks": [list(row) for row in tasks],
        "xcoms": [list(row) for row in xcoms],
    }


if __name__ == "__main__":
    dag = load(sys.argv[1])
    # dag.test() of Airflow 3.3 crashes on a deadline; the real Airflow of tests/api has it.
    dag.deadline = None
    print(json.dumps(outcome(dag.test(run_conf=json.loads(sys.argv[2])))))
