"""New, persisting, mended, and what nobody can tell."""

from __future__ import annotations

from datetime import UTC, datetime

from studioops.integrity.trend import compare_reports
from studioops.model import Finding, Report, Severity, Status, Subject

THEN, NOW = datetime(2026, 11, 23, 2, tzinfo=UTC), datetime(2026, 11, 24, 2, tzinfo=UTC)


def fault(name: str, message: str = "1 of 9", check: str = "orphan") -> Finding:
    return Finding(check, f"public.{name}(p)", Severity.ERROR, message, "", "")


def look(at: datetime, *faults: Finding, unseen: tuple[str, ...] = (), seen=("z",)) -> Report:
    failed = [Subject(f"{one.object} → public.p(id)", Status.FAILED) for one in faults]
    missing = [
        Subject(f"public.{one}(p) → public.p(id)", Status.NOT_CHECKED, "away") for one in unseen
    ]
    passed = [Subject(f"public.{one}(p) → public.p(id)", Status.PASSED) for one in seen]
    subjects = tuple(failed + missing + passed)
    return Report(
        "scan", "t", Status.worst(one.status for one in subjects), at, 1, subjects, faults
    )


def names(faults) -> list[str]:
    return [one.object for one in faults]


def test_each_fault_is_told_once_under_what_became_of_it():
    trend = compare_reports(look(NOW, fault("a"), fault("b")), look(THEN, fault("b"), fault("c")))
    assert names(trend.new) == ["public.a(p)"]
    assert names(trend.persisting) == ["public.b(p)"]
    assert names(trend.mended) == ["public.c(p)"]
    assert trend.not_known == ()
    assert trend.line == "since 2026-11-23 02:00 UTC: 1 new, 1 persisting, 1 mended"


def test_the_same_fault_with_other_figures_persists_with_those_of_now():
    trend = compare_reports(look(NOW, fault("a", "7 of 9")), look(THEN, fault("a", "1 of 9")))
    assert [one.message for one in trend.persisting] == ["7 of 9"]


def test_another_check_on_the_same_object_is_another_fault():
    trend = compare_reports(look(NOW, fault("a", check="not_valid")), look(THEN, fault("a")))
    assert [one.check for one in trend.new] == ["not_valid"]
    assert [one.check for one in trend.mended] == ["orphan"]


def test_what_was_not_looked_at_now_is_not_called_mended():
    trend = compare_reports(look(NOW, unseen=("a",)), look(THEN, fault("a")))
    assert trend.mended == ()
    assert names(trend.not_known) == ["public.a(p)"]


def test_what_was_not_looked_at_then_is_not_called_new():
    trend = compare_reports(look(NOW, fault("a")), look(THEN, unseen=("a",)))
    assert trend.new == ()
    assert names(trend.not_known) == ["public.a(p)"]


def test_a_look_that_saw_nothing_tells_nothing():
    blind = Report(
        "scan", "t", Status.NOT_CHECKED, NOW, 0, (Subject("t", Status.NOT_CHECKED, "away"),)
    )
    assert names(compare_reports(blind, look(THEN, fault("a"))).not_known) == ["public.a(p)"]


def test_two_looks_without_a_fault():
    trend = compare_reports(look(NOW), look(THEN))
    assert trend.line == "since 2026-11-23 02:00 UTC: no fault then or now"
    assert trend.as_json()["new"] == []
