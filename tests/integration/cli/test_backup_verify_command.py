"""``studioops backup verify [ID]``, and printed commands typed as they stand."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.integration.cli.conftest import BACKUP_KEYS, Answer

PLACE = "my vault"
ROWS = (
    "CREATE TABLE parents (id int PRIMARY KEY)",
    "INSERT INTO parents SELECT generate_series(1, 50)",
)


class Shop:
    """A database with a password in its URL, and commands on its backups."""

    def __init__(self, dsn: str, studioops: Callable[..., Answer]) -> None:
        self.studioops = studioops
        words = conninfo_to_dict(dsn)
        self.url = "postgresql://{user}:{password}@{host}:{port}/{dbname}".format(**words)
        self.password = words["password"]

    def run(self, *words: str, **environment: str) -> Answer:
        known = {"PGPASSWORD": self.password, **BACKUP_KEYS, **environment}
        answer = self.studioops(*words, **known)
        assert self.password not in answer.out + answer.err
        return answer

    def backup(self, *words: str, **environment: str) -> Answer:
        return self.run("backup", *words, "--dsn", self.url, "--to", PLACE, **environment)


@pytest.fixture
def shop(database_dsn, studioops):
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        for statement in ROWS:
            connection.execute(statement)
    return Shop(database_dsn, studioops)


def printed(text: str, before: str) -> list[str]:
    """The command that follows those words, as a shell would take it apart."""
    found = re.search(rf"{re.escape(before)}(studioops [^`\n;]+)", text)
    assert found, text
    return shlex.split(found[1])[1:]


def test_whole_damaged_and_all(shop, tmp_path):
    assert shop.backup("take").code == 0
    text = shop.backup("verify")
    assert (text.code, text.err) == (0, "")
    assert "1 backup of my vault read through" in text.out
    assert re.search(r"^passed +table of contents", text.out, re.MULTILINE)
    told = shop.backup("verify", "--json").json("backup-verify")
    (only,) = told["backups"]
    assert (told["status"], told["restored"], only["status"]) == ("passed", False, "passed")

    assert shop.backup("take").code == 0
    (file, *_) = sorted((tmp_path / PLACE).rglob(f"{only['backup']}/dump/[0-9]*"))
    file.write_bytes(file.read_bytes()[:-5])
    assert shop.backup("verify").code == 0, "the newest is whole"
    every = shop.backup("verify", "--all")
    assert every.code == 1
    assert re.search(rf"^failed: {only['backup']}: .*: faults in files$", every.out, re.MULTILINE)
    assert len(re.findall(r"^(passed|failed): 2", every.out, re.MULTILINE)) == 2
    assert "error backup_file_truncated (1)" in every.out
    told = shop.backup("verify", "--all", "--json").json("backup-verify")
    assert [one["status"] for one in told["backups"]] == ["passed", "failed"]
    one = shop.backup("verify", only["backup"], "--json")
    assert (one.code, one.json("backup-verify")["status"]) == (1, "failed")


def test_nobody_could_look(shop, object_store_server):
    nothing = shop.backup("verify", "--all")
    assert (nothing.code, nothing.err.count("\n")) == (2, 1)
    assert shop.backup("take").code == 0
    missing = shop.backup("verify", "20200101T000000Z-00000000", "--json")
    assert (missing.code, missing.json("backup-verify")["error"]["code"]) == (3, "no_such_backup")
    away = shop.run(
        *("backup", "verify", "--dsn", shop.url, "--json"),
        MINIO_ENDPOINT="127.0.0.1:1",
        MINIO_ACCESS_KEY="a",
        MINIO_SECRET_KEY="b",
        MINIO_HEALTH_TIMEOUT="1",
    )
    said = away.json("backup-verify")["error"]["code"]
    assert (away.code, said) == (3, "object_store_unreachable")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("20200101T000000Z-00000000", "--dump", "x", "--dsn", "d"), "an ID and --dump exclude"),
        (("--all", "--dump", "x", "--dsn", "d"), "--all and --dump exclude"),
        (("--to", "d", "--dump", "x", "--dsn", "d"), "--to and --dump exclude"),
        (("--dump", "x"), "--dump needs a server"),
        (("--contract", "c"), "--contract is for --dump"),
        (("20200101T000000Z-00000000", "--all"), "an ID and --all exclude"),
    ],
)
def test_what_does_not_go_together_is_one_line(shop, words, said):
    refused = shop.run("backup", "verify", *words, "--json")
    assert refused.code == 2
    assert refused.json("backup-verify")["error"]["message"].startswith(said)
    assert refused.err.count("\n") == 1


def test_every_printed_next_step_can_be_typed(shop, tmp_path):
    """From an empty directory to a recovery and back, by what the commands themselves say."""
    (tmp_path / PLACE).mkdir()
    none = shop.run("recover", "plan", "--dsn", shop.url, "--to", PLACE)
    assert none.code == 4
    taken = shop.run(*printed(none.err, "prove it: `"))
    assert taken.code == 0, taken.err
    listed = shop.backup("list")
    assert listed.code == 3
    command = printed(taken.out, "prove it: ")
    assert printed(listed.out, "never drilled; next: ") == command
    refused = shop.run("recover", "run", "--dsn", shop.url, "--to", PLACE, "--yes")
    assert set(printed(refused.err, "drill it first: `")) == set(command)
    verified = shop.backup("verify")
    assert printed(verified.out, "not restored: `") == command
    assert shop.run(*command).code == 0
    assert shop.backup("list").code == 0

    done = shop.run("recover", "run", "--dsn", shop.url, "--to", PLACE, "--yes")
    assert done.code == 0, (done.out, done.err)
    back = shop.run(*printed(done.out, "the way back: "), "--yes")
    assert back.code == 0, back.err
    again = shop.run(*printed(back.out, "the way back: "), "--yes")
    assert again.code == 0, again.err
    with psycopg.connect(shop.url, dbname="postgres", autocommit=True) as admin:
        for line in re.findall(r"DROP DATABASE .+", again.out):
            admin.execute(line)


def test_a_shell_takes_what_is_printed(shop, tmp_path):
    taken = shop.backup("take")
    line = taken.out.partition("prove it: ")[2].replace("drill", "verify")
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=tmp_path,
        env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **BACKUP_KEYS},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
