"""Waiving the gates, whoever does it: a reason that can be read, or none of it."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from studioops.errors import UsageError
from studioops.migrations.admission import Admission, read_reason
from studioops.migrations.plan import Plan
from studioops.orchestration.migration_step import go_on

UNREADABLE = ("  ", "\n", "to \x1b[31m", "half \ud800")


@pytest.mark.parametrize("reason", UNREADABLE)
def test_before_anything_is_asked(reason):
    with pytest.raises(UsageError, match="no reason that can be read"):
        Admission.of(None, Plan(()), None, None, waived=reason)


@pytest.mark.parametrize("reason", UNREADABLE)
def test_the_dag_ends_before_somebody_is_asked_to_agree(reason):
    with pytest.raises(UsageError, match="no reason that can be read"):
        go_on.__wrapped__({"status": "failed", "findings": []}, dry_run=False, waived=reason)


def test_what_the_journal_keeps_is_one_line():
    assert read_reason("  first\nsecond ") == "first second"
    with pytest.raises(AirflowSkipException):
        go_on.__wrapped__(
            {"status": "failed", "findings": []}, dry_run=True, waived="first\nsecond"
        )
