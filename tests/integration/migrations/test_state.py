"""What a state leaves out: what our own journal brings along."""

from __future__ import annotations

from studioops.migrations.operations import SetNotNull, TableName
from studioops.migrations.plan import Plan
from studioops.migrations.runner import apply, revert
from tests.integration.migrations.driving import QUICK, run, state_of


def test_a_role_that_owns_the_journal_alone_is_no_news(cluster, database_dsn) -> None:
    run(database_dsn, "CREATE ROLE state_owner", "GRANT CREATE ON SCHEMA public TO state_owner",
        "SET ROLE state_owner; CREATE TABLE stall (id bigint)")  # fmt: skip
    before = state_of(database_dsn)
    plan = Plan((SetNotNull(TableName("public", "stall"), "id"),))
    apply(database_dsn, plan, run_by="test", tries=QUICK)
    done = revert(database_dsn, tries=QUICK)
    assert done is not None
    assert done.changed == ()
    assert not state_of(database_dsn).differences(before)
    # Of another table it is.
    run(database_dsn, "CREATE TABLE public.another (id bigint)")
    lines = state_of(database_dsn).differences(before)
    assert any(one.startswith("role ") for one in lines)
    run(database_dsn, "DROP OWNED BY state_owner", "DROP ROLE state_owner")
