"""Orphans: what becomes of them and of all that refers to them, fixed in the plan."""

from __future__ import annotations

from studioops.migrations.operations import NullifyOrphans, QuarantineOrphans, Stage
from studioops.migrations.operations.reference import Going
from tests.integration.migrations.driving import run
from tests.integration.migrations.planner.asking import contract_of, planned, there_and_back, words

# A house has floors, a floor has rooms, a room has beds and a guest who may be in none.
HOUSE = (
    "CREATE TABLE house (id int PRIMARY KEY)",
    "CREATE TABLE floor (id int PRIMARY KEY, house_id int)",
    "CREATE TABLE room (id int PRIMARY KEY, floor_id int)",
    "CREATE TABLE bed (id int PRIMARY KEY, room_id int)",
    "CREATE TABLE guest (id int PRIMARY KEY, room_id int)",
    "INSERT INTO house VALUES (1)",
    "INSERT INTO floor VALUES (1, 1), (2, 9), (3, NULL)",
    "INSERT INTO room VALUES (1, 1), (2, 2), (3, 2), (4, 8)",
    "INSERT INTO bed VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 7)",
    "INSERT INTO guest VALUES (1, 1), (2, 2), (3, NULL)",
)
FLOOR = "floor.house_id -> house.id; on_delete: CASCADE"
ROOM = "room.floor_id -> floor.id; on_delete: CASCADE"
BED = "bed.room_id -> room.id; on_delete: CASCADE"
GUEST = "guest.room_id -> room.id; on_delete: SET NULL"


def goings(operation) -> dict[str, Going]:
    assert isinstance(operation, QuarantineOrphans)
    return {str(one.reference): one.going for one in operation.touched}


def test_rows_go_with_others_and_references_are_cleared_to_the_last_level(database_dsn):
    run(database_dsn, *HOUSE)
    contract = contract_of(GUEST, BED, ROOM, FLOOR)
    proposal = there_and_back(database_dsn, contract)
    clean = [one for one in proposal.plan.operations if one.stage is Stage.CLEAN]
    # Whoever is referred to comes first: what goes with its rows is no orphan any more.
    assert [one.words().split(" of ")[1].split("(")[0] for one in clean] == [
        "public.floor",
        "public.room",
        "public.bed",
    ]
    assert goings(clean[0]) == {
        "public.room(floor_id) → public.floor(id)": Going.REMOVE,
        "public.bed(room_id) → public.room(id)": Going.REMOVE,
        "public.guest(room_id) → public.room(id)": Going.CLEAR,
    }
    assert proposal.estimates[0].words == (
        "1 row taken out, 2 rows of public.room with them, 2 rows of public.bed with them, "
        "1 row of public.guest cleared"
    )
    assert proposal.estimates[0].rows == 6
    stages = [one.stage for one in proposal.plan.operations]
    assert stages == sorted(stages)


def test_a_standing_key_does_what_it_does_and_else_the_contract_decides(database_dsn):
    run(
        database_dsn,
        *HOUSE,
        "DELETE FROM bed WHERE id > 3; DELETE FROM room WHERE id > 3",
        "ALTER TABLE room ADD FOREIGN KEY (floor_id) REFERENCES floor (id)",
        "ALTER TABLE bed ADD FOREIGN KEY (room_id) REFERENCES room (id) ON DELETE CASCADE",
        "ALTER TABLE guest ADD FOREIGN KEY (room_id) REFERENCES room (id) ON DELETE SET DEFAULT",
    )
    proposal = planned(database_dsn, contract_of(FLOOR))
    (line,) = proposal.refusals
    assert line.startswith("quarantine orphans of public.floor(house_id) → public.house(id)")
    assert "public.room(floor_id) → public.floor(id): 2 rows refer to what would go" in line
    assert "write `on_delete: CASCADE` or `on_delete: SET NULL`" in line
    # It is a NO ACTION that keeps rows back; the contract says what becomes of them.
    proposal = planned(database_dsn, contract_of(FLOOR, ROOM))
    (line,) = proposal.refusals
    assert "public.guest(room_id) → public.room(id): 1 row refers" in line
    run(database_dsn, "DELETE FROM guest WHERE id = 2")
    proposal = there_and_back(database_dsn, contract_of(FLOOR, ROOM))
    assert goings(proposal.plan.operations[0]) == {
        "public.room(floor_id) → public.floor(id)": Going.REMOVE,
        "public.bed(room_id) → public.room(id)": Going.REMOVE,
        "public.guest(room_id) → public.room(id)": Going.REFUSE,
    }


