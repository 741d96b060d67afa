"""What a restore loses: foreign keys, roles, extensions; and versions that do not match."""

from __future__ import annotations

import re
from dataclasses import replace

import psycopg
import pytest

from studioops.local.ports import pick
from studioops.local.postgres_programs import Programs
from studioops.local.postgres_server import PostgresServer
from studioops.postgres.client_tools import installed_tools, tools_for

FORMS = ["-Fc", "-Fd", "-Ft", "-Fp"]


@pytest.mark.parametrize("form", FORMS)
def test_the_legacy_database_loses_a_foreign_key(form, dumped, verified, legacy_dsn):
    proof = verified(dumped(form, dsn=legacy_dsn))
    assert proof.status == "failed"
    (behind,) = (
        one for one in proof.report.findings if one.check == "orphan_behind_valid_constraint"
    )
    assert re.search(r"\b1\b", behind.message)
    lost = proof.message("restore_lost_foreign_key")
    assert "since 1 rows break it" in lost
    (key,) = (one for one in proof.report.findings if one.check == "restore_lost_foreign_key")
    table, _, name = key.object.rpartition(".")
    with psycopg.connect(legacy_dsn) as connection:
        found = connection.execute(
            "SELECT convalidated FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass",
            (name, table),
        ).fetchone()
    assert found == (True,)


@pytest.mark.parametrize("form", FORMS)
def test_the_legacy_database_with_its_contract(form, dumped, verified, legacy_dsn):
    from studioops.integrity import load_contract
    from studioops.settings.declarations import SHIPPED_CONTRACT

    proof = verified(dumped(form, dsn=legacy_dsn), contract=load_contract(SHIPPED_CONTRACT))
    assert "contract" not in proof.statuses
    assert sum(one.check == "orphan" for one in proof.report.findings) > 5


@pytest.mark.parametrize("form", FORMS)
def test_a_role_that_the_server_lacks(*, form, dumped, verified, cluster, database_dsn, ask):
    ask(
        database_dsn,
        "CREATE ROLE passing",
        "CREATE TABLE t (id int)",
        "INSERT INTO t VALUES (1)",
        "ALTER TABLE t OWNER TO passing",
    )
    path = dumped(form, dsn=database_dsn)
    ask(database_dsn, "DROP TABLE t", "DROP ROLE passing")
    proof = verified(path)
    assert (proof.status, proof.checks) == ("failed", ["restore_missing_role"])
    assert 'role "passing" does not exist' in proof.message("restore_missing_role")
    assert proof.statuses["rows"] == "passed"


@pytest.mark.parametrize("form", ["-Fc", "-Fp"])
def test_an_extension_that_the_server_lacks(form, dumped, verified, database_dsn, ask):
    ask(
        database_dsn,
        "CREATE EXTENSION amcheck",
        "CREATE TABLE t (id int); INSERT INTO t VALUES (1)",
    )
    path = dumped(form, dsn=database_dsn)
    # Its name in the archive's text and in its entries, of the same length.
    path.write_bytes(path.read_bytes().replace(b"amcheck", b"amchecx"))
    proof = verified(path)
    assert proof.status == "failed"
    assert "restore_missing_extension" in proof.checks
    (found, *_) = (one for one in proof.report.findings if one.check == "restore_missing_extension")
    assert "amchecx" in found.message
    assert "install" in found.repair


def test_a_role_without_rights_of_a_superuser_will_do(dumped, verified, cluster, database_dsn, ask):
    cluster.run("CREATE ROLE plain_owner LOGIN CREATEDB PASSWORD 'geheim'")
    try:
        ask(
            database_dsn,
            "CREATE TABLE t (id int PRIMARY KEY)",
            "INSERT INTO t VALUES (1)",
            "ALTER TABLE t OWNER TO plain_owner",
        )
        for form in ("-Fc", "-Fp"):
            path = dumped(form, dsn=database_dsn)
            proof = verified(path, cluster.dsn(user="plain_owner", password="geheim"))
            assert proof.checks == [], proof.report.findings
            assert proof.statuses["restore"] == proof.statuses["rows"] == "passed"
            path.unlink()
    finally:
        ask(database_dsn, "DROP OWNED BY plain_owner")
        cluster.run("DROP ROLE plain_owner")


@pytest.fixture(scope="module")
def older(cluster, stack_dir):
    """A server that is older than the suite's, where one is installed."""
    user = cluster.server.user
    fitting = [
        one
        for one in installed_tools()
        if one.major < cluster.server.programs.major and (one.directory / "initdb").exists()
    ]
    if not fitting:
        pytest.skip("no older PostgreSQL is installed")
    programs = Programs(fitting[0].directory, fitting[0].major)
    home = stack_dir / "older"
    server = PostgresServer(programs, user, home, stack_dir / "older.log", "sesame", ("fsync=off",))
    server.create()
    port = pick(1)[0]
    try:
        server.start(port)
        yield replace(cluster, server=server, port=port)
    finally:
        server.stop()


@pytest.mark.postgres(17)
@pytest.mark.parametrize("form", FORMS)
def test_a_newer_dump_on_an_older_server_is_explained_and_not_counted(
    *, form, dumped, verified, older, database_dsn, ask
):
    ask(database_dsn, "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    proof = verified(dumped(form, dsn=database_dsn), older.dsn())
    assert (proof.status, proof.checks) == ("passed", [])
    (note,) = proof.report.evidence["notes"]
    assert "transaction_timeout" in note
    assert "not counted" in note
    assert ask(older.dsn(), "SELECT datname FROM pg_database WHERE datname ~ 'studioops'") == []


def test_an_archive_is_restored_by_its_own_tools(older, verified, ask, tmp_path):
    from subprocess import run

    from studioops.postgres.client_tools import connection_of
    from studioops.postgres.dsn import parse_dsn

    major = older.server.programs.major
    ask(older.dsn(), "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    where, environment = connection_of(parse_dsn(older.dsn()))
    path = tmp_path / "old"
    run(
        [tools_for(major).path("pg_dump"), "-Fc", f"--file={path}", f"--dbname={where}"],
        env=environment,
        check=True,
    )
    proof = verified(path)
    assert (proof.status, proof.checks) == ("passed", [])
    assert proof.report.evidence["restored_with"].startswith(f"pg_restore {major}.")
