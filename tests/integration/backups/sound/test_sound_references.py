"""Every relationship by scan."""

from __future__ import annotations

import pytest

from studioops.errors import DatabaseUnreachable
from studioops.model import Severity, Status

MISSING = "relationships:\n- {child: a.p, parent: p.id}\n- {child: a.x, parent: gone.id}\n"


def test_the_legacy_database_is_not_sound(legacy, shipped, named):
    seen = legacy.see(shipped)
    references = named(seen, "reference ")
    failed = [one for one in references if one.status is Status.FAILED]
    assert len(failed) == 13
    orphans = [one for one in seen.findings if one.check.startswith("orphan")]
    assert sum(int(one.message.split()[0]) for one in orphans) == 61
    assert [one.check for one in orphans].count("orphan_behind_valid_constraint") == 1
    assert {one.check for one in seen.findings if one.severity.fails} <= {
        "orphan",
        "orphan_behind_valid_constraint",
        "malformed_value",
    }
    assert "public.chat_sessions(project_id) -> public.projects(id)" in references[0].name
    others = [one for one in seen.subjects if one not in references]
    assert {one.status for one in others} <= {Status.PASSED, Status.NOT_APPLICABLE}


def test_an_orphan_behind_a_valid_constraint(copy, named):
    copy.sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE a (id int PRIMARY KEY, p int REFERENCES p)",
        "CREATE INDEX ON a (p)",
        "INSERT INTO p VALUES (1); INSERT INTO a VALUES (1, 1), (2, NULL)",
    )
    seen = copy.well()
    assert named(seen, "reference ")[0].name == "reference public.a(p) -> public.p(id) [a_p_fkey]"
    copy.sql("SET session_replication_role = replica; INSERT INTO a VALUES (3, 9)")
    seen = copy.only_fault("orphan_behind_valid_constraint")
    assert seen.status is Status.FAILED


def test_what_only_the_contract_misses_is_a_warning(copy, named):
    copy.sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE a (id int PRIMARY KEY, p int)",
        "INSERT INTO p VALUES (1); INSERT INTO a VALUES (1, 1)",
    )
    seen = copy.see(copy.contract(MISSING))
    assert {one.check: one.severity for one in seen.findings} == {
        "missing_foreign_key": Severity.WARNING,
        "no_covering_index": Severity.WARNING,
    }
    passed, absent = named(seen, "reference ")
    assert passed.status is Status.PASSED
    assert absent.status is Status.NOT_CHECKED
    assert "column public.a.x is absent; table public.gone is absent; next: " in absent.reason


def test_no_relationship_at_all_does_not_apply(copy, named):
    copy.sql("CREATE TABLE p (id int PRIMARY KEY)")
    (one,) = named(copy.well(), "references")
    assert one.status is Status.NOT_APPLICABLE


def test_a_server_that_goes_away_during_the_scan_is_worth_another_try(copy, cut):
    copy.sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE VIEW v AS SELECT 1 AS p FROM (SELECT pg_sleep(20)) AS s",
    )
    contract = copy.contract("relationships:\n- {child: v.p, parent: p.id}\n")
    with cut(), pytest.raises(DatabaseUnreachable):
        copy.see(contract)
