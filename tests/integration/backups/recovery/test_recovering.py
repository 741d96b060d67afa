from __future__ import annotations

import psycopg
import pytest

from studioops.backups.recovery.back import BackHow, go_back
from studioops.errors import DatabaseBusy, NoProvenBackup, Refused
from studioops.model import Status

OWNER = "shop_owner"


def back(world, **changes):
    return go_back(world.dsn, BackHow("shop", lambda _: None, **changes))


@pytest.mark.parametrize("role", ["owner", "superuser"])
def test_recovered_and_back_again(world, role):
    world.role = OWNER if role == "owner" else "superuser"
    world.backup()
    world.write("INSERT INTO orders (note) VALUES ('lost')", "UPDATE orders SET changed = 1")
    report = world.recover()
    assert report.status is Status.PASSED, report.subjects
    kept = report.evidence["kept"]
    assert world.databases() == {world.name, kept}
    assert (
        world.ask("SELECT array_agg(note) FROM orders WHERE note = 'lost' OR changed = 1") is None
    )
    assert report.evidence["way_back"] == "studioops recover back --target shop"
    lost = report.evidence["lost"]["tables"]
    assert [(one["table"], one["then"], one["now"]) for one in lost] == [("public.orders", 5, 6)]

    world.write("INSERT INTO orders (note) VALUES ('after')")
    again = back(world)
    assert world.ask("SELECT count(*) FROM orders WHERE note = 'lost'") == 1
    assert world.ask("SELECT count(*) FROM orders WHERE changed = 1") == 6
    aside = again.evidence["kept"]
    assert world.databases() == {world.name, aside}
    with pytest.raises(Refused, match="did not come by a recovery"):
        back(world)
    back(world, to=aside)
    assert world.ask("SELECT count(*) FROM orders WHERE note = 'after'") == 1


def test_what_hangs_on_the_database_is_carried(world):
    world.admin(
        "COMMENT ON DATABASE {db} IS 'the shop''s\n100% own'",
        "REVOKE CONNECT ON DATABASE {db} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {db} TO shop_stranger WITH GRANT OPTION",
        "ALTER DATABASE {db} CONNECTION LIMIT 17",
        'ALTER DATABASE {db} SET search_path TO "a, ""b", public',
        "ALTER DATABASE {db} SET work_mem TO '5MB'",
        f"ALTER ROLE {OWNER} IN DATABASE {{db}} SET statement_timeout TO '7min'",
    )
    about = f"""
        SELECT d.datconnlimit, d.datacl::text, pg_get_userbyid(d.datdba), s.setrole, s.setconfig
        FROM pg_database AS d LEFT JOIN pg_db_role_setting AS s ON s.setdatabase = d.oid
        WHERE d.datname = '{world.name}' ORDER BY s.setrole
    """
    before = world.ask(about)
    world.backup()
    kept = world.recover().evidence["kept"]
    assert sorted(map(str, world.ask(about))) == sorted(map(str, before))
    comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{}'"
    own, ours = world.ask(comment.format(world.name)).rsplit("\n", 1)
    assert own == "the shop's\n100% own"
    assert '"role": "recovered"' in ours
    back(world)
    assert world.ask(comment.format(world.name)) == "the shop's\n100% own"
    assert kept not in world.databases()


def test_an_unfaithful_copy_changes_nothing(world):
    manifest = world.backup()
    dump = world.directory / manifest.backup_id

    def restore(manifest, scratch):
        restored = world.restore_beside(manifest, scratch)
        with psycopg.connect(scratch.dsn) as connection:
            connection.execute("DELETE FROM items")
        return restored[0], restored[2], restored[1]

    assert dump.is_dir()
    report = world.recover(restore_beside=restore)
    assert (report.status, report.evidence["swapped"]) == (Status.FAILED, False)
    assert world.databases() == {world.name}
    assert world.ask("SELECT count(*) FROM items") == 5


