"""The state of a sub-partition's trigger, which pg_restore loses: its repair is run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from studioops.backups.drill.restoring import restore_backup
from studioops.backups.faithful import compare_catalog
from studioops.backups.restoring.lease import Lease
from studioops.backups.restoring.scratch import drop_scratch, make_scratch
from studioops.backups.take import How, take
from studioops.model import Status
from studioops.postgres import open_database

FUNCTION = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
# The names' order decides that it is lost.
TREE = """
CREATE TABLE z (a int, b int) PARTITION BY LIST (a);
CREATE TABLE m PARTITION OF z FOR VALUES IN (1) PARTITION BY LIST (b);
CREATE TABLE "A b" PARTITION OF m FOR VALUES IN (1);
CREATE TRIGGER "Tr" AFTER INSERT ON z FOR EACH ROW EXECUTE FUNCTION f();
"""
ABOVE = 'ALTER TABLE z DISABLE TRIGGER "Tr"; '


@pytest.fixture
def copied(database_dsn, cluster, shelf):
    """A backup of a database, and its copy; the copy's dsn."""
    made = []

    def work(*statements):
        run(database_dsn, FUNCTION, *statements)
        with open_database(database_dsn) as database:
            manifest = take(database, shelf, How())
        lease = Lease("tests", datetime.now(UTC) + timedelta(hours=1))
        made.append(make_scratch(cluster.dsn(), lease=lease, like=manifest.server))
        restore_backup(shelf, manifest, made[-1].dsn, jobs=1)
        return manifest, made[-1].dsn

    yield work
    for one in made:
        drop_scratch(cluster.dsn(), one.name)


def run(dsn, *statements):
    with psycopg.connect(dsn, autocommit=True) as connection:
        for one in statements:
            connection.execute(one)


def compared(manifest, dsn):
    with open_database(dsn) as database:
        return compare_catalog(database, manifest)


@pytest.mark.parametrize("state", ["DISABLE", "ENABLE REPLICA", "ENABLE ALWAYS", "ENABLE"])
def test_its_repair_gives_the_statement_to_type_after_a_restore(copied, state):
    change = f'ALTER TABLE "A b" {state} TRIGGER "Tr"'
    manifest, dsn = copied(TREE, ABOVE + change if state == "ENABLE" else change)
    (found,) = compared(manifest, dsn).findings
    assert found.object == 'public."A b"."Tr"'
    assert "in the original, and not so in the copy" in found.message
    comment, statement = found.repair.split("\n")
    assert comment == "-- no dump will bring that back: after each restore, type"
    assert statement == f'ALTER TABLE ONLY public."A b" {state} TRIGGER "Tr";'
    run(dsn, found.repair)
    assert compared(manifest, dsn).status is Status.PASSED


def test_of_one_that_is_lost_no_state_can_be_set(copied):
    manifest, dsn = copied(
        "CREATE TABLE t (a int)",
        "CREATE TRIGGER s AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "ALTER TABLE t DISABLE TRIGGER s",
    )
    assert compared(manifest, dsn).status is Status.PASSED
    run(dsn, "ALTER TABLE t ENABLE TRIGGER s")
    (other,) = compared(manifest, dsn).findings
    assert other.repair.endswith("\nALTER TABLE ONLY public.t DISABLE TRIGGER s;")
    run(dsn, "DROP TRIGGER s ON t")
    (gone,) = compared(manifest, dsn).findings
    assert gone.message == "the trigger is not in the copy"
    assert gone.repair == "take a new backup and drill it"
