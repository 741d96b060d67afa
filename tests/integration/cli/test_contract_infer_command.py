"""`studioops contract infer` and `contract diff` as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

SHIPPED = Path(__file__).parents[3] / "include" / "contracts" / "studioops.yaml"
SOUND = (
    "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1)",
    "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p); CREATE INDEX ON c (p)",
    "INSERT INTO c VALUES (1, 1)",
)


def test_from_a_database_to_a_file_that_agrees_with_it(studioops, sql, tmp_path):
    dsn = sql(*SOUND)
    answer = studioops("contract", "infer", "--dsn", dsn)
    assert answer.code == 0
    assert "1 relationships proposed: 1 with a foreign key" in answer.err
    (tmp_path / "c.yaml").write_text(answer.out, encoding="utf-8")
    assert studioops("contract", "validate", "c.yaml").code == 0
    diff = studioops("contract", "diff", "--dsn", dsn, "--contract", "c.yaml")
    assert (diff.code, diff.err) == (0, "")
    assert diff.lines[0].endswith("1 relationships compared with c.yaml: no differences")
    assert studioops("scan", "--dsn", dsn, "--contract", "c.yaml").code == 0


def test_the_json_document_and_the_file_at_once(studioops, sql, tmp_path):
    words = ("contract", "infer", "--dsn", sql(*SOUND), "--output", "new.yaml")
    answer = studioops(*words, "--json")
    assert (answer.code, answer.err) == (0, "")
    (one,) = answer.json("contract-infer")["relationships"]
    assert (one["child"], one["outcome"], one["confidence"]) == ("public.c(p)", "constraint", 1.0)
    assert one["entry"]["on_delete"] == "NO ACTION"
    text = (tmp_path / "new.yaml").read_text(encoding="utf-8")
    again = studioops(*words)
    assert again.code == 2
    assert "new.yaml is there already" in again.err
    assert (tmp_path / "new.yaml").read_text(encoding="utf-8") == text


def test_a_file_that_cannot_be_written(studioops, sql):
    answer = studioops("contract", "infer", "--dsn", sql(*SOUND), "--output", "none/new.yaml")
    assert answer.code == 2
    assert "none/new.yaml: No such file or directory; next: " in answer.err


def test_the_legacy_database(studioops, legacy_dsn, tmp_path):
    infer = studioops("contract", "infer", "--dsn", legacy_dsn, "--output", "c.yaml")
    assert (infer.code, infer.out) == (0, "")
    assert "22 relationships proposed: 10 with a foreign key, 12 by names and values" in infer.err
    document = studioops("contract", "infer", "--dsn", legacy_dsn, "--json").json("contract-infer")
    assert sum(one["proposed"] for one in document["relationships"]) == 22
    words = ("contract", "diff", "--dsn", legacy_dsn, "--contract")
    assert studioops(*words, "c.yaml", "--json").json("contract-diff")["status"] == "failed"
    answer = studioops(*words, str(SHIPPED), "--json")
    assert (answer.code, answer.err) == (1, "")
    document = answer.json("contract-diff")
    assert sum(bool(one["differences"]) for one in document["relationships"]) == 31
    text = studioops(*words, str(SHIPPED))
    assert text.code == 1
    assert text.lines[0].endswith("39 differences")
    assert sum(line.startswith("missing_foreign_key: ") for line in text.lines) == 12


def test_an_empty_database_exits_3(studioops, database_dsn, tmp_path):
    answer = studioops("contract", "infer", "--dsn", database_dsn)
    assert answer.code == 3
    assert "nothing to propose" in answer.err.splitlines()[-1]
    assert "relationships: []" in answer.lines
    answer = studioops("contract", "infer", "--dsn", database_dsn, "--json")
    assert (answer.code, answer.json("contract-infer")["status"]) == (3, "not_checked")
    (tmp_path / "c.yaml").write_text("relationships: []\n", encoding="utf-8")
    words = ("contract", "diff", "--dsn", database_dsn, "--contract", "c.yaml")
    answer = studioops(*words)
    assert answer.code == 3
    assert "nothing to compare" in answer.err
    assert studioops(*words, "--json").json("contract-diff")["relationships"] == []


def test_no_select_right_exits_3_with_one_line(studioops, sql, cluster):
    cluster.run("CREATE ROLE nosy LOGIN PASSWORD 'geheim'")
    dsn = make_conninfo(sql(*SOUND), user="nosy", password="geheim")
    answer = studioops("contract", "infer", "--dsn", dsn, "--json")
    assert answer.code == 3
    (line,) = answer.err.splitlines()
    assert "permission denied for table" in line
    assert "GRANT" in line
    assert "geheim" not in answer.out + answer.err
    (one,) = answer.json("contract-infer")["relationships"]
    assert (one["proposed"], one["evidence"]["matched"]) == (True, None)


@pytest.mark.parametrize("verb", ["infer", "diff"])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"port": "1"}, "database_unreachable"),
        ({"password": "falsch-geheim"}, "authentication_failed"),
        ({"dbname": "nowhere"}, "no_such_database"),
    ],
)
def test_what_keeps_everybody_out_exits_3(studioops, database_dsn, verb, change, code):
    dsn = make_conninfo(database_dsn, **change)
    more = ("--contract", str(SHIPPED)) if verb == "diff" else ()
    answer = studioops("contract", verb, "--dsn", dsn, "--json", *more)
    assert answer.code == 3
    assert answer.json(f"contract-{verb}")["error"]["code"] == code
    (line,) = answer.err.splitlines()
    assert "; next: " in line
    for secret in ("geheim", conninfo_to_dict(dsn)["password"]):
        assert secret not in answer.out + answer.err


def test_wrong_usage_and_a_broken_contract_exit_2(studioops, database_dsn, tmp_path):
    answer = studioops("contract", "diff", "--dsn", database_dsn)
    assert answer.code == 2
    assert "has no contract; next: name the file with --contract" in answer.err
    (tmp_path / "c.yaml").write_text("relationships:\n- {child: a.b, parnt: c.d}\n")
    answer = studioops("contract", "diff", "--dsn", database_dsn, "--contract", "c.yaml", "--json")
    assert answer.code == 2
    assert [one["line"] for one in answer.json("contract-diff")["faults"]] == [2, 2]
    answer = studioops("contract", "infer", "--target", "nobody", "--json")
    assert answer.code == 2
    assert answer.json("contract-infer")["error"]["code"] == "usage"


def test_a_target_of_the_settings(studioops, sql, tmp_path):
    settings = {"STUDIOOPS_TARGETS__SHOP__URL": sql(*SOUND)}
    answer = studioops("contract", "infer", "--target", "shop", **settings)
    assert (answer.code, "target: shop" in answer.lines) == (0, True)
    (tmp_path / "c.yaml").write_text(answer.out, encoding="utf-8")
    settings["STUDIOOPS_TARGETS__SHOP__CONTRACT"] = str(tmp_path / "c.yaml")
    assert studioops("contract", "diff", "--target", "shop", **settings).code == 0
