"""Dumps that do more than restore, or name their database: nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

MARK = "-- Name: c; Type: TABLE;"


@pytest.fixture
def other(cluster, ask):
    """Somebody else's database on the scratch server, of the name that dumps are of."""
    name = cluster.clone("template0")
    ask(cluster.dsn(name), "CREATE TABLE precious (id int)")
    yield name
    cluster.drop(name)


@pytest.fixture
def spoilt(dumped):
    def put(*lines: str, words: tuple[str, ...] = ()) -> Path:
        path = dumped(*words)
        script = path.read_text(encoding="utf-8")
        assert script.count(MARK) == 1
        path.write_text(
            script.replace(MARK, "\n" + "\n".join(lines) + "\n" + MARK), encoding="utf-8"
        )
        return path

    return put


@pytest.mark.parametrize("form", ["-Fc", "-Fd", "-Fp"])
def test_a_dump_that_names_its_database_goes_into_the_scratch_one(
    *, form, dumped, verified, cluster, other, ask
):
    ask(cluster.dsn(other), "INSERT INTO precious VALUES (1)")
    path = dumped(form, "--create", "--clean", "--if-exists", dsn=cluster.dsn(other))
    ask(cluster.dsn(other), "INSERT INTO precious VALUES (2)")
    about = "SELECT datacl::text, datconnlimit, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    before = ask(cluster.dsn(other), about)
    proof = verified(path)
    assert (proof.status, proof.checks) == ("passed", [])
    assert ask(cluster.dsn(other), "SELECT count(*) FROM precious") == [(2,)]
    assert ask(cluster.dsn(other), about) == before
    assert proof.report.evidence["archive"]["database"] == other


@pytest.mark.parametrize("form", ["-Fc", "-Fp"])
def test_settings_and_rights_of_the_database_itself_are_not_given_to_it(
    *, form, dumped, verified, cluster, other, ask
):
    ask(
        cluster.dsn(other),
        "INSERT INTO precious VALUES (1)",
        f"ALTER DATABASE {other} SET work_mem = '9MB'",
        f"COMMENT ON DATABASE {other} IS 'prod'",
        f"GRANT TEMPORARY ON DATABASE {other} TO PUBLIC",
        f"ALTER DATABASE {other} CONNECTION LIMIT 7",
    )
    path = dumped(form, "--create", dsn=cluster.dsn(other))
    ask(
        cluster.dsn(other),
        f"ALTER DATABASE {other} RESET ALL",
        f"COMMENT ON DATABASE {other} IS NULL",
        f"ALTER DATABASE {other} CONNECTION LIMIT 8",
    )
    proof = verified(path)
    assert (proof.status, proof.checks) == ("passed", [])
    about = "SELECT datconnlimit, shobj_description(oid, 'pg_database'), (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = d.oid) FROM pg_database AS d WHERE datname = current_database()"
    assert ask(cluster.dsn(other), about) == [(8, None, 0)]


@pytest.mark.parametrize(
    "line",
    [
        "\\! touch {place}",
        "\\i {place}",
        "\\o {place}",
        "SELECT 1 \\g {place}",
        "\\copy p to program 'touch {place}'",
        "\\w {place}",
        "SELECT 'touch {place}' \\gexec",
        "\\setenv PAGER touch",
        "\\set x `touch {place}`",
    ],
)
def test_no_command_of_psql_is_carried_out(line, spoilt, verified, tmp_path):
    place = tmp_path / "touched"
    proof = verified(spoilt(line.format(place=place)))
    assert "dump_command" in proof.checks
    assert proof.status == "failed"
    assert not place.exists()


def test_a_key_of_restricted_mode_opens_nothing(spoilt, verified, tmp_path):
    proof = verified(
        spoilt("\\unrestrict abc", f"\\! touch {tmp_path / 'touched'}", "\\restrict abc")
    )
    assert proof.checks == ["dump_command"]
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("to", ["{other}", "-reuse-previous=on \"dbname='{other}'\"", '"{other}"'])
def test_another_database_is_not_entered(*, to, spoilt, verified, cluster, other, ask):
    proof = verified(spoilt("\\connect " + to.format(other=other), "DROP TABLE public.precious;"))
    assert "dump_command" in proof.checks
    assert ask(cluster.dsn(other), "SELECT count(*) FROM precious") == [(0,)]


