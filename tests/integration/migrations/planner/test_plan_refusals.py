"""Why there is no plan: nothing is guessed, and each line says what to type or write next."""

from __future__ import annotations

import pytest

from studioops.integrity import BrokenContract
from tests.integration.migrations.driving import run
from tests.integration.migrations.planner.asking import contract_of, kept, planned, there_and_back

TABLES = (
    "CREATE TABLE shop (id bigint PRIMARY KEY, code text, region int)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id bigint, code text)",
)
BROKEN = "INSERT INTO stall VALUES (1, 7), (2, NULL)"


def refused(dsn: str, *relationships: str) -> str:
    """The only refusal; there is no operation beside it."""
    proposal = planned(dsn, contract_of(*relationships))
    assert proposal.plan.operations == proposal.estimates == ()
    (line,) = proposal.refusals
    assert "\n" not in line
    assert line in proposal.as_json()["refusals"]
    return line


def test_orphans_that_are_to_be_reported_no_more(database_dsn):
    run(database_dsn, *TABLES, BROKEN)
    line = refused(database_dsn, "stall.shop_id -> shop.id; orphans: report")
    assert line.startswith("public.stall(shop_id) → public.shop(id): 1 row has no parent")
    assert "write `orphans: quarantine` or `orphans: nullify`" in line
    # Behind a key that claims that there is none, too.
    run(
        database_dsn,
        "SET session_replication_role = replica",
        "DELETE FROM stall",
        "ALTER TABLE stall ADD FOREIGN KEY (shop_id) REFERENCES shop (id)",
        "CREATE INDEX ON stall (shop_id)",
    )
    kept(database_dsn, contract_of("stall.shop_id -> shop.id; orphans: report"))
    run(database_dsn, f"SET session_replication_role = replica; {BROKEN}")
    assert "1 row has no parent" in refused(
        database_dsn, "stall.shop_id -> shop.id; orphans: report"
    )


def test_clearing_what_takes_no_null(database_dsn):
    run(database_dsn, *TABLES, BROKEN.replace(", (2, NULL)", ""))
    run(database_dsn, "ALTER TABLE stall ALTER shop_id SET NOT NULL")
    line = refused(database_dsn, "stall.shop_id -> shop.id; orphans: nullify")
    assert "shop_id takes no NULL" in line
    assert "`orphans: quarantine`" in line


def test_clearing_what_others_refer_to(database_dsn):
    run(
        database_dsn,
        *TABLES,
        BROKEN,
        "ALTER TABLE stall ADD UNIQUE (shop_id)",
        "CREATE TABLE item (stall bigint REFERENCES stall (shop_id))",
    )
    line = refused(database_dsn, "stall.shop_id -> shop.id; orphans: nullify")
    assert "public.item(stall) → public.stall(shop_id)" in line


@pytest.mark.parametrize(
    "makes_it",
    [
        "CREATE TABLE other (id int)",
        "CREATE UNIQUE INDEX ON shop (code) WHERE region > 0",
        "CREATE UNIQUE INDEX ON shop (code, region)",
        "ALTER TABLE shop ADD UNIQUE (code) DEFERRABLE",
    ],
)
def test_a_parent_that_nothing_keeps_unique(database_dsn, makes_it):
    run(database_dsn, *TABLES, makes_it)
    line = refused(database_dsn, "stall.code -> shop.code")
    statement = line.split("make it so: ")[1]
    assert statement == "CREATE UNIQUE INDEX CONCURRENTLY ON public.shop (code);"
    run(database_dsn, statement)
    assert len(planned(database_dsn, contract_of("stall.code -> shop.code")).plan.operations) == 2


def test_ends_that_take_no_key(database_dsn):
    run(
        database_dsn,
        *TABLES,
        "CREATE VIEW shops AS SELECT * FROM shop",
        "CREATE VIEW stalls AS SELECT * FROM stall",
        "CREATE UNLOGGED TABLE lost (id bigint PRIMARY KEY)",
    )
    assert "public.shops is no table" in refused(database_dsn, "stall.shop_id -> shops.id")
    assert "ALTER TABLE public.lost SET LOGGED;" in refused(
        database_dsn, "stall.shop_id -> lost.id"
    )
    proposal = planned(database_dsn, contract_of("stalls.shop_id -> shop.id"))
    assert (proposal.plan.operations, proposal.refusals) == ((), ())
    assert "public.stalls is no table, and takes no key" in proposal.remarks[0]
    run(database_dsn, BROKEN)
    line = refused(database_dsn, "stalls.shop_id -> shop.id")
    assert "no table that rows can be taken out of" in line


