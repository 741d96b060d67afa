"""What only the catalog tells: indexes, triggers, views, policies, collations."""

from __future__ import annotations

import pytest

from studioops.backups.sound import PROOFS
from studioops.model import Severity, Status


def test_an_index_that_is_not_valid(copy):
    copy.sql(
        "CREATE TABLE t (id int PRIMARY KEY, a int)",
        "CREATE INDEX i ON t (a)",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass",
    )
    (found,) = copy.only_fault("index_not_valid").findings
    copy.sql(found.repair)
    copy.well()


def test_triggers_of_a_constraint_that_a_cut_restore_left_off(copy, named):
    copy.sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE a (p int REFERENCES p); CREATE INDEX ON a (p)",
        "ALTER TABLE a DISABLE TRIGGER ALL",
    )
    seen = copy.only_fault("constraint_triggers_disabled")
    (found,) = seen.findings
    assert named(seen, "constraint triggers public.a")[0].status is Status.FAILED
    copy.sql(found.repair)
    copy.well()


def test_a_view_that_was_never_filled(copy, named):
    copy.sql(
        "CREATE MATERIALIZED VIEW v AS SELECT 1 AS a",
        "CREATE MATERIALIZED VIEW w AS SELECT 1 WITH NO DATA",
    )
    seen = copy.only_fault("materialised_view_not_populated")
    (found,) = seen.findings
    assert [one.status for one in named(seen, "materialised view public.w")] == [Status.FAILED]
    copy.sql(found.repair)
    copy.well()


def test_a_table_with_policies_that_are_not_asked(copy, named):
    copy.sql("CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 0)")
    seen = copy.only_fault("row_security_off")
    (found,) = seen.findings
    assert found.severity is Severity.WARNING
    assert named(seen, "row security public.t")[0].status is Status.PASSED
    copy.sql(found.repair)
    copy.well()


def test_a_policy_whose_role_is_not_there(copy):
    copy.sql(
        "CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 0); ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "UPDATE pg_policy SET polroles = '{4000000}'",
    )
    copy.only_fault("policy_without_role")


@pytest.mark.postgres(15)
def test_a_collation_of_another_version(copy, cluster, named):
    name = "pg_c_utf8" if cluster.server.programs.major >= 17 else '"en-x-icu"'
    copy.sql(
        f"CREATE TABLE t (a text COLLATE {name} PRIMARY KEY)",
    )
    assert named(copy.well(), "collation pg_catalog.")
    copy.sql(f"UPDATE pg_collation SET collversion = '0.1' WHERE oid = '{name}'::regcollation")
    (found,) = copy.only_fault("collation_version_changed").findings
    assert "version 0.1, the server's is" in found.message
    copy.sql(f"UPDATE pg_collation SET collversion = NULL WHERE oid = '{name}'::regcollation")
    seen = copy.see()
    (unseen,) = [one for one in seen.subjects if one.status is Status.NOT_CHECKED]
    assert "is not recorded" in unseen.reason


@pytest.mark.postgres(15)
def test_the_database_sorts_by_another_version(copy):
    copy.sql("UPDATE pg_database SET datcollversion = '0.1' WHERE datname = current_database()")
    copy.only_fault("collation_version_changed")


def test_an_empty_database_is_silent(copy):
    told = []
    seen = copy.see(progress=lambda *words: told.append(words))
    assert [done for _, done, _ in told] == list(range(len(PROOFS)))
    assert ("references", len(PROOFS)) in [(name, of) for name, _, of in told]
    assert seen.findings == ()
    assert {one.status for one in seen.subjects} <= {Status.PASSED, Status.NOT_APPLICABLE}
