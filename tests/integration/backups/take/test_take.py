"""A backup is whole or it does not exist; what it holds is what the snapshot saw."""

from __future__ import annotations

import stat
import tempfile
import threading
from pathlib import Path

import psycopg
import pytest

from studioops.backups.drill.fetch import fetch_dump
from studioops.backups.shelf import MANIFEST, Shelf
from studioops.backups.take import How, take, taken_report, taking
from studioops.backups.take import dumping as dumping_module
from studioops.errors import BackupNotTaken, ObjectStoreUnreachable, PermissionDenied
from studioops.model import Status, Stopwatch
from studioops.objectstore.vault import DirectoryVault
from studioops.postgres import open_database


def test_what_is_taken_is_listed_and_says_what_the_original_held(shop, bucket_shelf):
    manifest = take(shop, bucket_shelf, How())
    assert bucket_shelf.ids() == [manifest.backup_id]
    read = bucket_shelf.manifest(manifest.backup_id)
    assert read == manifest
    assert {name: one.rows for name, one in read.tables.items()} == {
        "public.customer": 100,
        'public."Order T"': 2000,
    }
    assert all(len(one.digest) == 16 for one in read.tables.values())
    assert read.sequences['public."Order T_id_seq"'].after == 2000
    assert "toc.dat" in {one.name for one in read.files}
    assert read.server["database"] == shop.dsn.database
    report = taken_report(manifest, bucket_shelf.vault.where, Stopwatch())
    assert report.status is Status.PASSED
    assert report.evidence["rows"] == 2100


def test_every_file_comes_back_as_it_was_written(shop, shelf, tmp_path):
    manifest = take(shop, shelf, How())
    plain = tmp_path / "plain"
    plain.mkdir()
    assert fetch_dump(shelf, manifest, plain).status is Status.PASSED
    assert {one.name: one.plain_size for one in manifest.files} == {
        path.name: path.stat().st_size for path in plain.iterdir()
    }


def test_no_plain_value_and_no_secret_lies_in_the_vault(shop_dsn, shop, shelf, tmp_path):
    with psycopg.connect(shop_dsn, autocommit=True) as connection:
        connection.execute("INSERT INTO customer (name) VALUES ('marked-7f3a')")
        connection.execute("COMMENT ON TABLE customer IS 'marked-comment'")
    take(shop, shelf, How(compress="0"))
    password = shop.dsn.params["password"].encode()
    for path in (tmp_path / "vault").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for secret in (b"marked-7f3a", b"marked-comment", b"customer", password):
            assert secret not in content, path
            assert secret.decode() not in path.name


def test_rows_written_while_it_runs_are_not_in_it(shop_dsn, shop, shelf):
    stop = threading.Event()

    def write() -> None:
        with psycopg.connect(shop_dsn, autocommit=True) as connection:
            while not stop.is_set():
                connection.execute('INSERT INTO "Order T" (customer, total) VALUES (1, 1)')

    writer = threading.Thread(target=write)
    writer.start()
    try:
        manifest = take(shop, shelf, How())
    finally:
        stop.set()
        writer.join()
    # Sequences go on while definitions stand still: one attempt is enough.
    assert manifest.attempts == 1
    sequence = manifest.sequences['public."Order T_id_seq"']
    assert manifest.tables['public."Order T"'].rows <= sequence.after
    assert sequence.before <= sequence.after


def test_definitions_that_change_meanwhile_take_it_again(shop_dsn, shop, shelf, monkeypatch):
    work, changes = taking._Taking.ship, iter(["CREATE TABLE late (id int)"])

    def ship(self, snapshot):
        files = work(self, snapshot)
        with psycopg.connect(shop_dsn, autocommit=True) as connection:
            for change in changes:
                connection.execute(change)
        return files

    monkeypatch.setattr(taking._Taking, "ship", ship)
    manifest = take(shop, shelf, How())
    assert manifest.attempts == 2
    assert "public.late" in manifest.tables
    stored = {one.name for one in shelf.vault.entries(f"{manifest.folder}dump/")}
    assert stored == {f"{manifest.folder}dump/{one.name}" for one in manifest.files}


