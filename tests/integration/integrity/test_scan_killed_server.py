"""The whole server killed in the middle of a scan: nothing lost is called well, a retry resumes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import psutil
import psycopg
import pytest

from studioops.integrity import merge_scans, plan_scan, remaining, scan
from studioops.local.ports import pick
from studioops.local.postgres_programs import find_programs
from studioops.local.postgres_server import PostgresServer
from studioops.local.processes import wait_for
from studioops.local.server_user import server_user
from studioops.local.state import LocalPaths, load_secrets
from studioops.model import Report
from studioops.postgres import open_database
from tests.conftest import FAST

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "scan.json"
ROWS, RANGE = 6000, 500
TABLES = (
    "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 900)",
    "CREATE TABLE a (id int PRIMARY KEY, p int REFERENCES p); INSERT INTO a VALUES (1, 1)",
    "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p)",
    f"INSERT INTO c SELECT n, 1 + n % 900 FROM generate_series(1, {ROWS}) AS n",
    "CREATE TABLE z (id int PRIMARY KEY, p int REFERENCES p); INSERT INTO z VALUES (1, 1)",
    "ANALYZE",
)
SLOW = (
    "CREATE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql STABLE AS"
    " 'BEGIN PERFORM pg_catalog.pg_sleep(60); RETURN $1; END'",
    "CREATE VIEW v AS SELECT slow(p) AS p FROM a",
)
CONTRACT = "relationships:\n- {child: v.p, parent: p.id}\n- {child: z.p, parent: p.id}\n"


@dataclass
class Victim:
    """A server of this module's own, to be killed and started again."""

    server: PostgresServer
    port: int

    @property
    def dsn(self) -> str:
        return self.server.dsn(self.port)

    def sql(self, *statements: str) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def kill(self) -> None:
        """Postmaster and backends, as a power cut or the kernel's killer does it."""
        killed = self.server.processes()
        assert killed
        for process in killed:
            process.kill()
        psutil.wait_procs(killed, timeout=10)

    def start(self) -> None:
        self.server.start(self.port)

    def kill_once(self, statement: str) -> threading.Thread:
        """Kill as soon as a statement that holds these words is at work."""

        def watch() -> None:
            with psycopg.connect(self.dsn, autocommit=True) as connection:
                active = (
                    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                    " AND pid <> pg_backend_pid() AND query LIKE %s"
                )
                wait_for(
                    lambda: connection.execute(active, [f"%{statement}%"]).fetchone() != (0,), 40
                )
                self.kill()

        thread = threading.Thread(target=watch)
        thread.start()
        return thread


@pytest.fixture(scope="module")
def made(stack_dir) -> Iterator[Victim]:
    user, home = server_user(), stack_dir / "victim"
    password = load_secrets(LocalPaths(stack_dir))["postgres_password"]
    server = PostgresServer(
        find_programs(user, stack_dir), user, home, stack_dir / "victim.log", password, FAST
    )
    server.create()
    victim = Victim(server, pick(1)[0])
    victim.start()
    victim.sql(*TABLES, *SLOW, "CHECKPOINT")
    yield victim
    server.stop()


@pytest.fixture
def victim(made) -> Iterator[Victim]:
    """Running before and after each test."""
    yield made
    if made.server.pid() is None:
        made.start()


def statuses(report: Report) -> dict[str, str]:
    return {one["child"]: one["status"] for one in report.evidence["relationships"]}


def test_a_killed_server_leaves_the_rest_not_checked_and_the_retry_resumes(victim):
    with open_database(victim.dsn) as database:
        keys = [one.key for one in plan_scan(database, None, range_rows=RANGE)]
        assert len(keys) > ROWS / RANGE
        parts: list[Report] = []

        def kill_after_three(part: Report) -> None:
            parts.append(part)
            if len(parts) == 3:
                victim.kill()

        first = scan(database, None, target="t", keys=keys, checkpoint=kill_after_three)
        cut_off = merge_scans("t", [*parts, first], keys, "")
        assert cut_off.status == "not_checked"
        assert statuses(cut_off)["public.c(p)"] == "not_checked"
        reasons = [one["reason"] for one in cut_off.evidence["relationships"] if one["reason"]]
        assert all("no connection" in reason and "; next: " in reason for reason in reasons)
        left = remaining(keys, parts)
        assert 0 < len(left) < len(keys)
        victim.start()
        # The same pool goes on: its dead connections are found out before they are used.
        second = scan(database, None, target="t", keys=left)
        whole = merge_scans("t", [*parts, second], keys, "")
        assert remaining(keys, [*parts, second]) == []
        assert set(statuses(whole).values()) == {"passed"}
        assert {one["child"]: one["rows"] for one in whole.evidence["relationships"]} == {
            "public.a(p)": 1, "public.c(p)": ROWS, "public.z(p)": 1,
        }  # fmt: skip