@pytest.mark.parametrize(
    "statement",
    [
        "COPY public.p TO PROGRAM 'touch {place}';",
        "COPY public.p FROM PROGRAM 'touch {place}; echo';",
        "copy public.p to '{place}';",
        "COPY (SELECT 1) TO STDOUT;",
        "ALTER SYSTEM SET work_mem = '7MB';",
        "DROP DATABASE IF EXISTS {other};",
        "drop /* x */ database\n {other}\n with (force);",
        "ALTER DATABASE {other} RENAME TO gone;",
        "CREATE ROLE intruder SUPERUSER;",
        "GRANT pg_read_all_data TO PUBLIC;",
        "GRANT pg_read_all_data TO pg_monitor;",
        "REASSIGN OWNED BY CURRENT_USER TO pg_monitor;",
        "DROP OWNED BY pg_monitor;",
        "BEGIN; PREPARE TRANSACTION 'for ever'; COMMIT;",
        "LOAD 'plpgsql';",
        "RESET standard_conforming_strings; SELECT '\\'; ALTER SYSTEM SET work_mem = '7MB'; --';",
        "SET standard_conforming_strings = off; RESET standard_conforming_strings; SELECT '\\'; COPY public.p TO PROGRAM 'touch {place}'; --';",
        "ALTER USER postgres PASSWORD 'x';",
        "GRANT ALL ON DATABASE {other} TO PUBLIC;",
        "CREATE TABLESPACE x LOCATION '/tmp/x';",
    ],
)
def test_what_reaches_beyond_the_database_is_not_run(
    *, statement, spoilt, verified, cluster, other, ask, tmp_path
):
    place = cluster.server.home / "touched"
    proof = verified(spoilt(statement.format(place=place, other=other)))
    assert proof.checks == ["dump_reaches_out"]
    assert "line " in proof.message("dump_reaches_out")
    assert not place.exists()
    assert ask(cluster.dsn(other), "SELECT count(*) FROM precious") == [(0,)]
    settings = "SELECT count(*) FROM pg_file_settings WHERE name = 'work_mem'"
    assert ask(cluster.dsn(), settings) == [(0,)]
    assert ask(cluster.dsn(), "SELECT count(*) FROM pg_roles WHERE rolname = 'intruder'") == [(0,)]


def test_a_clean_restore_of_another_database_is_no_right_to_drop_that_one(
    spoilt, verified, cluster, other, ask
):
    """A dump that makes database a and drops database b is none of pg_dump's."""
    proof = verified(spoilt(f"DROP DATABASE {other};", words=("--create",)))
    assert proof.checks == ["dump_reaches_out"]


def test_a_session_that_ends_itself_is_not_called_anything(spoilt, verified, cluster):
    from studioops.errors import DatabaseUnreachable

    with pytest.raises(DatabaseUnreachable):
        verified(spoilt("SELECT pg_terminate_backend(pg_backend_pid());"))


def test_what_looks_like_a_command_within_rows_and_quotes_is_neither(
    dumped, verified, database_dsn, ask
):
    ask(
        database_dsn,
        "CREATE TABLE t (a text, b text DEFAULT E'\\\\! touch /x\n\\\\connect other\n')",
        r"INSERT INTO t VALUES (E'\\! touch /x'), (E'x\n\\.\n\\connect y'), ('\restrict')",
        "COMMENT ON TABLE t IS $$\n\\! touch x\nDROP DATABASE postgres;\n$$",
    )
    for words in ((), ("--inserts",)):
        path = dumped(*words, dsn=database_dsn)
        assert verified(path).checks == []
        path.unlink()


def test_a_quote_behind_a_backslash_is_read_as_the_server_reads_it(spoilt, verified):
    proof = verified(
        spoilt(
            "SET standard_conforming_strings = off;",
            r"SELECT 'it\'s; ALTER SYSTEM SET work_mem = ''1MB''; \'';",
            "SET standard_conforming_strings = on;",
        )
    )
    assert (proof.status, proof.checks) == ("passed", [])
