"""The legacy database with further rows: more of what is whole, and the same faults exactly."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from studioops.errors import Refused, UsageError
from studioops.integrity import load_contract, scan
from studioops.local.studioops_legacy import load_legacy
from studioops.local.studioops_legacy.scaled import MOST, insert, shares
from studioops.postgres import open_database
from studioops.settings.declarations import SHIPPED_CONTRACT

FOUND = 241
SCALE = 12_345
TABLES = "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'reporting'::regnamespace)"
# What the catalog says beside figures: of columns, constraints and indexes.
DEFINED = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint WHERE connamespace IN ('public'::regnamespace, 'reporting'::regnamespace) ORDER BY 1, 2",
    "SELECT indexdef FROM pg_indexes WHERE schemaname IN ('public', 'reporting') ORDER BY 1",
    "SELECT attrelid::regclass::text, attnum, attname, atttypid::regtype::text, attnotnull FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'reporting'::regnamespace) ORDER BY 1, 2",
)


@pytest.fixture(scope="module")
def scaled(cluster, legacy_template) -> Iterator[str]:
    """The legacy database with further rows, loaded once."""
    cluster.run("CREATE DATABASE {} TEMPLATE template0", "legacy_scaled")
    dsn = cluster.dsn("legacy_scaled")
    with psycopg.connect(dsn) as connection:
        load_legacy(connection, "studioops", scale=SCALE)
    yield dsn
    cluster.drop("legacy_scaled")


def counts(dsn: str) -> dict[str, int]:
    with psycopg.connect(dsn) as connection:
        names = [name for (name,) in connection.execute(TABLES)]
        return {
            name.split(".")[-1]: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in names
        }


def faults(dsn: str) -> set[tuple[str, str, str]]:
    """Every offending row of every relationship: the listing of each finding, typed as it stands."""
    contract = load_contract(SHIPPED_CONTRACT)
    with open_database(dsn) as database:
        report = scan(database, contract, target="studioops")
    found = set()
    with psycopg.connect(dsn) as connection:
        for finding in report.findings:
            if not finding.check.startswith("orphan"):
                continue
            condition = finding.repair.split(" AS c WHERE ", 1)[1]
            for end in (" RETURNING c.*", ") UPDATE ", ";"):
                condition = condition.split(end)[0]
            table = finding.object.split("(")[0]
            rows = connection.execute(f"SELECT c::text FROM {table} AS c WHERE {condition}")
            found |= {(finding.check, finding.object, row) for (row,) in rows}
    return found


def test_so_many_further_rows_and_not_one_more(scaled, legacy_dsn):
    before, after = counts(legacy_dsn), counts(scaled)
    further = {name: after[name] - count for name, count in before.items()}
    assert sum(before.values()) == FOUND
    assert sum(further.values()) == SCALE
    assert {name: count for name, count in further.items() if count} == shares(SCALE)
    # Where most of a studio's rows lie.
    assert max(further, key=further.__getitem__) == "chat_messages"


def test_the_rows_that_were_found_are_all_there_unchanged(scaled, legacy_dsn):
    with psycopg.connect(legacy_dsn) as found, psycopg.connect(scaled) as more:
        for (table,) in found.execute(TABLES).fetchall():
            statement = f"SELECT t::text FROM {table} AS t"
            assert set(found.execute(statement)) <= set(more.execute(statement)), table


def test_the_same_faults_and_no_other(scaled, legacy_dsn):
    found = faults(legacy_dsn)
    assert len(found) == 61
    assert len({(check, child) for check, child, _ in found}) == 13
    assert faults(scaled) == found


def test_the_definitions_are_the_same(scaled, legacy_dsn):
    with psycopg.connect(legacy_dsn) as found, psycopg.connect(scaled) as more:
        for statement in DEFINED:
            assert found.execute(statement).fetchall() == more.execute(statement).fetchall()
        owner = "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'reporting'::regnamespace)"
        assert more.execute(owner).fetchall() == [("studioops",)]


def test_two_loads_of_one_scale_are_the_same(scaled, cluster, database_dsn, monkeypatch):
    # Cut into other slices: what stands in a row follows from its number alone.
    monkeypatch.setattr(insert, "SLICE", 777)
    with psycopg.connect(database_dsn) as other, psycopg.connect(scaled) as first:
        other.execute("SET TimeZone = 'Asia/Tokyo'")
        other.execute("SET DateStyle = 'German'")
        load_legacy(other, "studioops", scale=SCALE)
        for setting in ("TimeZone = 'UTC'", "DateStyle = 'ISO'"):
            other.execute(f"SET {setting}")
            first.execute(f"SET {setting}")
        for (table,) in first.execute(TABLES).fetchall():
            statement = f'SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text COLLATE "C")) FROM {table} AS t'
            assert other.execute(statement).fetchone() == first.execute(statement).fetchone(), table


def test_sequences_go_on_behind_the_further_rows(scaled):
    with psycopg.connect(scaled) as connection:
        for table, row in (
            ("ingest_events", "(document_id, stage, status) VALUES ('x', 'x', 'x')"),
            ("reporting.plan_notes", "(note) VALUES ('x')"),
        ):
            (last,) = connection.execute(f"SELECT max(id) FROM {table}").fetchone()
            given = connection.execute(f"INSERT INTO {table} {row} RETURNING id").fetchone()
            assert given == (last + 1,)
        connection.rollback()


def test_the_statistics_are_there_for_the_first_scan(scaled):
    with psycopg.connect(scaled) as connection:
        known = "SELECT reltuples FROM pg_class WHERE relname = 'chat_messages'"
        assert connection.execute(known).fetchone()[0] > SCALE / 4


@pytest.mark.parametrize("scale", [1, 2, 7, 19, 99, 1000])
def test_few_rows_are_whole_too(database_dsn, legacy_template, scale):
    with psycopg.connect(database_dsn) as connection:
        load_legacy(connection, "studioops", scale=scale)
    assert sum(counts(database_dsn).values()) == FOUND + scale
    with open_database(database_dsn) as database:
        report = scan(database, load_contract(SHIPPED_CONTRACT), target="studioops")
    assert report.evidence["summary"]["orphans"] == 61


@pytest.mark.parametrize("scale", [0, 1, 999, 1000, 1001, 10_000_019, MOST])
def test_shares_add_up(scale):
    assert sum(shares(scale).values()) == scale
    assert min(shares(scale).values()) >= 0


@pytest.mark.parametrize("scale", [-1, MOST + 1])
def test_what_nobody_could_want_is_refused_before_anything_is_done(database_dsn, scale):
    with psycopg.connect(database_dsn) as connection:
        with pytest.raises(UsageError, match="further rows can't be made"):
            load_legacy(connection, "studioops", scale=scale)
        assert connection.execute("SELECT to_regclass('public.projects')").fetchone() == (None,)


def test_a_database_that_is_not_empty_is_left_alone(database_dsn, legacy_template):
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE mine (id int)")
        with pytest.raises(Refused, match="not empty: it has table mine"):
            load_legacy(connection, "studioops", scale=10)


def test_progress_is_told_slice_by_slice_and_ends_at_the_whole(
    database_dsn, legacy_template, monkeypatch
):
    monkeypatch.setattr(insert, "SLICE", 100)
    told = []
    with psycopg.connect(database_dsn) as connection:
        load_legacy(connection, "studioops", scale=1000, progress=lambda *words: told.append(words))
    done = [words[1] for words in told]
    assert done == sorted(done)
    assert [name for name, _, _ in told].count("chat_messages") == 4
    assert (done[-1], {total for _, _, total in told}) == (1000, {1000})