def test_what_nobody_can_compare_or_knows(database_dsn):
    run(database_dsn, *TABLES, "ALTER TABLE shop ADD UNIQUE (code)")
    line = refused(database_dsn, "stall.code -> shop.code; type: json")
    assert "nobody could look at its rows: type json has no equality operator" in line
    with pytest.raises(BrokenContract, match="knows no type 'mood'"):
        planned(database_dsn, contract_of("stall.code -> shop.code; type: mood"))


def test_triggers_that_somebody_disabled(database_dsn):
    run(
        database_dsn,
        *TABLES,
        "ALTER TABLE stall ADD CONSTRAINT k FOREIGN KEY (shop_id) REFERENCES shop (id)",
        "CREATE INDEX ON stall (shop_id)",
        "ALTER TABLE stall DISABLE TRIGGER ALL",
    )
    line = refused(database_dsn, "stall.shop_id -> shop.id")
    assert "triggers of k are disabled on public.stall" in line
    run(database_dsn, line.split("as a superuser: ")[1])
    kept(database_dsn, contract_of("stall.shop_id -> shop.id"))


def test_a_column_that_nobody_can_write(database_dsn):
    run(
        database_dsn,
        *TABLES,
        "CREATE TABLE stand (id int, shop_id bigint GENERATED ALWAYS AS (id % 2) STORED NOT NULL)",
    )
    ends = "stand.shop_id -> shop.id"
    assert "shop_id is generated" in refused(database_dsn, f"{ends}; on_update: CASCADE")
    assert "shop_id is generated" in refused(database_dsn, f"{ends}; on_delete: SET NULL")
    contract = contract_of(f"{ends}; on_delete: CASCADE")
    there_and_back(database_dsn, contract)


def test_a_column_that_takes_no_null_and_is_to_be_cleared_with_its_parent(database_dsn):
    run(database_dsn, *TABLES, "ALTER TABLE stall ALTER shop_id SET NOT NULL")
    contract = contract_of("stall.shop_id -> shop.id; on_delete: SET NULL")
    (remark,) = there_and_back(database_dsn, contract).remarks
    assert "shop_id takes no NULL: a parent that is referred to can't be deleted" in remark


@pytest.mark.postgres(15)
def test_a_key_that_clears_some_of_its_columns(database_dsn):
    run(
        database_dsn,
        "CREATE TABLE pair (a int, b int, PRIMARY KEY (a, b))",
        "CREATE TABLE part (a int, b int)",
        "CREATE INDEX ON part (a, b)",
        "ALTER TABLE part ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES pair (a, b)"
        " ON DELETE SET NULL (b)",
    )
    ends = "part(a, b) -> pair(a, b)"
    kept(database_dsn, contract_of(f"{ends}; on_delete: SET NULL"))
    line = refused(database_dsn, f"{ends}; on_delete: SET NULL; on_update: CASCADE")
    assert "k clears some of its columns only" in line
    plan = planned(database_dsn, contract_of(f"{ends}; on_delete: CASCADE")).plan
    assert len(plan.operations) == 1


def test_a_name_that_a_replaced_key_needs_meanwhile(database_dsn):
    run(
        database_dsn,
        *TABLES,
        "ALTER TABLE stall ADD CONSTRAINT k FOREIGN KEY (shop_id) REFERENCES shop (id)",
        "ALTER TABLE stall ADD CONSTRAINT k_new FOREIGN KEY (id) REFERENCES shop (id)",
        "CREATE INDEX ON stall (shop_id)",
    )
    line = refused(database_dsn, "stall.shop_id -> shop.id; on_delete: CASCADE")
    assert "public.stall has a foreign key k_new already" in line