@pytest.mark.parametrize("connections", [1, 3])
def test_a_server_killed_in_the_middle_of_a_statement(victim, tmp_path, connections):
    from studioops.integrity import load_contract

    (tmp_path / "c.yaml").write_text(CONTRACT, encoding="utf-8")
    contract = load_contract(tmp_path / "c.yaml")
    killer = victim.kill_once('"v"%EXISTS')
    with open_database(victim.dsn) as database:
        report = scan(database, contract, target="t", connections=connections)
    killer.join()
    seen = statuses(report)
    assert seen["public.v(p)"] == "not_checked"
    assert report.status == "not_checked"
    entry = report.evidence["relationships"][0]
    assert (entry["orphans"], entry["retryable"]) == (None, True)


@dataclass
class Ended:
    code: int
    out: str
    err: str


@pytest.fixture
def command(tmp_path) -> Callable[..., Ended]:
    """`studioops scan` in a process of its own, in an empty directory and environment."""
    (tmp_path / "c.yaml").write_text(CONTRACT, encoding="utf-8")

    def run(victim: Victim, *words: str) -> Ended:
        killer = victim.kill_once('"v"%EXISTS')
        done = subprocess.run(
            [Path(sys.executable).with_name("studioops"), "scan", "--dsn", victim.dsn,
             "--contract", "c.yaml", *words],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )  # fmt: skip
        killer.join()
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


def test_the_command_line_exits_3_with_one_line(victim, command):
    ended = command(victim)
    assert ended.code == 3
    assert ended.err.count("\n") == 1, ended.err
    assert "not checked: " in ended.err
    assert f"127.0.0.1:{victim.port}/postgres: no connection" in ended.err
    assert "; next: " in ended.err
    assert victim.server.password not in ended.out + ended.err


def test_the_document_says_what_was_not_seen(victim, command):
    ended = command(victim, "--json")
    document = json.loads(ended.out)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert (ended.code, document["status"]) == (3, "not_checked")
    by_child = {one["child"]: one for one in document["relationships"]}
    assert (by_child["public.v(p)"]["status"], by_child["public.v(p)"]["orphans"]) == (
        "not_checked",
        None,
    )
    assert "passed" not in {one["status"] for one in document["relationships"] if one["reason"]}


def test_faults_that_were_found_before_stay_found(victim, command):
    victim.sql("SET session_replication_role = replica; INSERT INTO c VALUES (0, -1)")
    try:
        ended = command(victim, "--json")
    finally:
        victim.start()
        victim.sql("DELETE FROM c WHERE id = 0")
    document = json.loads(ended.out)
    seen = {one["child"]: one["status"] for one in document["relationships"]}
    assert seen["public.v(p)"] == "not_checked"
    # Whether it was looked at before the kill or not: never passed.
    assert seen["public.c(p)"] in ("failed", "not_checked")
    assert ended.code == (1 if "failed" in seen.values() else 3)


def test_one_backend_killed_makes_the_server_restart_and_a_retry_find_it(victim):
    keys: list[str] = []
    with open_database(victim.dsn) as database:
        keys = [one.key for one in plan_scan(database, None, range_rows=RANGE)]

        def kill_a_backend(_: Report) -> None:
            if not killed:
                killed.append(1)
                with psycopg.connect(victim.dsn) as connection:
                    pid = connection.info.backend_pid
                    psutil.Process(pid).kill()

        killed: list[int] = []
        first = scan(database, None, target="t", keys=keys, checkpoint=kill_a_backend)
        left = remaining(keys, [first])
        assert left
        assert first.status == "not_checked"
        assert wait_for(lambda: victim.server.serves(victim.port), 30)
        second = scan(database, None, target="t", keys=left)
    whole = merge_scans("t", [first, second], keys, "")
    assert set(statuses(whole).values()) == {"passed"}
