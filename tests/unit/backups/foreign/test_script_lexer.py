"""Where statements end, as psql would have it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studioops.backups.foreign.script import Command, Script, Statement


def taken(text: str, *, at: int = 0) -> list[str]:
    """Statements and commands of a script; ``at`` bytes a piece, or all at once."""
    content = text.encode()
    size = at or len(content) or 1
    script = Script([content[place : place + size] for place in range(0, len(content), size)])
    return [
        one.text.decode().strip() if isinstance(one, Statement) else one.text
        for one in script.parts()
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1;",
        "SELECT ';', ';;';",
        "SELECT 'it''s; it''''s;';",
        r"SELECT 'C:\';",
        r"SELECT E'\';', e'\\', E'''\'\';';",
        "SELECT U&'d\\0061;';",
        r"SELECT B'1', N';', type'\';",
        'SELECT ";""; " FROM "a;b";',
        "SELECT $$;$$, $a$ $$ ; $b$ ; $a$;",
        "SELECT a$b$ FROM c$b$;",
        "PREPARE x AS SELECT $1; ",
        "SELECT 1 /* ; ' /* ; */ ; \" */ + 2;",
        "SELECT 1 -- ; ' \" $$ /*\n + 2;",
        "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM u; DELETE FROM v);",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;",
        "create or replace procedure p() begin atomic insert into t values (1); end;",
        "SELECT '\n\n-- x\n\\! y\n;\n';",
        "SELECT é, 'ü;' FROM \"ä;\";",
    ],
)
def test_one_statement_stays_one(statement):
    expected = statement.strip()
    for at in (0, 1, 2, 3, 7):
        assert taken(f"{statement}\nSELECT 2; SELECT 3;\n", at=at) == [
            expected,
            "SELECT 2;",
            "SELECT 3;",
        ]


def test_begin_and_end_elsewhere_hold_nothing_together():
    assert taken("BEGIN; SELECT 1; END; SELECT CASE WHEN a THEN b END;") == [
        "BEGIN;",
        "SELECT 1;",
        "END;",
        "SELECT CASE WHEN a THEN b END;",
    ]


@pytest.mark.parametrize("old", [True, False])
def test_old_strings_are_read_as_the_server_does(old):
    text = r"SELECT 'a\';'; SELECT 2;" if old else r"SELECT 'a\'; SELECT 2;"
    script = Script([text.encode()], lambda: old)
    assert [one.text.strip() for one in script.parts()][1:] == [b"SELECT 2;"]


def test_commands_are_told_apart_from_rows_and_text():
    script = "\\restrict x\nCOPY t FROM stdin;\n\\! no\n\\N\ty\n\\.\n\\! yes\nSELECT '\\! no';\nSELECT 1 \\gexec\n;"
    assert taken(script) == [
        "\\restrict x",
        "COPY t FROM stdin;",
        "\\! yes",
        "SELECT '\\! no';",
        "\\gexec",
        "SELECT 1 \n;",
    ]


@pytest.mark.parametrize("at", [0, 1, 5])
def test_rows_are_handed_over_as_they_are(at):
    rows = "1\ta;\\.\n\n-- x\n\\\\.\n\\.x\n"
    content = f"COPY public.t (a) FROM stdin;\n{rows}\\.\n\nSELECT 1;\n".encode()
    size = at or len(content)
    script = Script([content[place : place + size] for place in range(0, len(content), size)])
    found = b""
    texts = []
    for one in script.parts():
        assert isinstance(one, Statement)
        texts.append((one.text.strip(), one.line))
        if one.takes_rows:
            found = b"".join(script.rows())
    assert found == rows.encode()
    assert texts == [(b"COPY public.t (a) FROM stdin;", 1), (b"SELECT 1;", 9)]
    assert (script.cut, script.ended) == ("", False)


@pytest.mark.parametrize(
    ("text", "ended", "cut"),
    [
        ("SELECT 1;\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict x\n\n", True, ""),
        ("SELECT 1;\n--\n-- PostgreSQL database dump complete", True, ""),
        ("SELECT 1;\r\n-- PostgreSQL database dump complete\r\n", True, ""),
        ("-- PostgreSQL database dump complete\nSELECT 1;\n", False, ""),
        ("SELECT '\n-- PostgreSQL database dump complete\n", False, "a statement"),
        ("COPY t FROM stdin;\n-- PostgreSQL database dump complete\n", False, "rows"),
        ("COPY t FROM stdin;\n1\n2", False, "rows"),
        ("SELECT 1", False, "a statement"),
    ],
)
def test_how_a_script_ends(text, ended, cut):
    script = Script([text.encode()])
    assert all(isinstance(one, Statement | Command) for one in script.parts())
    assert (script.ended, script.cut) == (ended, cut)


@given(
    st.lists(
        st.sampled_from(
            [
                "'",
                "''",
                '"',
                "$$",
                "$a$",
                "--",
                "/*",
                "*/",
                ";",
                "\\",
                "\n",
                "(",
                ")",
                "E",
                "x",
                " ",
                "COPY t FROM stdin;",
                "\\.",
            ]
        ),
        max_size=30,
    )
)
def test_nothing_breaks_it_and_pieces_do_not_matter(tokens):
    text = "".join(tokens)
    assert taken(text) == taken(text, at=1) == taken(text, at=3)
