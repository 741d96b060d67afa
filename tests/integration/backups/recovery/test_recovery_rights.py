"""Each right that a recovery lacks is a refusal beforehand that names it."""

from __future__ import annotations

from contextlib import contextmanager

import psycopg
import pytest

from studioops.backups.recovery.needs import Needs
from studioops.backups.recovery.plan import plan_recovery
from studioops.backups.recovery.rights import Asked, look_at_rights
from studioops.backups.recovery.server import maintenance
from studioops.errors import Refused
from studioops.model import Severity, Status

OWNER, PASSWORD = "shop_owner", "plain-word"
NOTHING = Needs()


@pytest.fixture
def lacking(world):
    """What is refused, and what to type; both in the plan and by the run."""

    def look(needs: Needs = NOTHING, *, run: bool = False) -> dict[str, str]:
        if run:
            with pytest.raises(Refused) as caught:
                world.recover()
            return {caught.value.message: caught.value.next_step}
        with maintenance(world.dsn) as server:
            seen = look_at_rights(server, Asked(world.name, needs, None))
        return {one.message: one.repair for one in seen.findings if one.severity.fails}

    return look


@contextmanager
def done_and_undone(world, do: str, undo: str):
    world.admin(do)
    try:
        yield
    finally:
        world.admin(undo)


def test_a_plain_owner_with_createdb_lacks_nothing(world, lacking):
    assert lacking() == {}


def test_createdb(world, lacking):
    with done_and_undone(world, f"ALTER ROLE {OWNER} NOCREATEDB", f"ALTER ROLE {OWNER} CREATEDB"):
        world.backup()
        ((message, step),) = lacking(run=True).items()
        assert "shop_owner has no CREATEDB" in message
        assert step == 'ALTER ROLE "shop_owner" CREATEDB'
    assert world.databases() == {world.name}


def test_owner_of_the_target(world, lacking):
    world.admin("ALTER DATABASE {db} OWNER TO shop_stranger")
    world.backup()
    ((message, step),) = lacking(run=True).items()
    assert f"shop_owner does not own the database {world.name}, shop_stranger does" in message
    assert 'GRANT "shop_stranger" TO "shop_owner"' in step


def test_roles_and_extensions_of_the_backup(world, lacking):
    needs = Needs(
        roles=frozenset(["shop_owner", "shop_stranger", 'no "such']),
        extensions=frozenset(["plpgsql", "no_such_extension"]),
    )
    assert lacking(needs) == {
        'the role no "such, which owns part of the backup, is not on the server': 'CREATE ROLE "no ""such"',
        "shop_owner may not make objects for shop_stranger, which owns part of the backup": 'GRANT "shop_stranger" TO "shop_owner"',
        "the extension no_such_extension is not installed on the server": "install the package with no_such_extension on the server",
    }


def test_an_extension_for_superusers_alone(world, lacking):
    rows = world.ask(
        "SELECT name FROM pg_available_extension_versions WHERE superuser AND NOT trusted LIMIT 1"
    )
    if not rows:
        pytest.skip("this server has no such extension")
    (message,) = lacking(Needs(extensions=frozenset([rows])))
    assert message == f"only a superuser may create the extension {rows}"


def test_schema_public_up_to_14(world, lacking):
    major = int(world.ask("SHOW server_version_num")) // 10000
    found = lacking(Needs(public_changed="an owner of its own"))
    assert bool(found) == (major < 15)


def test_a_setting_that_only_a_superuser_may_make(world, lacking):
    world.admin("ALTER DATABASE {db} SET log_statement TO 'all'")
    world.backup()
    ((message, step),) = lacking(run=True).items()
    assert f"the setting log_statement of {world.name} can't be carried over" in message
    assert "be allowed to set log_statement" in step
    assert world.ask("SHOW log_statement") == "all"


def test_a_setting_of_another_role(world, lacking):
    world.admin("ALTER ROLE shop_stranger IN DATABASE {db} SET work_mem TO '5MB'")
    world.backup()
    ((message, step),) = lacking(run=True).items()
    assert "the setting work_mem of shop_stranger" in message
    assert "ADMIN on shop_stranger" in step


def test_sessions_that_may_not_be_ended(world, lacking):
    with psycopg.connect(world.cluster.dsn(world.name)) as session:
        (message,) = lacking()
        assert f"{session.info.backend_pid} of " in message
    world.role = "superuser"
    with psycopg.connect(world.cluster.dsn(world.name, OWNER, PASSWORD)):
        assert lacking() == {}


def test_a_database_that_was_half_dropped(world, lacking):
    world.backup()
    limit = "UPDATE pg_database SET datconnlimit = {} WHERE datname = '" + world.name + "'"
    with psycopg.connect(world.cluster.dsn(), autocommit=True) as admin:
        admin.execute(limit.format(-2))
    ((message, step),) = lacking(run=True).items()
    assert "was half dropped" in message
    assert step == f'DROP DATABASE "{world.name}", then run this again'
    world.cluster.drop(world.name)
    assert world.recover().evidence["swapped"]


def test_without_a_database_to_work_from(world, lacking):
    """Neither postgres nor template1 lets a plain role in: any sibling does."""
    closed = "REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC"
    opened = "GRANT CONNECT ON DATABASE postgres, template1 TO PUBLIC"
    sibling = world.cluster.clone("template0")
    try:
        with done_and_undone(world, closed, opened):
            world.backup()
            with maintenance(world.dsn) as server:
                assert server.dsn.database not in ("postgres", "template1", world.name)
            others = world.ask("SELECT datname FROM pg_database WHERE datallowconn", "postgres")
            names = [one for (one,) in others if one not in ("postgres", "template1", world.name)]
            for one in names:
                world.admin(f'REVOKE CONNECT ON DATABASE "{one}" FROM PUBLIC')
            ((message, step),) = lacking(run=True).items()
            assert "none lets shop_owner in" in message
            assert step == "GRANT CONNECT ON DATABASE postgres TO shop_owner"
            for one in names:
                world.admin(f'GRANT CONNECT ON DATABASE "{one}" TO PUBLIC')
    finally:
        world.cluster.drop(sibling)


def test_the_plan_lists_what_the_run_refuses(world):
    world.admin("ALTER DATABASE {db} SET log_statement TO 'all'")
    world.backup()
    plan = plan_recovery(world.dsn, world.shelf)
    assert plan.status is Status.FAILED
    assert [one.check for one in plan.findings if one.severity.fails] == ["missing_right"]
    disk = [one for one in plan.findings if one.check == "disk_not_seen"]
    assert [one.severity for one in disk] == [Severity.WARNING]
    assert world.databases() == {world.name}
