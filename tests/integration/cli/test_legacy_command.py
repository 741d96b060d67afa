"""`studioops legacy load` by its exit code, its one line, and what a scan then says."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

CONTRACT = (
    "relationships:\n- {child: chat_messages.session_id, parent: chat_sessions.id, type: uuid}\n"
)


def test_the_legacy_database_with_further_rows_and_the_scan_that_it_names(
    studioops, database_dsn, tmp_path
):
    answer = studioops("legacy", "load", "--dsn", database_dsn, "--scale", "2000")
    assert (answer.code, answer.err) == (0, "")
    (line,) = answer.lines
    assert "61 broken references in 13 relationships and 2,000 further rows; next: " in line
    (tmp_path / "c.yaml").write_text(CONTRACT, encoding="utf-8")
    scanned = studioops("scan", "--dsn", database_dsn, "--contract", "c.yaml", "--json").json(
        "scan"
    )
    first = scanned["relationships"][0]
    assert (first["orphans"], first["rows"]) == (42, 58 + 758)


def test_as_json_and_owned_by_who_was_named(studioops, database_dsn, cluster, legacy_template):
    answer = studioops("legacy", "load", "--dsn", database_dsn, "--owner", "studioops", "--json")
    document = answer.json("legacy-load")
    assert (document["status"], document["scale"]) == ("passed", 0)
    with psycopg.connect(database_dsn) as connection:
        owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'projects'"
        assert connection.execute(owner).fetchone() == ("studioops",)


@pytest.mark.parametrize("scale", ["-1", "many", "1e6", "2000000000", ""])
def test_a_scale_that_is_none_is_one_line(studioops, database_dsn, scale):
    answer = studioops("legacy", "load", "--dsn", database_dsn, "--scale", scale)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert "--scale" in answer.err


def test_a_database_that_is_not_empty_is_refused_and_left_alone(studioops, sql):
    answer = studioops("legacy", "load", "--dsn", sql("CREATE TABLE mine (id int)"), "--json")
    assert answer.code == 4
    assert "is not empty: it has table mine" in answer.err
    assert "next: load the legacy StudioOps database into a new one" in answer.err
    assert answer.json("legacy-load")["error"]["code"]


def test_nobody_answers(studioops):
    answer = studioops("legacy", "load", "--dsn", "postgresql://u:sesame@127.0.0.1:1/d")
    assert answer.code == 3
    assert answer.err.count("\n") == 1
    assert "sesame" not in answer.err


def test_a_role_that_may_not(studioops, database_dsn, cluster):
    cluster.run("CREATE ROLE mere LOGIN PASSWORD 'x'")
    try:
        dsn = make_conninfo(database_dsn, user="mere", password="x")
        answer = studioops("legacy", "load", "--dsn", dsn)
    finally:
        cluster.run("DROP ROLE mere")
    assert answer.code == 3
    assert "mere is no superuser" in answer.err
