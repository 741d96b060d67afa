"""A report as JUnit and SARIF: what was not looked at is never green there either."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studioops.cli.formats import (
    Format,
    asked_format,
    chosen_format,
    print_refusal,
    print_report,
)
from studioops.cli.formats.junit import findings_of, junit
from studioops.cli.formats.sarif import Places, sarif
from studioops.errors import DatabaseUnreachable, UsageError
from studioops.integrity import load_contract
from studioops.model import Finding, Report, Severity, Status, Subject

AT = datetime(2026, 11, 24, 3, tzinfo=UTC)
ORPHAN = Finding(
    "orphan", "public.a(b)", Severity.ERROR, "3 of 9 rows", "nothing is found", "SELECT 1;"
)
INDEX = Finding("no_covering_index", "public.c(d)", Severity.WARNING, "none", "slow", "-- do")
SUBJECTS = (
    Subject("public.a(b) → public.p(id) [k]", Status.FAILED, seconds=0.25),
    Subject("public.c(d) → public.p(id)", Status.PASSED),
    Subject("public.e(f) → public.p(id)", Status.NOT_CHECKED, "column public.e.f is absent"),
    Subject("x", Status.NOT_APPLICABLE, "only PostgreSQL 18"),
)


def report(subjects=SUBJECTS, findings=(ORPHAN, INDEX), kind="scan", evidence=None) -> Report:
    status = Status.worst(one.status for one in subjects)
    return Report(kind, "shop", status, AT, 1.5, tuple(subjects), tuple(findings), evidence or {})


def suite(made: Report) -> ElementTree.Element:
    (found,) = ElementTree.fromstring(junit(made).encode())
    return found


def test_junit_counts_what_failed_and_what_nobody_saw():
    found = suite(report())
    counts = {name: found.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "4", "failures": "1", "errors": "1", "skipped": "1"}
    assert (found.get("name"), found.get("time")) == ("studioops scan shop", "1.500")


def test_junit_tells_of_each_subject_what_there_is_to_tell():
    failed, passed, unseen, skipped = suite(report())
    (failure,) = failed
    assert failure.tag == "failure"
    assert failure.get("message") == "3 of 9 rows"
    assert failure.text.endswith("why: nothing is found\nSELECT 1;")
    (output,) = passed
    assert output.tag == "system-out"
    assert "warning no_covering_index: public.c(d): none" in output.text
    (error,) = unseen
    assert (error.tag, error.get("message")) == (
        "error",
        "not checked: column public.e.f is absent",
    )
    (skip,) = skipped
    assert (skip.tag, skip.get("message")) == ("skipped", "only PostgreSQL 18")


def test_junit_of_nothing_is_an_error():
    found = suite(report((), (), evidence={"reason": "no relationship"}))
    assert (found.get("tests"), found.get("errors")) == ("1", "1")


def test_a_finding_is_told_under_its_own_relationship_alone():
    subjects = (
        Subject("public.a(b) → public.p(id)", Status.FAILED),
        Subject("public.a(b, c) → public.p(id, c)", Status.PASSED),
    )
    made = report(subjects)
    assert [findings_of(made, one) for one in subjects] == [[ORPHAN], []]


def test_a_finding_of_the_catalogue_is_told_under_its_check():
    subjects = (Subject("orphan", Status.FAILED), Subject("no_covering_index", Status.PASSED))
    made = report(subjects, kind="check")
    assert [findings_of(made, one) for one in subjects] == [[ORPHAN], [INDEX]]


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_name_and_any_value_make_well_formed_xml(name, message):
    finding = Finding("orphan", name, Severity.ERROR, message, message, message)
    made = report(
        (Subject(name, Status.FAILED, message), Subject(message, Status.NOT_CHECKED, name)),
        (finding,),
    )
    assert len(suite(made)) == 2


def test_sarif_has_a_result_a_finding_and_one_for_each_that_nobody_saw():
    (run,) = sarif(report())["runs"]
    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [
        ("orphan", "error"),
        ("no_covering_index", "warning"),
        ("not_checked", "error"),
    ]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert (
        "column public.e.f is absent"
        in invocation["toolExecutionNotifications"][0]["message"]["text"]
    )
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["no_covering_index", "not_checked", "orphan"]


def test_sarif_of_what_is_well_has_no_result():
    (run,) = sarif(report((SUBJECTS[1],), ()))["runs"]
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is True


def test_the_same_fault_has_the_same_fingerprint_whatever_its_figures():
    def prints(finding: Finding, target: str = "shop") -> set[str]:
        made = Report("scan", target, Status.FAILED, AT, 1, SUBJECTS[:1], (finding,))
        return {
            one["partialFingerprints"]["studioops/v1"] for one in sarif(made)["runs"][0]["results"]
        }

    again = Finding("orphan", "public.a(b)", Severity.ERROR, "4 of 9 rows", "", "")
    elsewhere = Finding("orphan", "public.a(c)", Severity.ERROR, "3 of 9 rows", "", "")
    assert prints(ORPHAN) == prints(again)
    assert prints(ORPHAN) != prints(elsewhere)
    assert prints(ORPHAN) != prints(ORPHAN, "other")


def test_sarif_points_at_the_line_of_the_contract():
    places = Places("contracts/a b.yaml", {"public.a(b)": 7, "public.e(f)": 9})
    (run,) = sarif(report(), places)["runs"]
    shown = [one["locations"][0]["physicalLocation"] for one in run["results"]]
    assert [one["region"]["startLine"] for one in shown] == [7, 1, 9]
    assert {one["artifactLocation"]["uri"] for one in shown} == {"contracts/a%20b.yaml"}


def test_the_contract_is_named_as_the_checkout_names_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text("relationships:\n- {child: a.b, parent: p.id}\n", encoding="utf-8")
    contract = load_contract(tmp_path / "c.yaml")
    print_report(report(), Format.SARIF, lambda: None, contract)
    result = json.loads(capsys.readouterr().out)["runs"][0]["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("c.yaml", 2)


@pytest.mark.parametrize("format_", list(Format))
def test_a_refusal_is_a_document_of_the_format_and_never_well(format_, capsys):
    print_refusal(DatabaseUnreachable("h:1: refused", "start it"), format_)
    said = capsys.readouterr().out
    if format_ is Format.JSON:
        assert json.loads(said)["error"]["next"] == "start it"
    elif format_ is Format.JUNIT:
        assert ElementTree.fromstring(said.encode())[0].get("errors") == "1"
    elif format_ is Format.SARIF:
        assert json.loads(said)["runs"][0]["invocations"][0]["executionSuccessful"] is False
    else:
        assert said == ""


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("scan", Format.TABLE),
        ("scan --json", Format.JSON),
        ("scan --format junit", Format.JUNIT),
        ("scan --format=sarif --dsn x", Format.SARIF),
        ("scan --format", Format.TABLE),
        ("scan --format nonsense", Format.TABLE),
    ],
)
def test_the_format_is_known_before_anything_is_parsed(words, wanted):
    assert asked_format(words.split()) is wanted


def test_two_formats_are_a_mistake():
    assert chosen_format(Format.JSON, json_output=True) is Format.JSON
    assert chosen_format(None, json_output=False) is Format.TABLE
    with pytest.raises(UsageError, match="exclude each other"):
        chosen_format(Format.SARIF, json_output=True)
