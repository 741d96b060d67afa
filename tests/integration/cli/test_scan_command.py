"""`studioops scan` by its exit code, its one line and its JSON."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

CONTRACT = Path(__file__).parents[3] / "include" / "contracts" / "studioops.yaml"
SOUND = (
    "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1)",
    "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p); CREATE INDEX ON c (p)",
    "INSERT INTO c VALUES (1, 1)",
)
ORPHAN = "SET session_replication_role = replica; INSERT INTO c VALUES (2, 9)"


def test_a_sound_database_exits_0(studioops, sql):
    answer = studioops("scan", "--dsn", sql(*SOUND), "--json")
    assert (answer.code, answer.err) == (0, "")
    document = answer.json("scan")
    assert (document["status"], document["findings"]) == ("passed", [])


def test_an_orphan_exits_1_and_the_text_is_plain(studioops, sql):
    dsn = sql(*SOUND, ORPHAN)
    answer = studioops("scan", "--dsn", dsn)
    assert answer.code == 1
    assert (
        "orphans: 1 in 1 relationships (0 malformed, 1 behind a valid constraint)" in answer.lines
    )
    assert "\x1b" not in answer.out
    assert studioops("scan", "--dsn", dsn, "--json").json("scan")["summary"]["orphans"] == 1


def test_colour_is_not_forced_upon_a_file(studioops, sql):
    answer = studioops("scan", "--dsn", sql(*SOUND, ORPHAN), FORCE_COLOR="1", COLUMNS="20")
    assert "\x1b" not in answer.out
    assert (
        "orphans: 1 in 1 relationships (0 malformed, 1 behind a valid constraint)" in answer.lines
    )


def test_the_legacy_database_with_its_contract(studioops, legacy_dsn):
    answer = studioops("scan", "--dsn", legacy_dsn, "--contract", str(CONTRACT))
    assert answer.code == 1
    expected = "orphans: 61 in 13 relationships (44 malformed, 1 behind a valid constraint)"
    assert expected in answer.lines
    unseen = [line for line in answer.lines if line.startswith("not_checked: ")]
    assert sum("is absent" in line for line in unseen) == 9
    assert (
        "not_checked: public.documents(path) ⇢ documents: no object store is configured"
        in answer.out
    )
    assert "expectations: 10: 10 passed" in answer.lines
    document = studioops("scan", "--dsn", legacy_dsn, "--contract", str(CONTRACT), "--json").json(
        "scan"
    )
    assert len(document["relationships"]) == 31
    checks = [one["check"] for one in document["findings"]]
    assert checks.count("missing_foreign_key") == 21 - 9
    assert checks.count("wrong_on_update") == 9
    assert document["objects"][0]["status"] == "not_checked"


def test_the_upper_case_link_and_the_partly_null_note_are_left_alone(studioops, legacy_dsn):
    answer = studioops("scan", "--dsn", legacy_dsn, "--contract", str(CONTRACT), "--json")
    entries = {one["child"]: one for one in answer.json("scan")["relationships"]}
    notes = next(one for child, one in entries.items() if child.startswith("reporting."))
    assert (notes["status"], notes["orphans"], notes["declared"]) == ("passed", 0, False)
    sessions = entries["public.chat_sessions(project_id)"]
    shown = [one["reference"]["project_id"] for one in sessions["sample"]]
    assert sessions["orphans"] == len(shown) == 3
    assert not any(value.isupper() for value in shown)


@pytest.mark.parametrize(
    ("change", "code", "step"),
    [
        ({"port": "1"}, "database_unreachable", "check that the server runs"),
        ({"password": "falsch-geheim"}, "authentication_failed", "check user and password"),
        ({"dbname": "nowhere"}, "no_such_database", "check the database's name"),
    ],
)
def test_what_keeps_everybody_out_exits_3_with_one_line(
    studioops, database_dsn, change, code, step
):
    dsn = make_conninfo(database_dsn, **change)
    for words in (("scan", "--dsn", dsn), ("scan", "--dsn", dsn, "--json")):
        answer = studioops(*words)
        assert answer.code == 3
        (line,) = answer.err.splitlines()
        assert step in line
        assert "passed" not in answer.out
        for secret in ("geheim", conninfo_to_dict(dsn)["password"]):
            assert secret not in answer.out + answer.err
    assert answer.json("scan")["error"]["code"] == code


def test_no_select_right_exits_3_with_one_line(studioops, sql, cluster):
    cluster.run("CREATE ROLE blind LOGIN PASSWORD 'geheim'")
    dsn = make_conninfo(sql(*SOUND), user="blind", password="geheim")
    answer = studioops("scan", "--dsn", dsn, "--json")
    assert answer.code == 3
    (line,) = answer.err.splitlines()
    assert "permission denied for table" in line
    assert "GRANT" in line
    assert "geheim" not in answer.out + answer.err
    document = answer.json("scan")
    assert [one["status"] for one in document["relationships"]] == ["not_checked"]


def test_a_timeout_exits_3_with_one_line(studioops, sql):
    dsn = sql(*SOUND, "INSERT INTO p SELECT generate_series(2, 300000)")
    sql("INSERT INTO c SELECT n, n FROM generate_series(2, 300000) AS n")
    answer = studioops("scan", "--dsn", dsn, "--timeout", "0.02", "--json")
    assert answer.code == 3
    (line,) = answer.err.splitlines()
    assert "timeout" in line
    assert "--timeout" in line
    assert answer.json("scan")["status"] == "not_checked"


def test_a_broken_contract_exits_2_with_each_line(studioops, database_dsn, tmp_path):
    file = tmp_path / "broken.yaml"
    file.write_text("relationships:\n- child: a.b\n  parent: c\n  typ: uuid\n", encoding="utf-8")
    answer = studioops("scan", "--dsn", database_dsn, "--contract", str(file), "--json")
    assert answer.code == 2
    document = answer.json("scan")
    assert [one["line"] for one in document["faults"]] == [3, 4]
    assert document["error"]["code"] == "contract"
    assert f"{file}: line 4: unknown key 'typ' (meant 'type'?)" in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("scan", "--nope"), "No such option"),
        (("scan", "--dsn", "geheim"), "the connection URL can't be read"),
        (("scan", "--target", "a", "--dsn", "b"), "exclude each other"),
        (("scan", "--target", "nobody"), "no target is called 'nobody'"),
        (("scan",), "no target is called 'studioops' (known: none yet)"),
        (("scan", "--dsn", "host=h", "--timeout", "0"), "--timeout"),
        (("scan", "--dsn", "host=h", "--contract", "none.yaml"), "No such file"),
        (("nonsense",), "No such command"),
        ((), "Missing command"),
    ],
)
def test_wrong_usage_exits_2_with_the_next_step(studioops, words, said):
    for more in ((), ("--json",)) if words else ((),):
        answer = studioops(*words, *more)
        assert answer.code == 2
        assert said in answer.err
        assert "; next: " in answer.err
        assert "geheim" not in answer.out + answer.err
        if more:
            assert said in answer.json("scan")["error"]["message"]


def test_a_ledger_that_cannot_be_reached_is_one_line_and_changes_nothing(studioops, sql):
    url = "postgresql://u:geheim@127.0.0.1:1/ledger"
    answer = studioops("scan", "--dsn", sql(*SOUND), LEDGER_URL=url)
    assert answer.code == 0
    (line,) = answer.err.splitlines()
    assert "not recorded" in line
    assert "geheim" not in answer.err


def test_a_target_of_the_settings_needs_no_dsn(studioops, sql, tmp_path):
    (tmp_path / ".env").write_text(f"STUDIOOPS_TARGETS__SHOP__URL='{sql(*SOUND)}'\n")
    answer = studioops("scan", "--target", "shop", "--json")
    assert answer.code == 0
    assert answer.json("scan")["target"] == "shop"


def test_a_reader_that_goes_away_is_no_traceback(sql, tmp_path):
    import subprocess
    import sys

    program = Path(sys.executable).with_name("studioops")
    done = subprocess.run(
        ["sh", "-c", f"'{program}' scan --dsn \"$DSN\" --json | true"],
        env={"DSN": sql(*SOUND), "PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr


def test_a_scan_reads_the_replica_and_says_so(studioops, sql, standby):
    # The suite's server leaves commits in memory for a while, as no user's does.
    dsn = sql("SET synchronous_commit = local", *SOUND, ORPHAN)
    replica = standby.dsn(conninfo_to_dict(dsn)["dbname"])
    named = {"STUDIOOPS_TARGETS__SHOP__URL": dsn, "STUDIOOPS_TARGETS__SHOP__REPLICA": replica}
    answer = studioops("scan", "--target", "shop", "--json", **named)
    document = answer.json("scan")
    assert document["summary"]["orphans"] == 1
    assert str(standby.port) in document["reading"]["server"]
    named["STUDIOOPS_TARGETS__SHOP__REPLICA"] = dsn
    answer = studioops("scan", "--target", "shop", **named)
    assert (answer.code, answer.out) == (3, "")
    assert "is no standby" in answer.err
    assert "STUDIOOPS_TARGETS__NAME__REPLICA" in answer.err


def test_the_text_says_how_it_was_read(studioops, sql):
    answer = studioops("scan", "--dsn", sql(*SOUND))
    assert (
        "read by: batched_anti_join 1; connections: 2; snapshots: one a table; server: the primary"
        in answer.lines
    )
