"""A late run is told of, by name."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from airflow._shared.module_loading import import_string

from studioops.orchestration.deadline import due_within, tell_of_late_run
from studioops.orchestration.defaults import dag_defaults


def test_the_callback_is_found_by_its_path_and_names_the_run(
    caplog: pytest.LogCaptureFixture,
) -> None:
    alert = due_within(timedelta(hours=1))
    callback = import_string(alert.callback.path)
    context = {"dag_run": {"dag_id": "maintenance", "dag_run_id": "manual__1"}}
    with caplog.at_level(logging.ERROR):
        asyncio.run(callback(**alert.callback.kwargs, context=context))
    assert callback is tell_of_late_run
    assert "DAG maintenance: run manual__1 is past its deadline" in caplog.text


def test_every_dag_is_told_of_before_it_is_failed() -> None:
    made = dag_defaults()
    assert made["deadline"].interval < made["dagrun_timeout"]


def test_a_dag_may_say_what_its_tasks_do_otherwise() -> None:
    made = dag_defaults(retries=0)
    assert made["default_args"]["retries"] == 0
    assert made["default_args"]["execution_timeout"] > timedelta(0)
    assert made["max_active_runs"] == 1
