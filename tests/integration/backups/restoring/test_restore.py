"""pg_restore's every message is read, and no row leaves with one."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from studioops.backups.restoring.kinds import Kind
from studioops.backups.restoring.lease import this_process_lease
from studioops.backups.restoring.messages import Level
from studioops.backups.restoring.missing_keys import MissingKey, put_back
from studioops.backups.restoring.restore import Restored, RestoreStopped, restore
from studioops.backups.restoring.scratch import drop_scratch, make_scratch
from studioops.errors import DatabaseUnreachable, NoSuchDatabase, UsageError
from studioops.postgres.client_tools import ClientTools, installed_tools

MARK = "Zx9markedrow"
PUBLIC_CHANGED = "COMMENT ON SCHEMA public IS 'ours'; REVOKE ALL ON SCHEMA public FROM PUBLIC"


class Into:
    """Restore archives into a scratch database of the test's own."""

    def __init__(self, dsn: str, tools: ClientTools) -> None:
        self.dsn, self.tools = dsn, tools

    def __call__(self, archive: Path) -> Restored:
        return restore(archive, self.dsn, tools=self.tools, jobs=2)


@pytest.fixture
def into(scratch, tools) -> Into:
    return Into(scratch.dsn, tools)


def test_the_legacy_database_loses_one_key_and_says_so(legacy_dsn, dump, scratch, tools):
    archive, heard = dump(legacy_dsn, "--jobs=2"), []
    restored = restore(archive, scratch.dsn, tools=tools, jobs=2, progress=heard.append)
    assert restored.exit_code == 1
    assert not restored.well
    assert restored.messages.ended
    (lost,) = restored.messages.kept
    assert (lost.level, lost.kind) == (Level.ERROR, Kind.FOREIGN_KEY_BROKEN)
    assert (lost.table, lost.name) == ("public.plan_items", "plan_items_vendor_id_fkey")
    assert lost.detail == "Key (vendor_id)"
    assert "FK CONSTRAINT plan_items plan_items_vendor_id_fkey" in lost.entry
    assert lost.command.startswith("ALTER TABLE ONLY public.plan_items ADD CONSTRAINT")
    assert restored.messages.errors == {Kind.FOREIGN_KEY_BROKEN: 1}
    assert any("TABLE DATA plan_items" in word for word in heard)


@pytest.mark.parametrize("form", ["-Fd", "-Fc", "-Ft"])
def test_a_database_without_faults_says_nothing(database_dsn, dump, into, form, sql):
    sql(database_dsn, "CREATE TABLE t AS SELECT g FROM generate_series(1, 100) AS g")
    restored = into(dump(database_dsn, form=form))
    assert restored.well
    assert (restored.exit_code, restored.messages.kept) == (0, ())
    assert sql(into.dsn, "SELECT count(*) FROM t") == [(100,)]


def test_names_that_need_care(database_dsn, dump, into, sql):
    columns = [f'"{number} {"x" * 60}"' for number in range(8)]
    named, typed = ", ".join(columns), ", ".join(f"{one} int" for one in columns)
    sql(
        database_dsn,
        'CREATE SCHEMA "s  s"',
        f'CREATE TABLE "s  s"."two\nlines" ({typed}, PRIMARY KEY ({named}))',
        f'CREATE TABLE "s  s"."it\'s" ({typed}, CONSTRAINT "very long" FOREIGN KEY ({named}) REFERENCES "s  s"."two\nlines")',
        'CREATE TABLE "s  s".child (a int, CONSTRAINT "a ""b""" FOREIGN KEY (a) REFERENCES "s  s".child (a), UNIQUE (a))',
        f'SET session_replication_role = replica; INSERT INTO "s  s"."it\'s" VALUES ({", ".join("12345678")})',
    )
    sql(database_dsn, 'ALTER TABLE "s  s".child DROP CONSTRAINT "a ""b"""')
    messages = into(dump(database_dsn)).messages
    (lost,) = messages.kept
    assert (lost.table, lost.name, lost.detail[:8]) == ('"s  s"."it\'s"', "very long", "Key (0 x")
    (done,) = put_back(into.dsn, [MissingKey(lost.table, lost.name, lost.definition)])
    assert (done.how, done.orphans) == ("set aside", 1)


def test_a_newer_tool_s_own_setting_is_explained_and_not_counted(
    database_dsn, dump, scratch, tools
):
    newer = [one for one in installed_tools() if one.major >= 17 > tools.major]
    if not newer:
        pytest.skip("the server knows every setting that an installed pg_restore sets")
    archive = dump(database_dsn, programs=newer[0])
    restored = restore(archive, scratch.dsn, tools=newer[0], jobs=2)
    assert (restored.exit_code, restored.well) == (1, True)
    assert {one.kind for one in restored.messages.kept} == {Kind.UNKNOWN_SETTING}


