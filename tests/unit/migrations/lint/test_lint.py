"""Lint: every rule that a revision breaks is told, and nothing that nobody looked at is green."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from studioops.errors import UsageError
from studioops.migrations.lint import Linted, lint
from studioops.migrations.revisions.failed import RevisionFailed
from studioops.model import Status
from tests.integration.migrations.histories import add, history_in

INDEX = "op.create_index('shop_name', 'shop', ['name'])"


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return history_in(tmp_path)


def linted(ini: Path, *names: str) -> tuple[Linted, ...]:
    return lint(str(ini), names, pg_version=15)


def one(ini: Path, upgrade: str, top: str = "") -> Linted:
    add(ini, "a1", None, upgrade, top=top)
    return linted(ini, "a1")[0]


def test_a_broken_rule_is_told_with_its_line(ini: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = one(ini, f"op.execute('SELECT 1')\nprint('loud')\n{INDEX}")
    assert found.status is Status.FAILED
    (finding,) = found.findings
    assert finding.rule == "require-concurrent-index-creation"
    assert finding.sql == "CREATE INDEX shop_name ON shop (name);"
    assert (finding.revision, finding.help) == (
        "a1",
        "Use `concurrently` to avoid blocking writes.",
    )
    assert capsys.readouterr().out == ""


def test_each_revision_is_judged_by_itself(ini: Path) -> None:
    """With the table's making in the same text, squawk would take the table for an empty one."""
    table = "op.execute('CREATE TABLE shop (id bigint PRIMARY KEY, name text)')"
    add(ini, "a1", None, table)
    add(ini, "b2", "a1", INDEX)
    assert [each.status for each in linted(ini, "a1", "b2")] == [Status.PASSED, Status.FAILED]
    add(ini, "c3", "b2", f"{table}\n{INDEX}")
    assert linted(ini, "c3")[0].status is Status.PASSED


def test_transactions_of_its_own_are_seen(ini: Path) -> None:
    inside = "op.execute('CREATE INDEX CONCURRENTLY IF NOT EXISTS shop_name ON shop (name)')"
    found = one(ini, f"with op.get_context().autocommit_block():\n    {inside}")
    assert found.status is Status.PASSED, found
    add(ini, "a1", None, inside)
    (finding,) = linted(ini, "a1")[0].findings
    assert finding.rule == "ban-concurrent-index-creation-in-transaction"


def test_a_reason_lets_a_rule_be_broken(ini: Path) -> None:
    rule = "require-concurrent-index-creation"
    found = one(ini, INDEX, f"squawk_ignore = {{'{rule}': 'the table holds ten rows'}}")
    assert found.status is Status.PASSED
    assert found.ignored == {rule: "the table holds ten rows"}
    for without in ("[]", f"{{'{rule}': ' '}}", f"{{'{rule}': None}}", f"['{rule}']"):
        add(ini, "a1", None, INDEX, top=f"squawk_ignore = {without}")
        with pytest.raises(RevisionFailed, match="without the reason why"):
            linted(ini, "a1")


def test_a_rule_that_squawk_has_not_is_a_fault(ini: Path) -> None:
    found = one(ini, "op.execute('SELECT 1')", "squawk_ignore = {'no-such-rule': 'because'}")
    assert found.status is Status.FAILED
    assert found.findings[0].message == "squawk has no rule no-such-rule"


def test_a_comment_is_no_reason(ini: Path) -> None:
    ignore = "-- squawk-ignore require-concurrent-index-creation"
    found = one(ini, f"op.execute('''{ignore}\n    CREATE INDEX shop_name ON shop (name)''')")
    assert found.status is Status.FAILED
    assert [each.rule for each in found.findings] == ["squawk_ignore"]


def test_squawks_own_settings_leave_nothing_out(ini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ini.parent)
    settings = 'excluded_rules = ["require-concurrent-index-creation"]'
    (ini.parent / ".squawk.toml").write_text(settings)
    assert one(ini, INDEX).status is Status.FAILED


def test_what_reads_rows_is_not_checked(ini: Path) -> None:
    found = one(ini, "op.get_bind().execute(sa.text('SELECT 1')).scalar()")
    assert found.status is Status.NOT_CHECKED
    assert "the revision a1 can't be written as SQL: AttributeError" in found.reason


def test_no_connection_is_made(ini: Path) -> None:
    """The URL of the ini leads nowhere, and an env.py without an offline mode connects."""
    env = ini.parent / "migrations" / "env.py"
    env.write_text(env.read_text().replace("context.is_offline_mode()", "False"))
    assert one(ini, INDEX).status is Status.FAILED


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (None, "squawk is not installed"),
        ("exit 101", "squawk ended with 101: no word"),
        ("echo '{'", "squawk's answer can't be read"),
        ("echo '[{}]'", "squawk's answer can't be read"),
        ("echo '[]'; exit 1", "squawk found faults and tells none"),
    ],
)
def test_without_squawk_nothing_is_green(
    ini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str | None, reason: str
) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    if program is not None:
        script = tmp_path / "squawk"
        script.write_text(f"#!/bin/sh\n{program}\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    found = one(ini, "op.execute('SELECT 1')")
    assert found.status is Status.NOT_CHECKED
    assert reason in found.reason


def test_an_unknown_revision_is_told(ini: Path) -> None:
    with pytest.raises(UsageError, match="there is no revision z9"):
        linted(ini, "z9")
