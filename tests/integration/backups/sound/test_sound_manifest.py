"""What a manifest adds: how it was in the original."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from studioops.backups.model import Manifest, SequenceValue
from studioops.model import Severity, Status
from studioops.postgres import open_database
from studioops.postgres.definitions import read_definitions, read_sequences


@pytest.fixture
def manifest_of():
    """A manifest of a database as it is now."""

    def make(copy) -> Manifest:
        with open_database(copy.dsn) as database, database.transaction() as connection:
            definitions, states = read_definitions(connection), read_sequences(connection)
        sequences = {
            name: SequenceValue(one.value, one.value, one.increment, one.called)
            for name, one in states.items()
        }
        server = {"major": 18, "collation_version": None}
        return Manifest(
            "20261125T020000Z-1f0c9a3e", "shop", datetime.now(UTC), 1.0, server, "pg_dump 18.6",
            (), {}, {}, definitions, sequences,
        )  # fmt: skip

    return make


def test_what_the_original_lacks_too_does_not_apply(copy, named, manifest_of):
    copy.sql(
        'CREATE TABLE "order" (id int PRIMARY KEY, p int)', "CREATE TABLE p (id int PRIMARY KEY)"
    )
    contract = copy.contract(
        "relationships:\n- {child: order.x, parent: p.id}\n- {child: a.b, parent: p.id}\n"
        "- {child: order.p, parent: p.id}\n"
    )
    manifest = manifest_of(copy)
    column, table, present = named(copy.see(contract, manifest=manifest), "reference ")
    assert {column.status, table.status} == {Status.NOT_APPLICABLE}
    assert 'column public."order".x is absent, as in the original' in column.reason
    assert "table public.a is absent, as in the original" in table.reason
    assert present.status is Status.PASSED


def test_what_the_copy_alone_lacks_is_not_checked(copy, named, manifest_of):
    copy.sql(
        'CREATE TABLE "order" (id int PRIMARY KEY, p int)', "CREATE TABLE p (id int PRIMARY KEY)"
    )
    contract = copy.contract("relationships:\n- {child: order.p, parent: p.id}\n")
    manifest = manifest_of(copy)
    copy.sql('DROP TABLE "order"')
    (one,) = named(copy.see(contract, manifest=manifest), "reference ")
    assert one.status is Status.NOT_CHECKED


def test_a_view_that_the_copy_lacks_is_not_called_absent_before(copy, named, manifest_of):
    copy.sql("CREATE TABLE p (id int PRIMARY KEY); CREATE VIEW v AS SELECT id AS p FROM p")
    contract = copy.contract("relationships:\n- {child: v.p, parent: p.id}\n")
    manifest = manifest_of(copy)
    copy.sql("DROP VIEW v")
    (one,) = named(copy.see(contract, manifest=manifest), "reference ")
    assert one.status is Status.NOT_CHECKED


def test_row_security_that_was_on_is_a_fault(copy, manifest_of):
    copy.sql("CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 0)")
    (found,) = copy.only_fault("row_security_off", manifest=manifest_of(copy)).findings
    assert (found.severity, "as in the original" in found.message) == (Severity.WARNING, True)
    copy.sql("ALTER TABLE t ENABLE ROW LEVEL SECURITY")
    manifest = manifest_of(copy)
    copy.sql("ALTER TABLE t DISABLE ROW LEVEL SECURITY")
    seen = copy.only_fault("row_security_off", manifest=manifest)
    assert (seen.status, "it was on in the original" in seen.findings[0].message) == (
        Status.FAILED,
        True,
    )


def test_a_view_that_was_not_filled_before_either(copy, manifest_of):
    copy.sql("CREATE MATERIALIZED VIEW v AS SELECT 1 AS a WITH NO DATA")
    seen = copy.only_fault("materialised_view_not_populated", manifest=manifest_of(copy))
    (found,) = seen.findings
    assert (found.severity, "as in the original" in found.message) == (Severity.WARNING, True)
    assert seen.status is Status.PASSED
    assert found.repair == "REFRESH MATERIALIZED VIEW public.v;"
    copy.sql("REFRESH MATERIALIZED VIEW v")
    manifest = manifest_of(copy)
    copy.sql("REFRESH MATERIALIZED VIEW v WITH NO DATA")
    seen = copy.only_fault("materialised_view_not_populated", manifest=manifest)
    assert "and it was in the original" in seen.findings[0].message
    assert seen.status is Status.FAILED


def test_a_sequence_that_was_behind_before(copy, manifest_of):
    copy.sql("CREATE TABLE t (id serial); INSERT INTO t VALUES (5)")
    manifest = manifest_of(copy)
    assert copy.see(manifest=manifest).findings[0].message.endswith("reaches 5, as in the original")
    copy.sql("SELECT setval('t_id_seq', 4)")
    assert copy.see(manifest=manifest).findings[0].message.endswith("reaches 5")


@pytest.mark.postgres(15)
def test_another_library_than_the_originals_is_told_of(copy, manifest_of):
    manifest = manifest_of(copy)
    manifest = replace(manifest, server={**manifest.server, "collation_version": "0.1"})
    (found,) = copy.only_fault("collation_of_another_library", manifest=manifest).findings
    assert found.severity is Severity.WARNING