def test_without_a_proven_backup_it_is_refused(world):
    with pytest.raises(NoProvenBackup, match="has no backup"):
        world.recover()
    world.backup(faithful=None)
    with pytest.raises(NoProvenBackup, match="never proven"):
        world.recover()
    assert world.databases() == {world.name}


def test_no_is_no(world):
    world.backup()

    def no(_):
        raise Refused("nothing was changed", "answer y")

    with pytest.raises(Refused):
        world.recover(approve=no)
    assert world.databases() == {world.name}


def test_two_at_once_are_kept_apart(world):
    world.backup()

    def second(_):
        with pytest.raises(DatabaseBusy, match="somebody else recovers"):
            world.recover()
        raise Refused("seen", "seen")

    with pytest.raises(Refused, match="seen"):
        world.recover(approve=second)


def test_a_target_that_is_gone_is_recovered(world):
    world.backup()
    world.cluster.drop(world.name)
    report = world.recover()
    assert report.status is Status.PASSED, report.subjects
    assert world.ask("SELECT count(*) FROM orders") == 5
    assert report.evidence["kept"] == ""
    world.write("INSERT INTO orders (note) VALUES ('on')")
    # Everybody may connect again, as to any new database.
    assert world.ask(f"SELECT has_database_privilege('shop_stranger', '{world.name}', 'CONNECT')")


def test_what_hung_on_a_target_that_is_gone_comes_from_the_backup(world):
    world.admin(
        "COMMENT ON DATABASE {db} IS 'ours'",
        "REVOKE CONNECT ON DATABASE {db} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {db} TO shop_stranger",
        "ALTER DATABASE {db} CONNECTION LIMIT 17",
        'ALTER DATABASE {db} SET search_path TO "a, ""b", public',
        "ALTER DATABASE {db} SET app.secret TO 'x'",
        f"ALTER ROLE {OWNER} IN DATABASE {{db}} SET work_mem TO '5MB'",
    )
    world.backup()
    # A plain owner may not set a parameter that nobody has declared.
    world.role = "superuser"
    world.recover()
    about = f"""
        SELECT d.datconnlimit, d.datacl::text, pg_get_userbyid(d.datdba), s.setrole, s.setconfig,
            split_part(shobj_description(d.oid, 'pg_database'), E'\n', 1)
        FROM pg_database AS d LEFT JOIN pg_db_role_setting AS s ON s.setdatabase = d.oid
        WHERE d.datname = '{world.name}' ORDER BY s.setrole
    """
    before = str(world.ask(about)).replace(", 'app.secret=x'", "")
    world.cluster.drop(world.name)
    report = world.recover()
    assert str(world.ask(about)) == before
    (told,) = report.findings
    assert "the setting app.secret of" in told.message


def test_a_target_that_an_administrator_closed_stays_closed(world):
    world.backup()
    world.admin("ALTER DATABASE {db} ALLOW_CONNECTIONS false")
    report = world.recover()
    assert report.status is Status.NOT_CHECKED
    reasons = {one.name: one.reason for one in report.subjects}
    assert reasons["connecting"].endswith("ALLOW_CONNECTIONS true")
    world.admin("ALTER DATABASE {db} ALLOW_CONNECTIONS true")
    assert world.ask("SELECT count(*) FROM orders") == 5


def test_recovered_twice_and_back_twice(world):
    world.backup()
    world.write("INSERT INTO orders (note) VALUES ('first')")
    world.recover()
    world.write("INSERT INTO orders (note) VALUES ('second')")
    world.recover()
    assert world.ask("SELECT count(*) FROM orders") == 5
    back(world)
    assert world.ask("SELECT count(*) FROM orders WHERE note = 'second'") == 1
    back(world)
    assert world.ask("SELECT count(*) FROM orders WHERE note = 'first'") == 1


def test_statistics_are_there(world):
    world.write("INSERT INTO orders (note) SELECT 'x' FROM generate_series(1, 1000)")
    world.backup()
    world.recover()
    assert world.ask("SELECT reltuples FROM pg_class WHERE relname = 'orders'") == 1005
