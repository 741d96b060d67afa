"""``backup list`` and ``backup prune`` as an operator runs them."""

from __future__ import annotations

import base64
import json
import os
import pty
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import jsonschema
import pytest

from studioops.backups.model import folder_of
from studioops.backups.shelf import MANIFEST, Shelf
from studioops.cli import main
from studioops.objectstore.encryption import Keyring
from studioops.objectstore.vault import BucketVault

STUDIOOPS = Path(sys.executable).with_name("studioops")
ROOT = Path(__file__).parents[4]
KEY = base64.b64encode(bytes(range(32))).decode()
KEYS = {"STUDIOOPS_BACKUP_KEY_ID": "one", "STUDIOOPS_BACKUP_KEYS__ONE": KEY}
TARGET = {"STUDIOOPS_TARGETS__SHOP__URL": "postgresql://me:secret-word@127.0.0.1:1/shop"}
ONE_DAY = {
    f"STUDIOOPS_BACKUP_KEEP_{word}": n
    for word, n in (("DAILY", "1"), ("WEEKLY", "0"), ("MONTHLY", "0"))
}


class Answer:
    def __init__(self, code: object, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err
        assert "Traceback" not in self.err, self.err
        assert "secret-word" not in self.out + self.err
        assert KEY not in self.out + self.err

    def json(self, name: str) -> dict:
        document = json.loads(self.out)
        schema = json.loads((ROOT / "docs/schemas" / f"{name}.json").read_text(encoding="utf-8"))
        jsonschema.validate(document, schema)
        return document


@pytest.fixture
def backup(here, tmp_path, capsys, monkeypatch):
    """Run a command on a directory of backups, in this process: a new one takes a second or two.

    ``to=None`` takes the object store.
    """
    monkeypatch.chdir(tmp_path)

    def run(*words: str, to: str | None = "backups", **environment: str) -> Answer:
        place = ["--to", str(tmp_path / to)] if to else []
        environment = {"PATH": os.environ["PATH"], **KEYS, **TARGET, **environment}
        typed = ["studioops", "backup", *words, *place, "--target", "shop"]
        with (
            Path(os.devnull).open(encoding="ascii") as nobody,
            patch.dict(os.environ, environment, clear=True),
            patch.object(sys, "argv", typed),
            patch.object(sys, "stdin", nobody),
            pytest.raises(SystemExit) as ended,
        ):
            main()
        said = capsys.readouterr()
        return Answer(ended.value.code, said.out, said.err)

    return run


def test_young_and_proven_is_well(backup, here):
    old, young = here.add(3, faithful=True, sound=False), here.add(0.1)
    answer = backup("list", "--json")
    assert answer.code == 0, answer.err
    document = answer.json("backup-list")
    assert (document["status"], document["target"], document["newest_proven"]) == (
        "passed",
        "shop",
        old,
    )
    first, second = document["backups"]
    assert (first["backup_id"], first["tables"], first["rows"], first["files"]) == (young, 2, 7, 2)
    assert first["size"] == sum(one.size for one in here.shelf.manifest(young).files)
    assert (first["status"], second["status"]) == ("not_checked", "failed")
    drill = f"studioops backup drill {young} --target shop --to {here.shelf.vault.where}"
    assert first["reason"] == f"never drilled; next: {drill}"
    age = datetime.now(UTC) - here.shelf.manifest(young).snapshot_at
    assert age.total_seconds() - 30 < first["age_seconds"] <= age.total_seconds()
    text = backup("list")
    assert text.code == 0
    assert f"newest proven faithful: {old}, 3 d 0 h old" in text.out
    assert "faithful passed, sound failed" in text.out


def test_the_spool_and_the_last_drill_are_shown(backup, here):
    spooled = here.add(0.1, faithful=True)
    here.shelf.keep(replace(here.shelf.manifest(spooled), spooled_on="night-host"))
    text = backup("list").out
    assert "spooled on night-host" in text
    assert f"{spooled}" in text


def test_too_old_is_a_finding_and_exit_1(backup, here):
    here.add(2, faithful=True)
    answer = backup("list", "--json")
    (finding,) = answer.json("backup-list")["findings"]
    assert (answer.code, finding["check"]) == (1, "stale")
    # As it was typed, so that it can be pasted.
    place = here.shelf.vault.where
    assert finding["repair"] == f"studioops backup take --target shop --to {place}"
    assert backup("list", STUDIOOPS_RPO="200000").code == 0


def test_never_proven_is_exit_3_also_with_a_drill_that_failed(backup, here):
    only = here.add(0)
    answer = backup("list", "--json")
    assert (answer.code, answer.json("backup-list")["status"]) == (3, "not_checked")
    assert "next: studioops backup drill" in answer.err
    here.drill(only, faithful=False)
    assert backup("list").code == 3


def test_a_drill_that_could_not_run_does_not_undo_an_earlier_proof(backup, here):
    only = here.add(0.5, faithful=True)
    here.drill(only, faithful=None, sound=None, hours_ago=0.5)
    document = backup("list", "--json").json("backup-list")
    assert (document["newest_proven"], document["backups"][0]["faithful"]) == (only, True)
    here.drill(only, faithful=False, hours_ago=0.2)
    assert backup("list", "--json").json("backup-list")["newest_proven"] is None


def test_no_backup_at_all_is_a_fault(backup, here):
    here.vault.root.mkdir()
    answer = backup("list", "--json")
    (finding,) = answer.json("backup-list")["findings"]
    assert (answer.code, finding["check"]) == (1, "no_backup")


def test_a_damaged_manifest_is_listed_and_never_well(backup, here):
    damaged = here.add(1, faithful=True)
    here.add(0, faithful=True)
    here.overwrite(f"{here.folder(damaged)}{MANIFEST}")
    answer = backup("list", "--json")
    document = answer.json("backup-list")
    assert answer.code == 1
    assert [one["check"] for one in document["findings"]] == ["damaged_backup"]
    (line,) = [one for one in document["backups"] if one["backup_id"] == damaged]
    assert (line["readable"], line["size"], line["status"]) == (False, None, "failed")
    assert damaged in backup("list").out


def test_a_damaged_newest_backup_does_not_count_as_young(backup, here):
    here.add(2, faithful=True)
    here.overwrite(f"{here.folder(here.add(0))}{MANIFEST}")
    checks = {one["check"] for one in backup("list", "--json").json("backup-list")["findings"]}
    assert checks == {"stale", "damaged_backup"}


def test_a_missing_key_is_named_and_nothing_is_called_well(backup, here):
    other = Shelf(here.vault, Keyring("two", {"two": b"2" * 32}), "shop")
    theirs = replace(here, shelf=other).add(0, faithful=True)
    answer = backup("list", "--json")
    document = answer.json("backup-list")
    assert (answer.code, document["findings"]) == (3, [])
    assert "STUDIOOPS_BACKUP_KEYS__TWO" in document["backups"][0]["reason"]
    here.add(0.1, faithful=True)
    assert backup("list").code == 3, "one that nobody could read is never well"
    assert theirs in backup("list").out


def test_a_backup_of_tomorrow_is_not_taken_for_a_young_one(backup, here):
    here.add(2, faithful=True)
    here.add(-1)
    document = backup("list", "--json").json("backup-list")
    assert [one["check"] for one in document["findings"]] == ["stale"]
    assert any("set the clocks" in one["reason"] for one in document["subjects"])


@pytest.mark.parametrize(
    ("to", "environment", "said"),
    [
        ("nowhere", {}, "there is no directory"),
        (None, {}, "MINIO_ENDPOINT"),
        ("backups", {"STUDIOOPS_BACKUP_KEY_ID": ""}, "STUDIOOPS_BACKUP_KEY_ID"),
    ],
)
def test_what_is_missing_is_one_clear_line(backup, here, to, environment, said):
    here.add(0)
    for words in (("list",), ("prune", "--yes")):
        answer = backup(*words, "--json", to=to, **environment)
        code = "usage" if to == "nowhere" else "settings"
        assert (answer.code, json.loads(answer.out)["error"]["code"]) == (2, code)
        assert said in answer.err
        assert len(answer.err.splitlines()) == 1


@pytest.fixture
def minio(object_store_server, bucket):
    server = object_store_server
    return {
        "MINIO_ENDPOINT": server.endpoint,
        "MINIO_ACCESS_KEY": server.access_key,
        "MINIO_SECRET_KEY": server.secret_key,
        "STUDIOOPS_BACKUP_BUCKET": bucket,
    }


def test_the_object_store_of_the_settings(backup, here, minio, store, bucket):
    there = replace(here, shelf=replace(here.shelf, vault=BucketVault(store, bucket)))
    there.add(0, faithful=True)
    old = there.add(5, faithful=True)
    document = backup("list", "--json", to=None, **minio).json("backup-list")
    assert (document["status"], len(document["backups"])) == ("passed", 2)
    assert document["where"].endswith(bucket)
    answer = backup("prune", "--yes", "--json", to=None, **minio, **ONE_DAY)
    assert (answer.code, answer.json("backup-prune")["removed"]["files"]) == (0, 4)
    assert old not in there.shelf.ids()
    missing = backup("list", "--json", to=None, **{**minio, "STUDIOOPS_BACKUP_BUCKET": "not-there"})
    assert (missing.code, json.loads(missing.out)["error"]["code"]) == (3, "no_such_object")


def test_a_store_that_is_away_is_exit_3(backup, minio):
    answer = backup("list", "--json", to=None, **{**minio, "MINIO_ENDPOINT": "127.0.0.1:1"})
    assert (answer.code, json.loads(answer.out)["error"]["code"]) == (3, "object_store_unreachable")


def test_prune_needs_a_yes_where_nobody_can_be_asked(backup, here):
    here.add(0, faithful=True)
    answer = backup("prune", "--json")
    assert (answer.code, json.loads(answer.out)["error"]["next"]) == (2, "give --yes")


def test_prune_shows_what_would_go_then_does_it(backup, here):
    newest, old = here.add(0, faithful=True), here.add(5, faithful=True)
    tried = backup("prune", "--dry-run", **ONE_DAY)
    assert tried.code == 0
    assert f"  remove {old}: no period of the last 1 days, 0 weeks, 0 months needs it" in tried.out
    assert f"  keep   {newest}: the newest" in tried.out
    assert here.shelf.ids() == [old, newest]
    done = backup("prune", "--yes", **ONE_DAY)
    assert (done.code, here.shelf.ids()) == (0, [newest])
    assert f"  gone   {old}" in done.out
    assert "files of backups given up: 4 gone" in done.out


def test_prune_while_nothing_is_proven_says_so_and_is_exit_3(backup, here):
    for days in (0, 8):
        here.add(days)
    answer = backup("prune", "--yes", "--json", **ONE_DAY)
    assert (answer.code, answer.json("backup-prune")["removed"]["files"]) == (3, 0)
    assert "no backup has ever been proven faithful" in answer.err


def test_damaged_backups_go_when_told_so(backup, here):
    newest, damaged = here.add(0, faithful=True), here.add(5)
    here.overwrite(f"{folder_of('shop', damaged)}{MANIFEST}")
    assert backup("prune", "--yes").code == 3
    assert backup("prune", "--yes", "--damaged").code == 0
    assert here.shelf.ids() == [newest]


@pytest.mark.parametrize(("reply", "left"), [("n\n", 2), ("y\n", 1)])
def test_prune_asks_at_a_terminal(here, tmp_path, reply, left):
    for days in (0, 5):
        here.add(days, faithful=True)
    leader, follower = pty.openpty()
    os.write(leader, reply.encode())
    done = subprocess.run(
        [STUDIOOPS, "backup", "prune", "--to", here.vault.root, "--target", "shop"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **KEYS, **TARGET, **ONE_DAY},
        stdin=follower,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(leader)
    os.close(follower)
    assert "Traceback" not in done.stderr
    assert ("Remove these?" in done.stderr, "no period of" in done.stderr) == (True, True)
    assert (done.returncode, len(here.shelf.ids())) == (0, left)
