"""Nothing of the application fires, and who cannot have it so is told before anything is done."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from studioops.errors import LeftInBetween
from studioops.migrations.operations import (
    Going,
    NullifyOrphans,
    QuarantineOrphans,
    Reference,
    TableName,
    Touched,
)
from studioops.migrations.plan import Plan
from studioops.migrations.quarantine import held_back
from studioops.migrations.runner import apply, revert
from tests.conftest import Cluster
from tests.integration.migrations.driving import QUICK, drive, refusals, run, state_of

OWNER = "plain owner"
GRANT = f'as a superuser: GRANT SET ON PARAMETER session_replication_role TO "{OWNER}"'


def refers(child: str, column: str, parent: str) -> Reference:
    return Reference(TableName("public", child), (column,), TableName("public", parent), ("id",))


STALL, WARE = refers("stall", "shop", "shop"), refers("ware", "stall", "stall")
TAKE = QuarantineOrphans(STALL, (Touched(WARE, Going.REMOVE),))
UNHOOK = QuarantineOrphans(STALL, (Touched(WARE, Going.CLEAR),))
CLEAR = NullifyOrphans(STALL)
TABLES = (
    "CREATE TABLE shop (id int PRIMARY KEY)",
    "CREATE TABLE stall (id int PRIMARY KEY, shop int)",
    "CREATE TABLE ware (id int PRIMARY KEY, stall int)",
    "INSERT INTO shop VALUES (1)",
    "INSERT INTO stall VALUES (1, 1), (2, 2), (3, 3)",
    "INSERT INTO ware VALUES (1, 1), (2, 2), (3, 3), (4, NULL)",
)
AUDITED = (
    "CREATE TABLE audit (what text)",
    "CREATE FUNCTION audited() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN INSERT INTO public.audit VALUES (TG_OP || TG_TABLE_NAME); RETURN NULL; END $$",
    "CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON stall "
    "FOR EACH ROW EXECUTE FUNCTION audited()",
    "CREATE TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON ware EXECUTE FUNCTION audited()",
    "CREATE RULE quietly AS ON DELETE TO ware DO INSTEAD NOTHING",
)


@dataclass(frozen=True)
class Owned:
    """A database of a role that is nothing but its owner."""

    dsn: str
    superuser: str


@pytest.fixture(scope="module")
def owner(cluster: Cluster) -> str:
    cluster.run("CREATE ROLE {} LOGIN PASSWORD 'x'", OWNER)
    return OWNER


@pytest.fixture
def owned(cluster: Cluster, owner: str, database_dsn: str) -> Owned:
    name = str(conninfo_to_dict(database_dsn)["dbname"])
    cluster.run("ALTER DATABASE {} OWNER TO {}", name, owner)
    run(database_dsn, f'ALTER SCHEMA public OWNER TO "{owner}"')
    dsn = make_conninfo(database_dsn, user=owner, password="x")
    run(dsn, *TABLES)
    return Owned(dsn, database_dsn)


def test_triggers_and_rules_neither_there_nor_back(database_dsn: str) -> None:
    run(database_dsn, *TABLES, *AUDITED)
    before = state_of(database_dsn)
    for operation in (TAKE, UNHOOK, CLEAR):
        apply(database_dsn, Plan((operation,)), run_by="test", tries=QUICK)
        assert state_of(database_dsn).differences(before)
        assert revert(database_dsn, tries=QUICK) is not None
        assert state_of(database_dsn).differences(before) == []
    with psycopg.connect(database_dsn) as connection:
        assert connection.execute("SELECT count(*) FROM audit").fetchone() == (0,)
        role = connection.execute("SHOW session_replication_role").fetchone()
    assert role == ("origin",)


def test_what_fires_whatever_we_do(database_dsn: str) -> None:
    run(
        database_dsn,
        *TABLES,
        *AUDITED,
        "ALTER TABLE stall ENABLE ALWAYS TRIGGER audited",
        "ALTER TABLE ware ENABLE REPLICA TRIGGER audited, ENABLE ALWAYS RULE quietly",
    )
    stall = "stall: trigger audited fires whatever we do: disable it first"
    ware = "ware: rule quietly, trigger audited fires whatever we do: disable it first"
    assert refusals(database_dsn, TAKE) == (f"public.{stall}", f"public.{ware}")
    # A rule of DELETE is none of a table whose references are cleared.
    assert refusals(database_dsn, UNHOOK) == (
        f"public.{stall}",
        "public.ware: trigger audited fires whatever we do: disable it first",
    )
    assert refusals(database_dsn, CLEAR) == (f"public.{stall}",)
    run(
        database_dsn,
        "ALTER TABLE stall DISABLE TRIGGER audited",
        "DROP RULE quietly ON ware",
        "ALTER TABLE ware DISABLE TRIGGER audited, ADD UNIQUE (id, stall) DEFERRABLE",
    )
    (reason,) = refusals(database_dsn, TAKE)
    assert reason == "public.ware: ware_id_stall_key is deferrable, and nobody would heed it"


def test_a_plain_owner_where_nothing_would_fire(owned: Owned) -> None:
    run(
        owned.dsn,
        # A cycle of keys that no order of single statements could put back.
        "ALTER TABLE ware ADD FOREIGN KEY (stall) REFERENCES stall",
        "ALTER TABLE stall ADD ware int REFERENCES ware ON DELETE RESTRICT",
        "UPDATE stall SET ware = id",
        "CREATE TABLE note (id int PRIMARY KEY, ware int REFERENCES ware DEFERRABLE)",
        "INSERT INTO note VALUES (1, 1), (2, 2)",
    )
    touched = (
        Touched(WARE, Going.REMOVE),
        Touched(refers("stall", "ware", "ware"), Going.REMOVE),
        Touched(refers("note", "ware", "ware"), Going.CLEAR),
    )
    drive(owned.dsn, QuarantineOrphans(STALL, touched))


def test_a_plain_owner_whose_rows_meet_others(owned: Owned) -> None:
    run(owned.dsn, "ALTER TABLE ware ADD FOREIGN KEY (stall) REFERENCES stall")
    apply(owned.dsn, Plan((TAKE,)), run_by="test", tries=QUICK)
    run(
        owned.dsn,
        "INSERT INTO stall VALUES (2, NULL)",
        "ALTER TABLE stall ADD CHECK (id <> 3)",
    )
    assert revert(owned.dsn, tries=QUICK) is not None
    with psycopg.connect(owned.dsn, row_factory=dict_row) as session:
        rows = session.execute("SELECT id FROM ware ORDER BY id").fetchall()
        held = {(one.table, one.values["id"]): one.conflict for one in held_back(session)}
    assert [row["id"] for row in rows] == [1, 2, 4]
    assert set(held) == {("public.stall", "2"), ("public.stall", "3"), ("public.ware", "3")}
    assert "ware_stall_fkey" in held["public.ware", "3"]


def test_a_plain_owner_where_something_would_fire(owned: Owned) -> None:
    run(owned.dsn, *AUDITED)
    before = state_of(owned.dsn)
    right = GRANT
    with psycopg.connect(owned.dsn) as connection:
        if connection.info.server_version < 150000:
            right = "do this as a superuser"
    stall = f"public.stall: trigger audited would fire: {right}"
    assert refusals(owned.dsn, TAKE) == (
        stall,
        f"public.ware: rule quietly, trigger audited would fire: {right}",
    )
    assert refusals(owned.dsn, CLEAR) == (stall,)
    assert state_of(owned.dsn).differences(before) == []
    run(owned.dsn, "ALTER TABLE stall DISABLE TRIGGER audited", "DELETE FROM ware WHERE id = 4")
    assert refusals(owned.dsn, CLEAR) == ()


def test_a_plain_owner_with_orphans_behind_a_key(owned: Owned) -> None:
    run(
        owned.dsn,
        # Not even a valid one: it is heeded by whoever writes a row.
        "ALTER TABLE stall ADD FOREIGN KEY (shop) REFERENCES shop NOT VALID",
    )
    for operation in (TAKE, CLEAR):
        (reason,) = refusals(owned.dsn, operation)
        key = "public.stall(shop) → public.shop(id)"
        assert reason.startswith(f"the way back breaks a key that stands ({key}): ")


@pytest.mark.postgres(15)
def test_the_right_alone_is_enough(cluster: Cluster, owned: Owned) -> None:
    run(
        owned.dsn,
        "ALTER TABLE stall ADD FOREIGN KEY (shop) REFERENCES shop NOT VALID",
        *AUDITED[:3],
    )
    cluster.run("GRANT SET ON PARAMETER session_replication_role TO {}", OWNER)
    try:
        drive(owned.dsn, TAKE, stay=True)
    finally:
        cluster.run("REVOKE SET ON PARAMETER session_replication_role FROM {}", OWNER)
    before = state_of(owned.dsn)
    with pytest.raises(LeftInBetween, match="GRANT SET ON PARAMETER"):
        revert(owned.dsn, tries=QUICK)
    assert state_of(owned.dsn).differences(before) == []
    # Whoever has the right goes on.
    assert revert(owned.superuser, tries=QUICK) is not None


def test_rows_that_are_hidden_and_rights_that_are_missing(owned: Owned) -> None:
    run(
        owned.superuser,
        "ALTER TABLE ware OWNER TO CURRENT_USER; ALTER TABLE ware ENABLE ROW LEVEL SECURITY",
        f'CREATE POLICY few ON ware USING (id < 3); GRANT ALL ON ware TO "{OWNER}"',
    )
    (reason,) = refusals(owned.dsn, TAKE)
    assert reason == "row security hides rows of public.ware from this role: do it as its owner"
    run(
        owned.superuser,
        "ALTER TABLE ware DISABLE ROW LEVEL SECURITY",
        f'REVOKE INSERT, DELETE ON ware FROM "{OWNER}"',
    )
    (reason,) = refusals(owned.dsn, TAKE)
    assert reason == "this role has no right to DELETE, INSERT on public.ware"
    assert refusals(owned.dsn, UNHOOK) == ()
    run(owned.superuser, f'REVOKE SELECT ON ware FROM "{OWNER}"')
    (reason,) = refusals(owned.dsn, UNHOOK)
    assert reason == "this role has no right to SELECT from public.ware"
    run(owned.superuser, "CREATE SCHEMA studioops")
    (reason,) = refusals(owned.dsn, QuarantineOrphans(STALL))
    assert reason == "this role has no right to USAGE and CREATE in schema studioops"
    run(
        owned.superuser,
        "REVOKE USAGE ON SCHEMA public FROM PUBLIC; ALTER SCHEMA public OWNER TO CURRENT_USER",
    )
    assert refusals(owned.dsn, QuarantineOrphans(STALL)) == tuple(
        f"this role has no right to use the schema of public.{name}" for name in ("shop", "stall")
    )
