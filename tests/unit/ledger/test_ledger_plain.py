"""What goes into jsonb, and subjects of one name."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studioops.ledger import RunRecord, RunRef
from studioops.ledger.model import ReportLine
from studioops.ledger.plain import one_each, plain
from studioops.model import Severity, Status

NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("\ud800x", "?x"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (1.5, 1.5),
        (True, True),
        (None, None),
        (2**70, 2**70),
        (Status.PASSED, "passed"),
        (Severity.ERROR, "error"),
        (Decimal("1.10"), "1.10"),
        (NOON, "2025-09-08 12:00:00+00:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({1: (2, {"k\0": b"x"})}, {"1": [2, {"k\N{REPLACEMENT CHARACTER}": "b'x'"}]}),
    ],
)
def test_plain(value: Any, wanted: Any) -> None:
    assert plain(value) == wanted
    assert type(plain(value)) is type(wanted)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
)


@given(JSON)
def test_whatever_comes_becomes_strict_json_without_nul(value: Any) -> None:
    once = plain(value)
    text = json.dumps(once, allow_nan=False, ensure_ascii=False)
    text.encode()
    assert "\\u0000" not in json.dumps(once, ensure_ascii=False).replace("\\\\", "")
    assert plain(once) == once


def subject(name: str, status: Status, reason: str = "", seconds: float = 1) -> dict[str, Any]:
    return {"name": name, "status": str(status), "reason": reason, "seconds": seconds}


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        (Status.PASSED, Status.FAILED, "failed"),
        (Status.FAILED, Status.PASSED, "failed"),
        (Status.NOT_CHECKED, Status.PASSED, "not_checked"),
        (Status.NOT_APPLICABLE, Status.PASSED, "passed"),
        (Status.NOT_APPLICABLE, Status.NOT_APPLICABLE, "not_applicable"),
    ],
)
def test_one_name_one_subject(first: Status, second: Status, wanted: str) -> None:
    (one,) = one_each([subject("a", first), subject("a", second)])
    assert (one["status"], one["seconds"]) == (wanted, 2)


def test_reasons_are_those_of_the_worst() -> None:
    looks = [
        subject("a", Status.NOT_APPLICABLE, "a view"),
        subject("b", Status.PASSED),
        subject("a", Status.NOT_CHECKED, "timeout"),
        subject("a", Status.NOT_CHECKED, "no right"),
        subject("a", Status.NOT_CHECKED, "no right"),
    ]
    folded = one_each(looks)
    assert [one["name"] for one in folded] == ["a", "b"]
    assert folded[0]["reason"] == "timeout; no right"
    assert looks[0]["seconds"] == 1


def test_a_run_is_judged_by_its_last_looks() -> None:
    def line(kind: str, status: Status) -> ReportLine:
        return ReportLine(1, "", kind, "t", status, NOON, 1, 0)

    run = RunRef("r", "cli", "scan")
    looks = (
        line("scan", Status.FAILED),
        line("connectivity", Status.PASSED),
        line("scan", Status.PASSED),
    )
    assert RunRecord(run, NOON, looks).status is Status.PASSED
    assert RunRecord(run, NOON, looks[:2]).status is Status.FAILED
    assert RunRecord(run, NOON, ()).status is Status.NOT_CHECKED
