"""Every form that pg_dump writes is proven, whatever it is wrapped in and whatever it is called."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

FORMS = {
    "custom": ("-Fc",),
    "directory": ("-Fd",),
    "directory without compression": ("-Fd", "-Z0"),
    "tar": ("-Ft",),
    "plain": (),
    "plain by inserts": ("--inserts",),
    "plain with its database": ("--create", "--clean", "--if-exists"),
    "custom by inserts": ("-Fc", "--column-inserts", "-Z0"),
}
PACKERS = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_passes(*, form, dumped, verified, dump_tools, cluster, ask):
    proof = verified(dumped(*FORMS[form]))
    assert (proof.status, proof.checks) == ("passed", [])
    names = ("archive", "restore", "rows", "reference public.c(p) -> public.p(id) [c_p_fkey]")
    assert [proof.statuses[name] for name in names] == ["passed"] * 4
    archive = proof.report.evidence["archive"]
    assert archive["form"] == form.split()[0]
    assert archive["server_version"] == ask(cluster.dsn(), "SHOW server_version")[0][0]
    assert archive["tool_version"].startswith(f"{dump_tools.major}.{dump_tools.minor}")
    assert (archive["taken_at"] is None) is (archive["form"] == "plain")


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("form", ["custom", "tar", "plain"])
def test_what_was_packed_as_a_whole_passes(form, packing, dumped, verified):
    path = dumped(*FORMS[form])
    path.write_bytes(PACKERS[packing](path.read_bytes()))
    proof = verified(path)
    assert (proof.status, proof.report.evidence["archive"]["packing"]) == ("passed", packing)
    assert not list(Path(tempfile.gettempdir()).glob("studioops-work-*/files/archive"))


def test_what_nobody_can_prove_is_listed_and_changes_nothing(dumped, verified):
    proof = verified(dumped("-Fc"))
    unproven = [name for name, status in proof.statuses.items() if status == "not_applicable"]
    for name in ("faithful: rows", "faithful: sequences", "age of the data", "contract"):
        assert name in unproven


def test_rows_arrive_as_they_were(dumped, ask, sample_dsn, database_dsn):
    """The statements of a script do what psql does with them, to the last byte."""
    from studioops.backups.foreign.feed import feed

    script = dumped("--inserts").read_bytes()
    # Pieces that end anywhere: within a quote, a line break, a letter.
    pieces = [script[place : place + 997] for place in range(0, len(script), 997)]
    fed = feed(pieces, database_dsn)
    assert (fed.restored.messages.kept, fed.script.ended) == ((), True)
    for question in (
        "SELECT id, t FROM p ORDER BY id",
        """SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = '"T t"'::regclass""",
        "SELECT obj_description('p'::regclass), prosrc FROM pg_proc WHERE proname = 'f'",
        "SELECT convert_from(lo_get(oid), 'utf8') FROM pg_largeobject_metadata",
        "SELECT pg_get_viewdef('v'::regclass)",
    ):
        assert ask(database_dsn, question) == ask(sample_dsn, question)


@pytest.mark.postgres(14)
def test_a_body_with_semicolons_is_one_statement(dumped, verified, database_dsn, ask):
    ask(
        database_dsn,
        "CREATE TABLE t (id int); INSERT INTO t VALUES (1)",
        "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 ELSE 2 END; SELECT 3; END",
        "CREATE PROCEDURE b() BEGIN ATOMIC INSERT INTO t VALUES (2); DELETE FROM t WHERE id = 2; END",
    )
    proof = verified(dumped(dsn=database_dsn))
    assert (proof.status, proof.statuses["restore"]) == ("passed", "passed")


def test_backslashes_of_an_old_application_are_read_as_it_wrote_them(
    dumped, verified, database_dsn, ask
):
    ask(
        database_dsn,
        "SET standard_conforming_strings = off",
        r"CREATE TABLE t (a text DEFAULT 'it''s \\'); INSERT INTO t VALUES ('a\\'), ('b;')",
    )
    ask(
        database_dsn,
        "ALTER DATABASE "
        + ask(database_dsn, "SELECT current_database()")[0][0]
        + " SET standard_conforming_strings = off",
    )
    proof = verified(dumped("--inserts", dsn=database_dsn))
    assert (proof.status, proof.checks) == ("passed", [])


def test_a_script_of_many_statements_takes_no_memory(dumped, verified, database_dsn, ask):
    ask(
        database_dsn,
        "CREATE TABLE t (a text)",
        "INSERT INTO t SELECT repeat('x', 90) FROM generate_series(1, 1000000)",
    )
    path = dumped(dsn=database_dsn)
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from studioops.backups.foreign.script import Script\n"
        "from studioops.backups.foreign.packing import content\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "script = Script(content(Path(sys.argv[1]), '', 'x'))\n"
        "print(sum(1 for _ in script.parts()), script.ended)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
    )
    found, grown = done.stdout.splitlines()
    assert found.endswith("True")
    assert path.stat().st_size > 90_000_000
    assert int(grown) < 40
