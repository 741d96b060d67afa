"""Credentials as one report: what is green, what is not, and what does not apply."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from studioops.errors import SettingsError, UsageError
from studioops.ledger import open_ledger
from studioops.model import Report, Severity, Status, Stopwatch
from studioops.services import Cause
from studioops.services.credentials import (
    Ages,
    Credential,
    Held,
    credentials_report,
    fingerprint,
    look_at_credentials,
    remember,
)

NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)
LIMIT = timedelta(days=90)
WELL = Credential("openai", Status.PASSED, Cause.OK, "openai answers")
ABSENT = Credential.absent("trello", "set TRELLO_API_KEY")
NO_AGES = Ages(unknown="no ledger is configured to keep it")
SECRET = "marked-secret-of-the-test-0123456789"
KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef"


def report(*credentials: Credential, ages: Ages = NO_AGES) -> Report:
    return credentials_report(
        "studioops", credentials, Stopwatch(), ages=ages, at=NOON, old_after=LIMIT
    )


def statuses(found: Report) -> dict[str, Status]:
    return {one.name: one.status for one in found.subjects}


def test_what_nobody_set_changes_nothing_unless_it_is_required() -> None:
    assert report(WELL, ABSENT).status is Status.PASSED
    assert statuses(report(WELL, ABSENT))["trello"] is Status.NOT_APPLICABLE
    needed = report(WELL, replace(ABSENT, required=True))
    assert needed.status is Status.NOT_CHECKED
    assert needed.subjects[1].reason.endswith("; next: set TRELLO_API_KEY")


def test_nothing_that_is_set_is_not_green() -> None:
    assert report(ABSENT).status is Status.NOT_CHECKED


def test_what_could_not_be_looked_at_is_not_green_though_optional() -> None:
    away = replace(WELL, status=Status.NOT_CHECKED, cause=Cause.TIMEOUT, message="no answer")
    assert report(WELL, away).status is Status.NOT_CHECKED


def test_a_fault_that_is_an_error_fails_its_credential_and_a_warning_does_not() -> None:
    weak = report(replace(WELL, weak="is a known default"))
    assert (weak.status, weak.subjects[0].reason) == (Status.FAILED, "is a known default")
    powerful = report(replace(WELL, beyond_need=("write",)))
    assert powerful.status is Status.PASSED
    assert powerful.findings[0].check == "credential_powerful"


def test_the_worst_finding_comes_first_and_the_document_agrees_with_the_subjects() -> None:
    found = report(
        replace(WELL, beyond_need=("write",)),
        replace(WELL, name="database", weak="is a known default"),
    )
    assert [one.severity for one in found.findings] == [Severity.ERROR, Severity.WARNING]
    told = {one["name"]: one["status"] for one in found.evidence["credentials"]}
    assert told == {name: str(status) for name, status in statuses(found).items()}
    assert Report.from_json(found.as_json()).findings == found.findings


def test_a_connection_that_is_absent_and_one_that_can_not_be_read_are_told_apart() -> None:
    absent = Credential.unreached("ledger", SettingsError("no connection", "add it"))
    broken = Credential.unreached("ledger", UsageError("can't be read", "write it anew"))
    assert report(WELL, absent).status is Status.PASSED
    assert report(WELL, broken).status is Status.NOT_CHECKED


def test_an_age_that_nobody_knows_is_said_and_is_news_where_somebody_can_mend_it() -> None:
    silent = report(WELL, ABSENT)
    assert silent.evidence["credentials"][0]["unknown"] == [
        "its age: no ledger is configured to keep it"
    ]
    assert silent.evidence["credentials"][1]["unknown"] == []
    assert silent.findings == ()
    ages = Ages(unknown="STUDIOOPS_FINGERPRINT_KEY is not set", next_step="set it")
    (finding,) = report(WELL, ages=ages).findings
    assert (finding.check, finding.severity) == ("credential_age_unknown", Severity.INFO)


def test_an_age_that_is_known() -> None:
    found = report(WELL, ages=Ages({"openai": NOON - LIMIT}))
    assert [one.check for one in found.findings] == ["credential_old"]
    assert found.evidence["credentials"][0]["first_seen"] == (NOON - LIMIT).isoformat()
    assert report(WELL, ages=Ages({})).evidence["credentials"][0]["unknown"]


def held(name: str = "openai", secret: str = SECRET) -> Held:
    return Held(name, lambda: WELL, secret)


def test_without_a_ledger_or_a_key_worth_the_name_no_age_is_known() -> None:
    assert "no ledger" in remember(None, KEY, [held()], NOON).unknown
    for key, words in ((None, "is not set"), ("", "is not set"), ("short", "has 5 characters")):
        ages = remember(open_ledger("postgresql://nobody.invalid/x"), key, [held()], NOON)
        assert words in ages.unknown
        assert "openssl rand" in ages.next_step


def test_a_fingerprint_takes_the_key_to_be_made_and_differs_by_name_and_secret() -> None:
    one = fingerprint(KEY, "openai", SECRET)
    others = {
        fingerprint(KEY[::-1], "openai", SECRET),
        fingerprint(KEY, "trello", SECRET),
        fingerprint(KEY, "openai", SECRET + "x"),
    }
    assert len(others | {one}) == 4
    assert one == fingerprint(KEY, "openai", SECRET)
    assert len(one) == 64
    assert SECRET not in one


def test_a_look_that_breaks_hides_no_other_and_tells_no_secret() -> None:
    def broken() -> Credential:
        raise ValueError(SECRET)

    told: list[tuple[str, int]] = []
    found = look_at_credentials(
        [Held("broken", broken, SECRET, required=True), held()],
        lambda name, done, _: told.append((name, done)),
    )
    assert [one.status for one in found] == [Status.NOT_CHECKED, Status.PASSED]
    assert found[0].required
    assert sorted(done for _, done in told) == [1, 2]
    assert SECRET not in repr(found) + repr(held())


def test_nothing_to_look_at() -> None:
    assert look_at_credentials([]) == []
