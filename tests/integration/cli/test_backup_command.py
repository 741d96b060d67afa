"""``studioops backup take`` and ``drill`` as a stranger runs them, on a directory of backups."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.integration.cli.conftest import BACKUP_KEYS

ROWS = (
    "CREATE TABLE parents (id int PRIMARY KEY)",
    "INSERT INTO parents SELECT generate_series(1, 50)",
    "CREATE TABLE children (id bigserial PRIMARY KEY, parent int REFERENCES parents)",
    "CREATE INDEX ON children (parent)",
    "INSERT INTO children (parent) SELECT generate_series(1, 50)",
)
STUDIOOPS = Path(sys.executable).with_name("studioops")
SCRATCH = "SELECT FROM pg_database WHERE datname LIKE 'studioops_drill_%'"
AT_WORK = "SELECT FROM pg_stat_activity WHERE datname LIKE 'studioops_drill_%'"


@pytest.fixture
def backup(studioops, sql, tmp_path):
    dsn = sql(*ROWS)

    def run(*words: str, **environment: str):
        place = ["--to", str(tmp_path / "vault"), "--dsn", dsn]
        answer = studioops("backup", *words, *place, "--json", **BACKUP_KEYS | environment)
        assert BACKUP_KEYS["STUDIOOPS_BACKUP_KEYS__K"] not in answer.out + answer.err
        return answer

    return run


def test_the_documents_of_take_and_drill_are_what_is_published(backup):
    taken = backup("take")
    assert taken.code == 0, taken.err
    told = taken.json("backup-take")
    assert (told["status"], told["tables"], told["rows"]) == ("passed", 2, 100)

    drilled = backup("drill")
    assert drilled.code == 0, (drilled.out, drilled.err)
    proof = drilled.json("backup-drill")
    assert (proof["backup"], proof["faithful"], proof["sound"]) == (
        told["backup"],
        "passed",
        "passed",
    )

    other = {
        "STUDIOOPS_BACKUP_KEY_ID": "n",
        "STUDIOOPS_BACKUP_KEYS__K": base64.b64encode(b"n" * 32).decode(),
    }
    other["STUDIOOPS_BACKUP_KEYS__N"] = other["STUDIOOPS_BACKUP_KEYS__K"]
    unread = backup("drill", **other)
    assert unread.code == 1
    assert unread.json("backup-drill")["sound"] == "not_checked"


@pytest.mark.parametrize("command", ["drill", "verify"])
def test_a_key_that_is_not_set_is_named_and_nothing_is_known(backup, command):
    new = base64.b64encode(b"n" * 32).decode()
    named = {"STUDIOOPS_BACKUP_KEY_ID": "n", "STUDIOOPS_BACKUP_KEYS__N": new}
    assert backup("take", **named).code == 0
    unread = backup(command)
    told = unread.json(f"backup-{command}")
    assert (unread.code, told["status"], told["findings"]) == (3, "not_checked", [])
    (line,) = unread.err.splitlines()
    assert "encrypted with the key 'n', which the settings don't hold" in line
    assert line.endswith("next: set STUDIOOPS_BACKUP_KEYS__N to that key")


def test_a_key_rotated_away_is_still_read_with(backup):
    assert backup("take").code == 0
    new = base64.b64encode(b"n" * 32).decode()
    rotated = {"STUDIOOPS_BACKUP_KEY_ID": "n", "STUDIOOPS_BACKUP_KEYS__N": new}
    assert backup("drill", **rotated).code == 0


@pytest.mark.parametrize(
    ("words", "environment", "error"),
    [
        ("take", {"STUDIOOPS_BACKUP_KEYS__K": "abc"}, "settings"),
        ("take --jobs 0", {}, "usage"),
        ("drill", {}, "usage"),
    ],
)
def test_a_refusal_is_a_document_too(backup, words, environment, error):
    command = words.split()
    answer = backup(*command, **environment)
    assert answer.code == 2, answer.err
    assert answer.json(f"backup-{command[0]}")["error"]["code"] == error
    assert answer.err.count("\n") == 1
    assert "; next: " in answer.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_ends_a_drill_leaves_no_scratch_database_and_says_so(backup, sql, tmp_path, number):
    assert backup("take").code == 0
    dsn = sql()
    with psycopg.connect(dsn, autocommit=True) as admin:
        process = subprocess.Popen(
            [STUDIOOPS, "backup", "drill", "--json", "--dsn", dsn, "--to", tmp_path / "vault"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], **BACKUP_KEYS},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        _wait_for(lambda: admin.execute(AT_WORK).fetchall())
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 128 + number
        assert "was done; next: run it again" in err
        assert json.loads(out)["error"]["message"] in err
        assert admin.execute(SCRATCH).fetchall() == []


def _wait_for(look) -> None:
    end = time.monotonic() + 60
    while not look():
        assert time.monotonic() < end
        time.sleep(0.02)