def test_a_plain_owner_with_the_right_to_make_databases(cluster, dump, tools, sql):
    cluster.run("CREATE ROLE {} LOGIN CREATEDB PASSWORD 'x'", "plain restorer")
    cluster.run("CREATE DATABASE {} OWNER {} TEMPLATE template0", "plain db", "plain restorer")
    own = cluster.dsn("plain db", user="plain restorer", password="x")
    sql(
        own,
        "CREATE TABLE parent (id serial PRIMARY KEY); CREATE TABLE child (p int REFERENCES parent)",
        # Up to 14 it is not the owner's.
        *[PUBLIC_CHANGED] * (cluster.server.programs.major >= 15),
        "INSERT INTO parent DEFAULT VALUES; INSERT INTO child VALUES (1)",
    )
    server = cluster.dsn(user="plain restorer", password="x")
    made = make_scratch(server, lease=this_process_lease(1))
    restored = restore(dump(own), made.dsn, tools=tools, jobs=2)
    assert restored.well, restored.messages
    assert sql(made.dsn, "SELECT count(*) FROM child") == [(1,)]
    drop_scratch(server, made.name)
    cluster.drop("plain db")
    cluster.run("DROP ROLE {}", "plain restorer")


def test_a_part_of_an_archive(database_dsn, dump, scratch, tools, sql):
    sql(database_dsn, "CREATE TABLE t AS SELECT 1 AS a")
    archive = dump(database_dsn)
    assert restore(archive, scratch.dsn, tools=tools, jobs=2, sections=["pre-data"]).well
    assert sql(scratch.dsn, "SELECT count(*) FROM t") == [(0,)]


def test_no_row_leaves_with_a_message(database_dsn, dump, into, sql):
    # A value that would pass for messages of pg_restore's, were it read line by line.
    forged = f'{MARK}\\npg_restore: error: could not execute query: ERROR:  role "{MARK}" does not exist\\nCommand was: ALTER TABLE {MARK}'
    sql(
        database_dsn,
        "CREATE TABLE parent (v text PRIMARY KEY)",
        "CREATE TABLE child (v text CONSTRAINT broken REFERENCES parent)",
        f"SET session_replication_role = replica; INSERT INTO child VALUES (E'{forged}')",
        "CREATE TABLE checked (v text)",
        f"INSERT INTO checked VALUES ('{MARK}')",
        "CREATE TABLE cast_to (v text)",
        f"INSERT INTO cast_to VALUES ('{MARK}')",
        "CREATE FUNCTION loud(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END'",
        f"CREATE TABLE indexed AS SELECT '{MARK}'::text AS v",
        "CREATE INDEX ON indexed (loud(v))",
        f"CREATE TABLE typed AS SELECT '{MARK}'::text AS v",
    )
    archive = dump(database_dsn, "--jobs=2")
    sql(
        into.dsn,
        "CREATE TABLE checked (v text CHECK (v = 'other'))",
        "CREATE TABLE typed (v int)",
        "CREATE FUNCTION loud(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RAISE EXCEPTION ''%'', $1; END'",
    )
    messages = into(archive).messages
    assert MARK not in repr(messages)
    assert [(one.table, one.name) for one in messages.of(Kind.FOREIGN_KEY_BROKEN)] == [
        ("public.child", "broken")
    ]
    assert messages.errors[Kind.FOREIGN_KEY_BROKEN] == 1
    assert messages.errors[Kind.ROWS_REFUSED] == 2
    assert Kind.MISSING_ROLE not in messages.errors
    texts = [one.text for one in messages.kept]
    assert any("invalid input syntax for type integer …" in text for text in texts)
    assert any("whose words may carry row values" in text for text in texts)


def test_rows_of_inserts_do_not_leave_either(database_dsn, dump, into, sql):
    sql(database_dsn, "CREATE TABLE t (v text, n int)", f"INSERT INTO t VALUES ('{MARK}', 4711)")
    archive = dump(database_dsn, "--inserts", form="-Fc")
    sql(into.dsn, "CREATE TABLE t (v int, n int)")
    messages = into(archive).messages
    assert messages.has(Kind.ROWS_REFUSED)
    assert MARK not in repr(messages)
    assert "4711" not in repr(messages)


def test_a_missing_role_is_named(cluster, database_dsn, dump, into, sql):
    cluster.run("CREATE ROLE {}", "gone for good")
    sql(database_dsn, "CREATE TABLE t (a int)", 'ALTER TABLE t OWNER TO "gone for good"')
    archive = dump(database_dsn)
    sql(
        database_dsn,
        'REASSIGN OWNED BY "gone for good" TO CURRENT_USER',
        'DROP OWNED BY "gone for good"',
    )
    cluster.run("DROP ROLE {}", "gone for good")
    (message,) = into(archive).messages.kept
    assert (message.kind, message.name) == (Kind.MISSING_ROLE, "gone for good")
    assert message.table == "public.t"


