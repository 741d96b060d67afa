"""A whole backup passes; each damaged one is found by its own finding."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from studioops.backups.drill import Aims, drilling, restoring
from studioops.backups.model import SequenceValue
from studioops.backups.shelf import MANIFEST, Shelf
from studioops.backups.take import How, dumping, take
from studioops.errors import NoSuchBackup
from studioops.integrity import load_contract
from studioops.model import Report, Status
from studioops.postgres import open_database
from studioops.settings.declarations import SHIPPED_CONTRACT

HOUR = 3600.0


def checks(report: Report) -> set[str]:
    return {one.check for one in report.findings if one.severity.fails}


def verdicts(report: Report) -> tuple[str, str]:
    return report.evidence["faithful"], report.evidence["sound"]


def edited(shelf: Shelf, manifest, **changes) -> str:
    """The backup, after somebody who has the key edited its manifest."""
    shelf.keep(replace(manifest, **changes))
    return manifest.backup_id


def big_file(taken) -> str:
    return max(
        (one for one in taken.files if one.name != "toc.dat"), key=lambda one: one.plain_size
    ).name


def test_a_database_without_faults_passes(taken, drilled, shelf):
    report = drilled(taken.backup_id)
    assert report.findings == ()
    assert verdicts(report) == ("passed", "passed")
    assert report.status is Status.PASSED
    (proof,) = shelf.proofs(taken.backup_id)
    assert proof.passed
    assert proof.restore_seconds > 0


def test_retention_leaves_it_while_it_is_read(taken, drilled, shelf, monkeypatch):
    held, restore_backup = list[str](), drilling.restore_backup

    def watched(*words, **named):
        held.extend(shelf.pins(taken.backup_id))
        return restore_backup(*words, **named)

    monkeypatch.setattr(drilling, "restore_backup", watched)
    assert drilled(taken.backup_id).status is Status.PASSED
    (who,) = held
    assert who.startswith("drill test until ")
    assert shelf.pins(taken.backup_id) == []


def test_what_is_no_id_leaves_nothing(taken, drilled, shelf):
    before = sorted(one.name for one in shelf.vault.entries())
    for name in ("../other", "latest", "20260101T000000Z-00000000"):
        with pytest.raises(NoSuchBackup):
            drilled(name)
    assert sorted(one.name for one in shelf.vault.entries()) == before


def test_the_legacy_database_is_faithful_and_not_sound(legacy_dsn, shelf, drilled):
    contract = load_contract(SHIPPED_CONTRACT)
    with open_database(legacy_dsn) as database:
        manifest = take(database, shelf, How())
    report = drilled(manifest.backup_id, contract=contract)
    assert verdicts(report) == ("passed", "failed")
    assert report.status is Status.FAILED
    (lost,) = [one for one in report.findings if one.check == "restore_lost_foreign_key"]
    assert "could not add the constraint, since 1 rows break it" in lost.message
    assert "studioops scan --repairs" in lost.repair
    assert "orphan" in {name.partition("_")[0] for name in checks(report)}


def test_a_truncated_part(taken, drilled, files):
    path = files(f"dump/{big_file(taken)}")
    path.write_bytes(path.read_bytes()[:-40])
    report = drilled(taken.backup_id)
    assert checks(report) == {"backup_file_truncated"}
    assert report.evidence["faithful"] == "failed"
    # There is no copy to judge, and nobody says that it is sound.
    assert report.evidence["sound"] == "not_checked"


def test_one_flipped_byte(taken, drilled, files):
    path = files(f"dump/{big_file(taken)}")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert checks(drilled(taken.backup_id)) == {"backup_file_damaged"}


def test_a_missing_part(taken, drilled, files):
    files(f"dump/{big_file(taken)}").unlink()
    assert checks(drilled(taken.backup_id)) == {"backup_file_missing"}


def test_an_empty_part(taken, drilled, files):
    files(f"dump/{big_file(taken)}").write_bytes(b"")
    assert checks(drilled(taken.backup_id)) == {"backup_file_truncated"}


def test_swapped_parts(taken, drilled, files, shelf):
    names = [one.name for one in taken.files if one.name != "toc.dat"][:2]
    first, second = (files(f"dump/{name}") for name in names)
    contents = first.read_bytes(), second.read_bytes()
    first.write_bytes(contents[1])
    second.write_bytes(contents[0])
    sizes = {one.name: one.size for one in taken.files}
    known = {names[0]: sizes[names[1]], names[1]: sizes[names[0]]}
    # Whoever swaps them may also edit the sizes, should they ever have the key.
    changed = tuple(replace(one, size=known.get(one.name, one.size)) for one in taken.files)
    edited(shelf, taken, files=changed)
    assert checks(drilled(taken.backup_id)) == {"backup_file_swapped"}


def test_an_edited_manifest(taken, drilled, files):
    path = files(MANIFEST)
    content = bytearray(path.read_bytes())
    content[-30] ^= 1
    path.write_bytes(content)
    report = drilled(taken.backup_id)
    assert checks(report) == {"backup_manifest_damaged"}
    assert verdicts(report) == ("failed", "not_checked")


def test_a_manifest_of_another_target(taken, drilled, shelf, keyring):
    other = Shelf(shelf.vault, keyring, "other")
    source = shelf.vault.root / taken.folder / MANIFEST
    copy = shelf.vault.root / "other" / taken.backup_id / MANIFEST
    copy.parent.mkdir(parents=True)
    copy.write_bytes(source.read_bytes())
    assert checks(drilled(taken.backup_id, on=other)) == {"backup_manifest_damaged"}


def test_a_dump_without_rows(shop, shelf, drilled, monkeypatch):
    command = dumping.dump_command

    def schema_only(*words):
        return [*command(*words), "--schema-only"]

    monkeypatch.setattr(dumping, "dump_command", schema_only)
    manifest = take(shop, shelf, How())
    report = drilled(manifest.backup_id)
    assert "rows_differ" in checks(report)
    assert {one.object for one in report.findings if one.check == "rows_differ"} == {
        "public.customer",
        'public."Order T"',
    }


def test_a_stale_backup(taken, drilled, shelf):
    backup_id = edited(shelf, taken, snapshot_at=taken.snapshot_at - timedelta(hours=30))
    report = drilled(backup_id)
    assert checks(report) == {"stale"}
    assert verdicts(report) == ("passed", "passed")
    assert report.status is Status.FAILED


def test_an_older_backup_may_be_old(taken, drilled, shelf):
    backup_id = edited(shelf, taken, snapshot_at=taken.snapshot_at - timedelta(hours=30))
    report = drilled(backup_id, aims=Aims(HOUR, HOUR, newest=False))
    assert report.status is Status.PASSED


def test_a_restore_that_takes_too_long(taken, drilled):
    report = drilled(taken.backup_id, aims=Aims(0.001, HOUR, newest=True))
    assert checks(report) == {"restore_too_slow"}


def test_a_backup_of_another_database(taken, drilled):
    aims = Aims(HOUR, HOUR, newest=True, system="4711", database="shop")
    assert checks(drilled(taken.backup_id, aims=aims)) == {"other_database"}


def test_a_missing_role(cluster, shop_dsn, shop, shelf, drilled):
    cluster.run("CREATE ROLE {}", "leaver")
    with psycopg.connect(shop_dsn, autocommit=True) as connection:
        connection.execute("GRANT SELECT ON customer TO leaver")
    manifest = take(shop, shelf, How())
    with psycopg.connect(shop_dsn, autocommit=True) as connection:
        connection.execute("DROP OWNED BY leaver")
    cluster.run("DROP ROLE {}", "leaver")
    report = drilled(manifest.backup_id)
    (said,) = [one for one in report.findings if one.check == "restore_missing_role"]
    assert 'role "leaver" does not exist' in said.message
    assert "definition_differs" in checks(report)
    assert report.evidence["faithful"] == "failed"


def test_a_missing_extension(shop, shelf, drilled, monkeypatch):
    with psycopg.connect(make_conninfo(**shop.dsn.params), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
    manifest = take(shop, shelf, How())
    kept = restoring.fetch_dump

    def elsewhere(shelf, manifest, directory, **words):
        """As if the server that restores had no such extension: the archive asks for another."""
        seen = kept(shelf, manifest, directory, **words)
        toc = directory / "toc.dat"
        toc.write_bytes(toc.read_bytes().replace(b"pg_trgm", b"pg_trgn"))
        return seen

    monkeypatch.setattr(restoring, "fetch_dump", elsewhere)
    report = drilled(manifest.backup_id)
    said = [one for one in report.findings if one.check == "restore_missing_extension"]
    assert "pg_trgn" in said[0].message
    assert report.evidence["faithful"] == "failed"


def test_a_row_changed_after_the_snapshot(taken, drilled, shelf):
    rows = taken.tables["public.customer"]
    digest = f"{(int(rows.digest, 16) + 1) % 2**64:016x}"
    tables = {**taken.tables, "public.customer": replace(rows, digest=digest)}
    report = drilled(edited(shelf, taken, tables=tables))
    assert checks(report) == {"contents_differ"}
    assert report.findings[0].object == "public.customer"


def test_a_lost_row(taken, drilled, shelf):
    rows = taken.tables["public.customer"]
    tables = {**taken.tables, "public.customer": replace(rows, rows=rows.rows + 1)}
    report = drilled(edited(shelf, taken, tables=tables))
    assert checks(report) == {"rows_differ"}
    assert "100 rows where the original had 101" in report.findings[0].message


def test_a_sequence_behind(taken, drilled, shelf):
    name = 'public."Order T_id_seq"'
    sequences = {**taken.sequences, name: SequenceValue(5000, 5000, 1, called=True)}
    report = drilled(edited(shelf, taken, sequences=sequences))
    assert checks(report) == {"sequence_behind"}
    assert "setval" in report.findings[0].repair


LATER = {
    "policy": "CREATE POLICY p ON customer USING (true)",
    "index": "CREATE INDEX late ON customer (name)",
    "comment": "COMMENT ON TABLE customer IS 'said'",
    "constraint": "ALTER TABLE customer ADD CONSTRAINT c CHECK (id > 0) NOT VALID",
}


@pytest.mark.parametrize("kind", LATER)
def test_a_lost_definition_is_named_by_its_kind(shop, taken, shelf, drilled, kind):
    with psycopg.connect(make_conninfo(**shop.dsn.params), autocommit=True) as connection:
        connection.execute(LATER[kind])
    after = take(shop, shelf, How())
    report = drilled(edited(shelf, taken, definitions=after.definitions))
    assert checks(report) == {"definition_differs"}
    (found,) = report.findings
    assert found.message.startswith(f"the {kind} is not in the copy")
    names = {one.name: one.status for one in report.subjects}
    assert names[f"faithful: definitions: {kind}"] is Status.FAILED


def test_taken_without_fingerprints_it_is_not_proven(shop, shelf, drilled):
    manifest = take(shop, shelf, How(fingerprints=False))
    report = drilled(manifest.backup_id)
    assert verdicts(report) == ("not_checked", "passed")
    assert report.status is Status.NOT_CHECKED
