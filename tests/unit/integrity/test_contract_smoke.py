"""Smoke queries in a contract: each read, each fault told with its line."""

from __future__ import annotations

import pytest

from studioops.integrity import BrokenContract, load_contract


def contract(tmp_path, text: str):
    path = tmp_path / "c.yaml"
    path.write_text("smoke:\n" + text, encoding="utf-8")
    return load_contract(path)


def test_what_can_be_said(tmp_path):
    one, two, three = contract(
        tmp_path,
        "- {name: a, query: SELECT 1; , equals: 0}\n"
        "- name: b\n"
        "  query: |\n"
        "    -- all; of them\n"
        "    SELECT ';' FROM \"t;\" WHERE a = $x$;$x$ /* ; */ ; -- the end;\n"
        "  min_rows: 3\n"
        "- {name: c, query: (select 1)}\n",
    ).smoke
    assert (one.query, one.equals, one.min_rows, one.line) == ("SELECT 1", 0, 1, 2)
    assert two.query == "-- all; of them\nSELECT ';' FROM \"t;\" WHERE a = $x$;$x$ /* ; */"
    assert (two.equals, two.min_rows, two.line) == (None, 3, 3)
    assert three.query == "(select 1)"


def test_a_contract_without_them(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("target: shop\n", encoding="utf-8")
    assert load_contract(path).smoke == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- {name: a}\n", "line 2: 'query' is missing"),
        ("- {name: a, query: ''}\n", "line 2: query: there is no query in it"),
        ("- {name: a, query: '-- SELECT 1'}\n", "line 2: query: there is no query in it"),
        ("- name: a\n  query: DELETE FROM t\n", "line 3: query: takes a query that reads"),
        ("- name: a\n  query: SELECT 1; DROP TABLE t\n", "line 3: query: takes one statement"),
        ("- name: a\n  query: 'SELECT ''a''; COMMIT'\n", "line 3: query: takes one statement"),
        ("- name: a\n  query: 'SELECT 1 -- x\n\n    ; COMMIT'\n", "line 3: query: takes one"),
        (
            "- {name: a, query: SELECT 1, equal: 1}\n",
            "line 2: unknown key 'equal' (meant 'equals'?)",
        ),
        ("- {name: a, query: SELECT 1, min_rows: -1}\n", "line 2: min_rows: "),
        ("- {name: a, query: SELECT 1, equals: [1]}\n", "line 2: equals: takes one value"),
        ("- {name: a, query: SELECT 1, equals: null}\n", "line 2: equals: takes one value"),
        ("- name: a\n  query: SELECT 1\n  equals: 1\n  min_rows: 2\n", "line 5: min_rows: goes"),
        (
            "- {name: a, query: SELECT 1}\n- {name: a, query: SELECT 1}\n",
            "line 3: name: 'a' stands on line 2 already",
        ),
    ],
)
def test_faults(tmp_path, text, expected):
    with pytest.raises(BrokenContract) as raised:
        contract(tmp_path, text)
    assert any(str(one).startswith(expected) for one in raised.value.faults), raised.value.faults
