"""The revisions of a plan, linted before any of them is run."""

from __future__ import annotations

from collections.abc import Iterator

from studioops.backups.seen import fault
from studioops.migrations.operations import RunRevision, Session
from studioops.migrations.plan import Plan
from studioops.model import Finding, Severity, Status

WHY = "what squawk warns of has taken databases down"
UNSEEN = "nobody judged its SQL"


def lint_revisions(session: Session, plan: Plan) -> Iterator[Finding]:
    """What squawk says to each revision; one that can't be judged is a warning.

    Args:
        session: on the target, for its version.
        plan: what is to be applied.
    """
    scripts: dict[str, list[str]] = {}
    for one in plan.operations:
        if isinstance(one, RunRevision):
            scripts.setdefault(one.script, []).append(one.revision)
    for script, revisions in scripts.items():
        yield from _of_script(session, script, revisions)


def _of_script(session: Session, script: str, revisions: list[str]) -> Iterator[Finding]:
    # Alembic takes a while to import, and most plans have no revision.
    from studioops.migrations.lint import lint

    for one in lint(script, revisions, pg_version=session.info.server_version // 10000):
        for found in one.findings:
            message = f"revision {one.revision}, line {found.line}: {found.rule}: {found.message}"
            yield fault("lint", one.revision, message, WHY, found.help or "see squawk's page of it")
        if one.status is Status.NOT_CHECKED:
            said, _, step = one.reason.partition("; next: ")
            message = f"revision {one.revision} could not be linted: {said}"
            severity = Severity.WARNING
            yield Finding("not_linted", one.revision, severity, message, UNSEEN, step or "read it")
