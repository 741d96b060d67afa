"""What is wrong with a relationship: each fault with why it matters and what mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from studioops.integrity.scan.look import Look
from studioops.integrity.scan.relationship import PresentRelationship
from studioops.integrity.scan.repair import (
    add_constraint,
    convert_column,
    create_index,
    deal_with_orphans,
    enable_triggers,
    replace_constraint,
    validate_constraint,
)
from studioops.integrity.scan.wording import malformed_message, orphans_message
from studioops.model import Finding, Severity, Status

Judge = Callable[[Look], Iterator[Finding]]
WHY_DELETE = "the next deletion of a parent does what nobody asked for"
WHY_UPDATE = "the next change of a parent's key does what nobody asked for"
WHY_MATCH = "a partly NULL reference is taken, or refused, where the contract says otherwise"


def judge(look: Look) -> tuple[Status, list[Finding]]:
    """The status of one relationship, and its findings.

    Args:
        look: what was seen of it.

    Returns:
        ``failed`` where a finding is an error or worse, else ``not_checked`` where nobody could
        look, else ``passed``; the findings, worst first.
    """
    findings = [finding for one in JUDGES for finding in one(look)]
    findings.sort(key=lambda finding: -list(Severity).index(finding.severity))
    if any(finding.severity.fails for finding in findings):
        return Status.FAILED, findings
    return (Status.NOT_CHECKED if look.orphans is None else Status.PASSED), findings


def judge_definitions(planned: PresentRelationship) -> list[Finding]:
    """Where the database's definitions differ from the contract's; no row is looked at.

    Args:
        planned: one entry.
    """
    return [finding for one in DEFINITION_JUDGES for finding in one(Look(planned))]


def judge_without_rows(planned: PresentRelationship) -> list[Finding]:
    """What is wrong by definitions alone: everything but orphans and malformed values.

    Args:
        planned: one entry.
    """
    judges = (*DEFINITION_JUDGES, _unequal_types, _index)
    return [finding for one in judges for finding in one(Look(planned))]


def _orphans(look: Look) -> Iterator[Finding]:
    planned, orphans = look.planned, look.orphans or 0
    if not orphans:
        return
    key, rows = planned.constraint, look.rows or 0
    valid = key.name if key is not None and planned.behind_valid else ""
    message = orphans_message(orphans, rows, planned.parent, valid, look.sample)
    if valid:
        yield Finding(
            "orphan_behind_valid_constraint",
            planned.child,
            Severity.CRITICAL,
            message,
            "the constraint says the data is sound and it is not: VALIDATE passes, pg_dump passes, "
            "and a restore loses this foreign key",
            deal_with_orphans(planned, look.listing, look.offending),
        )
        return
    yield Finding(
        "orphan",
        planned.child,
        Severity.ERROR,
        message,
        "whatever follows the reference finds nothing, and no foreign key can be added",
        deal_with_orphans(planned, look.listing, look.offending),
    )


def _malformed(look: Look) -> Iterator[Finding]:
    if look.malformed:
        kinds = ", ".join(_wanted_names(look.planned))
        yield Finding(
            "malformed_value",
            look.planned.child,
            Severity.ERROR,
            malformed_message(look.malformed, kinds),
            "no parent can ever exist for them, and converting the column's type fails on them",
            deal_with_orphans(look.planned, look.listing, look.offending),
        )


def _missing(look: Look) -> Iterator[Finding]:
    planned = look.planned
    if planned.constraint is None and planned.child_end.relation.takes_constraints:
        yield Finding(
            "missing_foreign_key",
            planned.child,
            Severity.ERROR,
            f"no foreign key to {planned.parent}",
            "nothing stops the next broken reference",
            add_constraint(planned),
        )


def _state(look: Look) -> Iterator[Finding]:
    planned, key = look.planned, look.planned.constraint
    if key is None:
        return
    if not key.enforced:
        yield Finding(
            "not_enforced",
            planned.child,
            Severity.ERROR,
            f"{key.name} is NOT ENFORCED",
            "the constraint is a remark: PostgreSQL checks nothing",
            replace_constraint(planned),
        )
    elif not key.validated:
        yield Finding(
            "not_valid",
            planned.child,
            Severity.ERROR,
            f"{key.name} is NOT VALID",
            "rows from before it may break it, and nobody has looked",
            validate_constraint(planned),
        )
    for where in key.disabled_on:
        yield Finding(
            "disabled_trigger",
            where,
            Severity.ERROR,
            f"triggers of {key.name} are disabled on {where}",
            "the constraint looks valid and lets broken references through",
            enable_triggers(planned),
        )


def _actions(look: Look) -> Iterator[Finding]:
    planned, key, declared = look.planned, look.planned.constraint, look.planned.declared
    if key is None or declared is None:
        return
    asked = (
        ("wrong_on_delete", "ON DELETE", declared.on_delete, key.on_delete, WHY_DELETE),
        ("wrong_on_update", "ON UPDATE", declared.on_update, key.on_update, WHY_UPDATE),
        ("wrong_match", "MATCH", declared.match, key.match, WHY_MATCH),
    )
    for check, word, wanted, actual, why in asked:
        if wanted is not None and wanted != actual:
            yield Finding(
                check,
                planned.child,
                Severity.ERROR,
                f"{key.name} is {word} {actual.upper()}, the contract wants {wanted.upper()}",
                why,
                replace_constraint(planned),
            )


def _unequal_types(look: Look) -> Iterator[Finding]:
    parent = look.planned.parent_end
    for one, other in look.planned.pairs:
        if one.type.oid != other.type.oid:
            yield Finding(
                "unequal_types",
                look.planned.child,
                Severity.ERROR,
                f"{one.display} is {one.type.name}, {other.display} of "
                f"{parent.relation.display} is {other.type.name}",
                "joins cast every row, indexes go unused, and one end takes what the other can't",
                convert_column(look.planned, one, other),
            )


def _contract_types(look: Look) -> Iterator[Finding]:
    parent = look.planned.parent_end
    for (one, other), kind in zip(look.planned.pairs, look.planned.wanted_types, strict=True):
        if kind is not None and one.type.oid == other.type.oid != kind.oid:
            yield Finding(
                "type_differs_from_contract",
                look.planned.child,
                Severity.WARNING,
                f"{one.display} is {one.type.name}, its values must be {kind.name}",
                "the column takes values that can't be what they must",
                f"-- convert both together, {one.display} and {parent.relation.display}."
                f"{other.display}, to {kind.name}: an enforced key takes one type at both ends",
            )


def _index(look: Look) -> Iterator[Finding]:
    if look.planned.child_end.relation.takes_constraints and not look.planned.covered:
        yield Finding(
            "no_covering_index",
            look.planned.child,
            Severity.WARNING,
            "no index leads with these columns",
            "every delete or key change of a parent reads the whole table under its lock",
            create_index(look.planned),
        )


def _wanted_names(planned: PresentRelationship) -> list[str]:
    pairs = zip(planned.wanted_types, planned.parent_end.columns, strict=True)
    return list(dict.fromkeys((kind or parent.type).name for kind, parent in pairs))


DEFINITION_JUDGES: tuple[Judge, ...] = (_missing, _state, _actions, _contract_types)
JUDGES: tuple[Judge, ...] = (
    _orphans,
    _malformed,
    _missing,
    _state,
    _actions,
    _unequal_types,
    _contract_types,
    _index,
)
