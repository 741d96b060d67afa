"""Expectations in a contract: each question read, each fault told with its line."""

from __future__ import annotations

from datetime import date

import pytest

from studioops.integrity import BrokenContract, load_contract


def contract(tmp_path, text: str):
    path = tmp_path / "c.yaml"
    path.write_text("expectations:\n" + text, encoding="utf-8")
    return load_contract(path)


def faults(tmp_path, text: str) -> list[str]:
    with pytest.raises(BrokenContract) as raised:
        contract(tmp_path, text)
    return [str(one) for one in raised.value.faults]


def test_an_entry_is_one_question_or_several(tmp_path):
    text = (
        "- {column: a.b, not_null: true, unique: true, severity: warning}\n"
        "- {column: a.c, values: [x, 1, 2.5, true], mostly: 0.9}\n"
        "- {column: 'a(d, e)', unique: true, references: 'p(d, e)', type: [uuid, int]}\n"
        "- {column: a.f, min: 0, max: 1.5}\n"
        "- {column: a.g, min: 2020-01-01}\n"
        "- {column: a.h, matches: '^x+$'}\n"
    )
    asked = contract(tmp_path, text).expectations
    assert [(one.kind, str(one.columns), one.line) for one in asked] == [
        ("not_null", "public.a(b)", 2),
        ("unique", "public.a(b)", 2),
        ("accepted_values", "public.a(c)", 3),
        ("unique", "public.a(d, e)", 4),
        ("reference", "public.a(d, e)", 4),
        ("range", "public.a(f)", 5),
        ("range", "public.a(g)", 6),
        ("pattern", "public.a(h)", 7),
    ]
    assert [one.severity for one in asked][:3] == ["warning", "warning", "error"]
    assert asked[2].options["values"] == ["x", 1, 2.5, True]
    assert [one.mostly for one in asked][1:3] == [1.0, 0.9]
    assert asked[6].options == {"min": date(2020, 1, 1), "max": None}
    assert str(asked[4].options["references"]) == "public.p(d, e)"
    assert asked[0].name == "public.a(b): not_null"


def test_the_types_of_references_are_asked_of_the_catalog(tmp_path):
    made = contract(tmp_path, "- {column: a.b, references: p.id, type: uuid}\n")
    assert made.type_names == {"uuid"}


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (
            "{column: a.b}",
            "line 2: asks nothing: give one of values, min, max, matches, not_null, unique, references",
        ),
        ("{not_null: true}", "column"),
        ("{column: a.b, nonsense: 1}", "nonsense"),
        ("{column: a.b, not_null: false}", "not_null"),
        ("{column: a.b, values: []}", "values"),
        ("{column: 'a(b, c)', not_null: true}", "not_null: takes one column, public.a(b, c) has 2"),
        (
            "{column: 'a(b, c)', references: p.id}",
            "public.a(b, c) has 2 column(s), public.p(id) has 1",
        ),
        ("{column: a.b, min: 3, max: 2}", "min: 3 is above max: 2, so no value can be right"),
        ("{column: a.b, min: 3, max: x}", "are of two kinds"),
        ("{column: a.b, matches: '('}", "is no regular expression"),
        ("{column: a.b, unique: true, mostly: 0.5}", "mostly: goes with"),
        ("{column: a.b, not_null: true, mostly: 1.5}", "mostly"),
        ("{column: a.b, not_null: true, type: uuid}", "type: goes with references: alone"),
        ("{column: a.b, not_null: true, severity: bad}", "severity"),
        ("{column: a, not_null: true}", "is no [schema.]table.column"),
        ("just text", "line 2"),
    ],
)
def test_each_fault_is_told_with_its_line(tmp_path, entry, fault):
    (told,) = faults(tmp_path, f"- {entry}\n")
    assert told.startswith("line 2: ")
    assert fault in told


def test_all_faults_are_told_at_once(tmp_path):
    told = faults(
        tmp_path,
        "- {column: a.b}\n- {column: 'a(b, c)', not_null: true, mostly: 1}\n- {column: a.b, min: 3, max: 2}\n",
    )
    assert [one.partition(":")[0] for one in told] == ["line 2", "line 3", "line 4"]