def test_references_that_are_cleared_where_the_contract_says_so(database_dsn):
    run(database_dsn, *HOUSE)
    contract = contract_of(f"{ROOM}; orphans: nullify", f"{FLOOR}; orphans: quarantine", BED, GUEST)
    proposal = there_and_back(database_dsn, contract)
    kinds = [type(one) for one in proposal.plan.operations[:3]]
    assert kinds == [QuarantineOrphans, NullifyOrphans, QuarantineOrphans]
    assert proposal.estimates[1].words == "1 row of public.room cleared"


def test_a_table_that_refers_to_itself_and_a_circle(database_dsn):
    run(
        database_dsn,
        "CREATE TABLE a (id int PRIMARY KEY, up int, b int)",
        "CREATE TABLE b (id int PRIMARY KEY, a int)",
        "INSERT INTO a VALUES (1, NULL, 1), (2, 1, NULL), (3, 9, 2), (4, 3, NULL), (5, 5, 8)",
        "INSERT INTO b VALUES (1, 1), (2, 4), (3, 2), (4, 7)",
    )
    contract = contract_of(
        "a.up -> a.id; on_delete: CASCADE",
        "a.b -> b.id; on_delete: SET NULL",
        "b.a -> a.id; on_delete: CASCADE",
    )
    proposal = there_and_back(database_dsn, contract)
    assert words(proposal)[:3] == [
        f"quarantine orphans of public.{one}, with what goes with them"
        for one in ("b(a) → public.a(id)", "a(b) → public.b(id)", "a(up) → public.a(id)")
    ]


def test_a_cleared_value_that_others_refer_to(database_dsn):
    run(
        database_dsn,
        *HOUSE,
        "ALTER TABLE guest ADD UNIQUE (room_id)",
        "CREATE TABLE bill (room_id int)",
        "INSERT INTO bill VALUES (2)",
    )
    bill = "bill.room_id -> guest.room_id; on_delete: CASCADE"
    proposal = planned(database_dsn, contract_of(GUEST, BED, ROOM, FLOOR, bill))
    assert "public.bill(room_id) → public.guest(room_id)" in proposal.refusals[0]
    run(database_dsn, "DELETE FROM bill")
    there_and_back(database_dsn, contract_of(GUEST, BED, ROOM, FLOOR, bill))


def test_a_key_that_would_clear_what_takes_no_null(database_dsn):
    run(
        database_dsn,
        *HOUSE,
        "DELETE FROM guest WHERE room_id IS NULL",
        "ALTER TABLE guest ALTER room_id SET NOT NULL",
    )
    proposal = planned(database_dsn, contract_of(GUEST, BED, ROOM, FLOOR))
    assert proposal.plan.operations == ()
    assert all("room_id is NOT NULL; decide: drop the NOT NULL" in o for o in proposal.refusals)


def test_references_to_the_whole_that_a_partitions_rows_are_of(database_dsn):
    run(
        database_dsn,
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (id int PRIMARY KEY, p_id int) PARTITION BY RANGE (id)",
        "CREATE TABLE c0 PARTITION OF c DEFAULT",
        "CREATE TABLE d (id int PRIMARY KEY, c_id int)",
        "INSERT INTO c VALUES (1, 7), (2, NULL)",
        "INSERT INTO d VALUES (1, 1), (2, 2)",
    )
    contract = contract_of("c0.p_id -> p.id", "d.c_id -> c.id; on_delete: SET NULL")
    proposal = there_and_back(database_dsn, contract)
    assert goings(proposal.plan.operations[0]) == {"public.d(c_id) → public.c(id)": Going.CLEAR}
    assert "1 row of public.d cleared" in proposal.estimates[0].words
