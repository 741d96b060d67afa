"""Lint of revisions, each by itself: what a later one makes good would hide an earlier one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studioops.errors import StudioOpsError, UsageError
from studioops.migrations.lint.model import Linted, LintFinding
from studioops.migrations.lint.render import rendered
from studioops.migrations.lint.squawk import Broken, ask_squawk
from studioops.migrations.revisions.revision_file import IGNORE, Revision
from studioops.migrations.revisions.script import Script, opened
from studioops.model import Status

# The runner sets both, by the lock that a step takes.
RUNNERS_OWN = ("require-lock-timeout", "require-statement-timeout")
COMMENT = "squawk-ignore"
WRITE_REASON = f'write {IGNORE} = {{"rule": "reason"}} in the file instead'


def lint(ini: str, revisions: Sequence[str], *, pg_version: int) -> tuple[Linted, ...]:
    """Judge revisions, each by itself.

    Args:
        ini: the path of ``alembic.ini``.
        revisions: their ids.
        pg_version: the major version of the target.

    Returns:
        one for each, in their order.

    Raises:
        UsageError: the history can't be read, or has no such revision.
        RevisionFailed: a revision's file says what it can't.
    """
    with opened(ini) as script:
        found = [script.revision(name) for name in revisions]
        return tuple(_linted(script, one, pg_version) for one in found)


def _linted(script: Script, revision: Revision, pg_version: int) -> Linted:
    name, ignored = revision.name, revision.ignored
    try:
        sql = rendered(script, revision)
        excluded = (*RUNNERS_OWN, *ignored)
        broken = ask_squawk(sql, pg_version=pg_version, excluded=excluded)
        findings = (*_comments(name, sql), *_findings(name, sql, broken))
    except UsageError as error:
        findings = (LintFinding(name, IGNORE, 0, "", error.message, error.next_step),)
    except StudioOpsError as error:
        return Linted(name, Status.NOT_CHECKED, ignored=ignored, reason=error.reason)
    return Linted(name, Status.FAILED if findings else Status.PASSED, findings, ignored)


def _findings(name: str, sql: str, broken: Sequence[Broken]) -> Iterator[LintFinding]:
    lines = sql.splitlines() or [""]
    for one in sorted(broken, key=lambda each: each.line):
        text = lines[min(one.line, len(lines) - 1)].strip()
        yield LintFinding(name, one.rule, one.line + 1, text, one.message, one.help)


def _comments(name: str, sql: str) -> Iterator[LintFinding]:
    """A comment in the SQL would leave a rule out without a reason."""
    for number, line in enumerate(sql.splitlines(), 1):
        if COMMENT in line:
            told = f"{COMMENT} in the SQL leaves a rule out, and says no reason"
            yield LintFinding(name, IGNORE, number, line.strip(), told, WRITE_REASON)
