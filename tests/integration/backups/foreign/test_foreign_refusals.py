"""What is no dump, and what keeps everybody from looking: one line, and what to type next."""

from __future__ import annotations

import gzip
import os
import subprocess
import tarfile

import pytest
from psycopg.conninfo import make_conninfo

from studioops.backups.foreign import on_disk
from studioops.backups.foreign.room import require_room
from studioops.errors import (
    BackupError,
    DatabaseUnreachable,
    PermissionDenied,
    ToolMissing,
    UsageError,
)
from studioops.postgres.client_tools import connection_of
from studioops.postgres.dsn import parse_dsn


def refused(verified, path, said: str, step: str) -> None:
    with pytest.raises(UsageError) as caught:
        verified(path)
    assert said in caught.value.message
    assert step in caught.value.next_step


@pytest.mark.parametrize(
    ("content", "said", "step"),
    [
        (b"dear diary,\n", "is no dump", "that pg_dump wrote"),
        (gzip.compress(b"dear diary,\n"), "is no dump", "that pg_dump wrote"),
        (b"SELECT 1;\n", "is no dump", "that pg_dump wrote"),
        (
            b"PGDMP\x01\x02\x00\x04\x08\x01" + bytes(60),
            "no archive of PostgreSQL 10",
            "10 or newer",
        ),
        (b"\x28\xb5\x2f\xfd" + bytes(20), "compressed with zstd", "unzstd"),
        (b"\x04\x22\x4d\x18" + bytes(20), "compressed with lz4", "lz4 -d"),
        (b"PK\x03\x04" + bytes(20), "a zip archive", "unzip"),
        (b"Salted__" + bytes(20), "encrypted with openssl", "openssl enc -d"),
    ],
    ids=["text", "gzip of text", "sql", "ancient", "zstd", "lz4", "zip", "openssl"],
)
def test_what_is_no_dump(content, said, step, verified, tmp_path):
    path = tmp_path / "dump"
    path.write_bytes(content)
    refused(verified, path, said, step)


@pytest.mark.parametrize("word", ["--schema-only", "--globals-only"])
def test_what_pg_dumpall_wrote(word, verified, cluster, dump_tools, tmp_path):
    where, environment = connection_of(parse_dsn(cluster.dsn()))
    path = tmp_path / "all.sql"
    with path.open("wb") as file:
        command = [dump_tools.path("pg_dumpall"), word, f"--dbname={where}"]
        subprocess.run(command, env=environment, stdout=file, check=True)
    refused(verified, path, "is what pg_dumpall wrote", "give the dump of one database")


def test_a_directory_of_something_else(verified, tmp_path):
    (tmp_path / "x").mkdir()
    refused(verified, tmp_path / "x", "without pg_dump's toc.dat", "that pg_dump wrote")


def test_a_table_of_contents_alone(dumped, verified):
    refused(
        verified,
        dumped("-Fd") / "toc.dat",
        "table of contents of a dump in several files",
        "give the whole dump",
    )


def test_a_directory_in_somebodys_own_tar(dumped, verified, tmp_path):
    path = tmp_path / "own.tar"
    with tarfile.open(path, "w") as archive:
        archive.add(dumped("-Fd"), "dump")
    refused(verified, path, "not pg_dump's own", "tar -xf")


@pytest.mark.parametrize(
    "name", ["nothing.dump", "/nowhere/dump", "./a/b", "s3://", "s3://bucket", "../x/y"]
)
def test_no_such_file(name):
    def no_store():
        raise AssertionError("nobody asked for the store")

    with pytest.raises(UsageError, match="there is no dump"), on_disk(name, no_store):
        pass


def test_an_archive_that_is_newer_than_every_tool(dumped, verified):
    path = dumped("-Fc")
    content = path.read_bytes()
    version = f"{parse_version(content)}".encode()
    path.write_bytes(content.replace(version, b"99" + version[2:]))
    with pytest.raises(ToolMissing) as caught:
        verified(path)
    assert "PostgreSQL 99" in caught.value.message
    assert "postgresql-client-99" in caught.value.next_step


def parse_version(content: bytes) -> str:
    from studioops.backups.foreign.head import read_head

    head = read_head(content[:4096])
    assert head is not None
    return head.tool


@pytest.mark.postgres(16)
@pytest.mark.parametrize(("number", "name"), [(2, "lz4"), (3, "zstd")])
def test_a_compression_that_the_tools_were_built_without(
    number, name, dumped, verified, dump_tools
):
    linked = subprocess.run(
        ["ldd", dump_tools.path("pg_restore")], capture_output=True, text=True, check=False
    ).stdout
    if name in linked:
        pytest.skip("this pg_restore can")
    path = dumped("-Fc", "-Z0")
    content = bytearray(path.read_bytes())
    content[11] = number
    path.write_bytes(content)
    with pytest.raises(ToolMissing, match=f"compressed with {name}"):
        verified(path)


def test_a_server_that_is_away(dumped, verified, cluster):
    with pytest.raises(DatabaseUnreachable):
        verified(dumped(), make_conninfo(cluster.dsn(), port="1"))


def test_a_role_that_may_make_no_database(dumped, verified, cluster):
    cluster.run("CREATE ROLE bound LOGIN PASSWORD 'geheim'")
    try:
        with pytest.raises(PermissionDenied, match="CREATEDB"):
            verified(dumped(), cluster.dsn(user="bound", password="geheim"))
    finally:
        cluster.run("DROP ROLE bound")


def test_a_disk_without_room_is_told_before_anything_is_written(tmp_path):
    free = os.statvfs(tmp_path)
    with pytest.raises(BackupError) as caught:
        require_room(tmp_path, free.f_blocks * free.f_frsize * 2, "dump.gz")
    assert "dump.gz needs" in caught.value.message
    assert "MiB are free" in caught.value.message
    assert "TMPDIR" in caught.value.next_step


def test_an_encoding_whose_letters_hold_backslashes(dumped, verified):
    from studioops.errors import CouldNotCheck

    path = dumped()
    script = path.read_text(encoding="utf-8")
    path.write_text(
        script.replace("client_encoding = 'UTF8'", "client_encoding = 'SJIS'"), encoding="utf-8"
    )
    with pytest.raises(CouldNotCheck, match="SJIS") as caught:
        verified(path)
    assert "--encoding=UTF8" in caught.value.next_step
