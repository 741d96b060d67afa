"""Schema public, which up to PostgreSQL 14 is not the owner's of the database."""

from studioops.backups.restoring.judging import judge_restore
from studioops.backups.restoring.lease import this_process_lease
from studioops.backups.restoring.restore import restore
from studioops.backups.restoring.scratch import drop_scratch, make_scratch
from studioops.postgres.client_tools import tools_for


def test_what_a_plain_role_can_not_restore_is_a_finding_that_says_why(
    cluster, database_dsn, dump, tools, sql
):
    cluster.run("CREATE ROLE {} LOGIN CREATEDB PASSWORD 'x'", "plain restorer")
    sql(database_dsn, 'ALTER SCHEMA public OWNER TO "plain restorer"')
    server = cluster.dsn(user="plain restorer", password="x")
    made = make_scratch(server, lease=this_process_lease(1))
    # As every new database has it up to 14.
    sql(cluster.dsn(made.name), "ALTER SCHEMA public OWNER TO CURRENT_USER")
    # And up to 14 pg_dump does not say whose it is.
    newer = tools_for(max(tools.major, 15))
    restored = restore(dump(database_dsn, programs=newer), made.dsn, tools=newer, jobs=2)
    assert not restored.well
    (finding,) = (one for one in judge_restore(restored, []).findings if one.severity.fails)
    assert "must be owner of schema public" in finding.message
    assert "as a superuser, to whom schema public belongs up to PostgreSQL 14" in finding.repair
    drop_scratch(server, made.name)
    sql(database_dsn, "ALTER SCHEMA public OWNER TO CURRENT_USER")
    cluster.run("DROP ROLE {}", "plain restorer")
