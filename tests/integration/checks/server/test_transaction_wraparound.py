"""A database that comes near to where PostgreSQL refuses to write."""

import psycopg
import pytest

from studioops.model import Severity

NAME = "transaction_wraparound"
OPTIONS = ("wal_level=logical",)
ALL = ("postgres", "template0", "template1")
# Autovacuum comes by itself, even when it is off, and would mend it before anybody looks.
BRAKE = (
    "ALTER SYSTEM SET autovacuum_vacuum_cost_delay = 100",
    "ALTER SYSTEM SET autovacuum_vacuum_cost_limit = 1",
)
# What makes it hurry all the same, from PostgreSQL 14 on.
HURRY = "ALTER SYSTEM SET vacuum_failsafe_age = 2100000000"
RELEASE = ("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()")
# What a reader that never came again holds on to.
HOLDER = "SELECT pg_create_logical_replication_slot('held', 'pgoutput')"


def move_on(spare, what: str, far: int) -> None:
    """As if that many had gone by: the counters stand there, and their books are empty."""
    words, page = {
        "transactions": (("-x", str(far)), f"pg_xact/{far // 1_048_576:04X}"),
        "row lock groups": (("-m", f"{far},1"), f"pg_multixact/offsets/{far // 65_536:04X}"),
    }[what]
    spare.stop()
    spare.tool("pg_resetwal", *words, "-D", str(spare.server.data))
    book = spare.server.data / page
    book.write_bytes(bytes(262_144))
    spare.server.user.own(book, 0o600)
    spare.start()


def vacuum_all(spare, findings) -> None:
    """What each finding says, in the database that it names."""
    with psycopg.connect(spare.dsn, autocommit=True) as connection:
        for statement in RELEASE:
            connection.execute(statement)
        connection.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")
        for found in findings:
            for line in found.repair.splitlines():
                if "ALLOW_CONNECTIONS" in line:
                    connection.execute(line.removeprefix("-- ").partition(";")[0])
            with psycopg.connect(spare.dsn, autocommit=True, dbname=found.object) as there:
                assert "VACUUM;" in found.repair
                there.execute("VACUUM")
        connection.execute("ALTER DATABASE template0 ALLOW_CONNECTIONS false")


@pytest.mark.parametrize(
    ("what", "far", "expected"),
    [
        ("transactions", 1_700_000_000, (79, Severity.ERROR)),
        ("row lock groups", 1_100_000_000, (51, Severity.WARNING)),
    ],
)
def test_databases_far_behind_are_found_until_they_are_vacuumed(
    spare, checked_at, what, far, expected
):
    share, severity = expected
    spare.start()
    hurry = [HURRY] * (spare.server.programs.major >= 14)
    checked = checked_at(spare.dsn).sql(*BRAKE, *hurry, *[HOLDER] * (what == "transactions"))
    move_on(spare, what, far)
    found = checked.prove(
        NAME,
        dict.fromkeys(ALL, f"{what} back, which is {share} % of the way"),
        mend=lambda findings: vacuum_all(spare, findings),
    )
    assert {one.severity for one in found} == {severity}
    by_name = {one.object: one.repair for one in found}
    assert "the oldest tables: " in by_name["postgres"]
    assert "connected to template1: VACUUM;" in by_name["template1"]
    held = "first end replication slot held: as long as it is there"
    assert (held in by_name["postgres"]) is (what == "transactions")


def test_a_young_database_is_well(checked):
    assert checked.find(NAME) == []
