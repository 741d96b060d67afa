"""The text of a report on terminals of every width, and on none."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from studioops.cli.output import console
from studioops.cli.render import print_scan
from studioops.model import Finding, Report, Severity, Status


def entry(n: int, status: str, **changes) -> dict:
    return {
        "child": f"public.c{n}(p)",
        "parent": "public.p(id)",
        "declared": True,
        "wanted": {"on_delete": "CASCADE", "on_update": None, "match": None},
        "constraint": {
            "name": "k",
            "validated": True,
            "enforced": True,
            "on_delete": "CASCADE",
            "on_update": "NO ACTION",
            "match": "simple",
            "definition": "",
        },
        "status": status,
        "orphans": 0,
        "malformed": 0,
        "rows": 1,
        "reason": "",
        **changes,
    }


def report(*entries: dict, findings=()) -> Report:
    statuses = [one["status"] for one in entries]
    summary = {
        "relationships": len(entries),
        **{name: statuses.count(name) for name in ("passed", "failed", "not_checked")},
        "orphans": 61,
        "relationships_with_orphans": 13,
        "malformed": 44,
        "behind_valid_constraint": 1,
    }
    evidence = {"summary": summary, "reason": "", "relationships": entries, "objects": []}
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Report(
        "scan", "shop", Status.worst(map(Status, statuses)), at, 1, (), tuple(findings), evidence
    )


def text(made: Report, width: int | None = None, **options) -> str:
    stream = io.StringIO()
    out = console(stream) if width is None else Console(file=stream, width=width)
    print_scan(made, out, **options)
    return stream.getvalue()


LINE = "orphans: 61 in 13 relationships (44 malformed, 1 behind a valid constraint)"


@pytest.mark.parametrize("width", [None, 20, 80, 200])
def test_the_line_that_scripts_look_for_is_never_wrapped(width):
    assert LINE in text(report(entry(1, "failed")), width).splitlines()


def test_a_foreign_key_says_what_it_does_and_what_is_wanted():
    wanted = {"on_delete": "SET NULL", "on_update": "CASCADE", "match": None}
    shown = text(
        report(
            entry(1, "passed"),
            entry(2, "failed", wanted=wanted),
            entry(3, "failed", wanted=wanted, constraint=None),
            entry(4, "failed", wanted=None, constraint=None),
        )
    ).splitlines()
    rows = {line.split()[1]: line for line in shown if "→" in line}
    assert "wants" not in rows["c1(p)"]
    assert "CASCADE / NO ACTION, wants SET NULL / CASCADE" in rows["c2(p)"]
    assert "missing, wants SET NULL / CASCADE" in rows["c3(p)"]
    assert rows["c4(p)"].split()[-4] == "missing"


def test_what_nobody_looked_at_is_told_with_its_reason_and_not_in_the_table():
    shown = text(report(entry(1, "not_checked", orphans=None, reason="table x is absent")))
    assert "not_checked: public.c1(p) → public.p(id): table x is absent" in shown.splitlines()
    assert "passed  " not in shown


def test_what_failed_without_a_count_shows_no_zero():
    shown = text(report(entry(1, "failed", orphans=None, malformed=None, rows=None)))
    assert "?" in next(line for line in shown.splitlines() if "c1(p)" in line)


def test_many_that_passed_are_counted_not_listed():
    shown = text(report(*(entry(n, "passed") for n in range(100)), entry(100, "failed")))
    assert "c100(p)" in shown
    assert "c99(p)" not in shown
    assert "(100 that passed are not listed)" in shown


def test_findings_are_grouped_worst_first_and_repairs_on_demand():
    findings = [
        Finding("no_covering_index", "public.a(b)", Severity.WARNING, "m1", "w1", "r1"),
        Finding("orphan", "public.a(b)", Severity.ERROR, "m2", "w2", "r2"),
        Finding("orphan", "public.c(d)", Severity.ERROR, "m3", "w2", "r3"),
    ]
    made = report(entry(1, "failed"), findings=findings)
    short, long = text(made), text(made, repairs=True)
    assert short.index("error orphan (2): w2") < short.index("warning no_covering_index (1): w1")
    assert "r3" not in short
    assert "--repairs" in short
    assert "r3" in long
    assert "--repairs" not in long


def test_names_with_brackets_are_no_markup():
    shown = text(report(entry(1, "failed", child='public."[red]x"(p)')))
    assert '"[red]x"(p)' in shown


def test_a_name_with_a_line_break_stays_on_its_line():
    finding = Finding("orphan", 'public."a\nb"(p)', Severity.ERROR, "m", "w", "r")
    shown = text(report(entry(1, "failed"), findings=[finding]))
    assert '  public."a\\nb"(p): m' in shown.splitlines()