def test_a_missing_extension_is_named(database_dsn, dump, into, sql):
    # An archive's table of contents keeps names as plain texts of a counted length.
    name = sql(
        database_dsn,
        "SELECT name FROM pg_available_extensions WHERE name <> 'plpgsql' AND length(name) > 5 ORDER BY name = 'amcheck' DESC, name LIMIT 1",
    )[0][0]
    sql(database_dsn, f'CREATE EXTENSION "{name}"')
    archive = dump(database_dsn)
    toc, other = archive / "toc.dat", f"q{name[1:]}"
    toc.write_bytes(toc.read_bytes().replace(name.encode(), other.encode()))
    messages = into(archive).messages
    # The extension, and the comment on it.
    assert {(one.kind, one.name) for one in messages.kept} == {(Kind.MISSING_EXTENSION, other)}


def test_a_cut_archive_does_not_end(legacy_dsn, dump, into):
    archive = dump(legacy_dsn)
    toc = archive / "toc.dat"
    toc.write_bytes(toc.read_bytes()[:3000])
    restored = into(archive)
    assert not restored.well
    assert not restored.messages.ended
    assert restored.messages.has(Kind.ARCHIVE_DAMAGED)


def test_what_keeps_us_out_is_said_in_our_own_words(cluster, database_dsn, dump, tools):
    archive = dump(database_dsn)
    with pytest.raises(NoSuchDatabase):
        restore(archive, cluster.dsn("not there"), tools=tools, jobs=1)
    with pytest.raises(UsageError, match="no archive"):
        restore(Path("/not/there"), database_dsn, tools=tools, jobs=1)


@pytest.fixture
def slow(database_dsn, dump, sql) -> Path:
    """An archive whose restore sleeps: an index on a function that does."""
    sql(
        database_dsn,
        "CREATE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN IF current_database() LIKE ''studioops%'' THEN PERFORM pg_catalog.pg_sleep(30); END IF; RETURN $1; END'",
        "CREATE TABLE t AS SELECT 1 AS a",
        "CREATE INDEX slow_index ON t (slow(a))",
    )
    return dump(database_dsn)


def children() -> list[str]:
    return [
        one.name()
        for one in psutil.Process().children(recursive=True)
        if one.name() == "pg_restore"
    ]


def test_a_restore_that_takes_too_long_is_stopped(slow, scratch, tools):
    began = time.monotonic()
    with pytest.raises(RestoreStopped, match="more than 1 s"):
        restore(slow, scratch.dsn, tools=tools, jobs=2, timeout=1)
    assert time.monotonic() - began < 20
    assert children() == []


def when_asleep(sql, dsn: str, act) -> threading.Thread:
    """Act once the restore sleeps."""

    def wait() -> None:
        for _ in range(1200):
            if sql(
                dsn,
                "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX slow%' AND datname LIKE 'studioops%'",
            ):
                act()
                return
            time.sleep(0.05)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_a_lost_connection_can_be_tried_again(cluster, slow, scratch, tools, sql):
    ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX slow%' AND pid <> pg_backend_pid()"
    thread = when_asleep(sql, cluster.dsn(), lambda: sql(cluster.dsn(), ends))
    with pytest.raises(DatabaseUnreachable) as caught:
        restore(slow, scratch.dsn, tools=tools, jobs=2)
    thread.join()
    assert caught.value.retryable
    assert cluster.server.password not in str(caught.value)


def test_a_killed_program_is_no_restore(cluster, slow, scratch, tools, sql):
    began = time.monotonic()

    def kill() -> None:
        # The first process alone, as the kernel does when memory runs out.
        for one in psutil.Process().children():
            if one.name() == "pg_restore":
                one.kill()

    thread = when_asleep(sql, cluster.dsn(), kill)
    with pytest.raises(RestoreStopped, match="killed"):
        restore(slow, scratch.dsn, tools=tools, jobs=2)
    assert time.monotonic() - began < 20
    assert children() == []
    thread.join()


def test_an_interrupt_leaves_no_program_behind(slow, scratch, tools):
    def interrupt(word: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(slow, scratch.dsn, tools=tools, jobs=2, progress=interrupt)
    assert children() == []


ORPHAN = """
import sys
from pathlib import Path
from studioops.backups.restoring.restore import restore
from studioops.postgres.client_tools import tools_for
restore(Path(sys.argv[1]), sys.argv[2], tools=tools_for(int(sys.argv[3])), jobs=2)
"""


STILL_WORKING = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX slow%' AND pid <> pg_backend_pid()"


def test_when_we_are_killed_the_program_and_its_work_end(cluster, slow, scratch, tools, sql):
    words = [str(slow), scratch.dsn, str(tools.major)]
    worker = subprocess.Popen([sys.executable, "-c", ORPHAN, *words])
    known: list[psutil.Process] = []

    def kill() -> None:
        known.extend(psutil.Process(worker.pid).children(recursive=True))
        worker.kill()

    when_asleep(sql, cluster.dsn(), kill).join()
    worker.wait()
    assert "pg_restore" in {one.name() for one in known}
    # It would sleep for half a minute, and say nothing before.
    _, left = psutil.wait_procs(known, timeout=10)
    assert left == []
    for _ in range(100):
        if not sql(cluster.dsn(), STILL_WORKING):
            return
        time.sleep(0.05)
    pytest.fail("the server still works for a program that is gone")