def test_definitions_that_never_rest_are_told_and_nothing_is_listed(
    shop_dsn, shop, shelf, monkeypatch
):
    work, numbers = taking._Taking.ship, iter(range(100))

    def ship(self, snapshot):
        with psycopg.connect(shop_dsn, autocommit=True) as connection:
            connection.execute(f"CREATE TABLE late_{next(numbers)} (id int)")
        return work(self, snapshot)

    monkeypatch.setattr(taking._Taking, "ship", ship)
    with pytest.raises(BackupNotTaken, match="late_2"):
        take(shop, shelf, How())
    assert shelf.ids() == []
    assert list(shelf.vault.entries()) == []


def test_a_table_that_the_role_may_not_read_is_named(cluster, shop_dsn, shelf):
    cluster.run("DROP ROLE IF EXISTS {}", "half_reader")
    cluster.run("CREATE ROLE {} LOGIN PASSWORD 'half-secret'", "half_reader")
    with psycopg.connect(shop_dsn, autocommit=True) as connection:
        connection.execute("GRANT SELECT ON customer TO half_reader")
        connection.execute("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO half_reader")
        database = connection.info.dbname
    dsn = cluster.dsn(database, "half_reader", "half-secret")
    try:
        with (
            open_database(dsn) as restricted,
            pytest.raises(PermissionDenied, match="permission denied") as raised,
        ):
            take(restricted, shelf, How())
        assert "half-secret" not in str(raised.value)
        assert "pg_read_all_data" in raised.value.next_step
        assert shelf.ids() == []
    finally:
        with psycopg.connect(shop_dsn, autocommit=True) as connection:
            connection.execute("DROP OWNED BY half_reader")
        cluster.run("DROP ROLE {}", "half_reader")


def test_a_vault_that_goes_away_ends_pg_dump_and_lists_nothing(shop, tmp_path, keyring):
    class Away(DirectoryVault):
        def write(self, *_: object, **__: object):
            raise ObjectStoreUnreachable("away", "start it")

    vault = Away(tmp_path / "vault")
    with pytest.raises(ObjectStoreUnreachable):
        take(shop, Shelf(vault, keyring, "shop"), How())
    with shop.transaction() as connection:
        left = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%%pg_dump%%'"
        )
        assert left.scalar_one() == 0


def test_a_full_vault_lists_nothing(shop, tmp_path, keyring):
    shelf = Shelf(DirectoryVault(tmp_path / "vault", limit=2000), keyring, "shop")
    with pytest.raises(BackupNotTaken, match="2000 bytes"):
        take(shop, shelf, How())
    assert shelf.ids() == []


def test_plain_files_are_private_and_gone_at_the_end(shop, shelf, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen: list[int] = []
    follow = taking.Shipper.follow

    def watched(self, dump):
        seen.append(stat.S_IMODE(dump.directory.parent.parent.stat().st_mode))
        return follow(self, dump)

    monkeypatch.setattr(taking.Shipper, "follow", watched)
    take(shop, shelf, How())
    assert seen == [0o700]
    assert list(tmp_path.glob("studioops-work-*")) == []


def test_the_password_is_on_no_command_line(shop, shelf, monkeypatch):
    commands: list[list[str]] = []
    build = dumping_module.dump_command

    def spy(*words):
        commands.append(build(*words))
        return commands[-1]

    monkeypatch.setattr(dumping_module, "dump_command", spy)
    take(shop, shelf, How())
    assert commands
    assert shop.dsn.params["password"] not in " ".join(commands[0])


def test_without_fingerprints_it_says_so(shop, shelf):
    manifest = take(shop, shelf, How(fingerprints=False))
    assert manifest.tables == {}
    report = taken_report(manifest, "here", Stopwatch())
    assert {one.name: one.status for one in report.subjects}["fingerprints"] == (
        Status.NOT_APPLICABLE
    )


def test_a_manifest_makes_it_one(shop, shelf):
    manifest = take(shop, shelf, How())
    Path(shelf.vault.root, manifest.folder, MANIFEST).unlink()
    assert shelf.ids() == []
