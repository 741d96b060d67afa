from __future__ import annotations

import psycopg
import pytest

from studioops.errors import PermissionDenied
from studioops.postgres import open_database, parse_dsn
from studioops.postgres.definitions import SequenceState, read_sequences


def read(dsn):
    with open_database(dsn) as database, database.transaction() as connection:
        return read_sequences(connection)


def test_where_each_stands(database_dsn, run):
    run(
        database_dsn,
        "CREATE SEQUENCE fresh START 7",
        "CREATE SEQUENCE called INCREMENT 5",
        "SELECT nextval('called'), nextval('called')",
        "CREATE SEQUENCE down INCREMENT -2",
        "SELECT nextval('down')",
        "CREATE SEQUENCE set_to; SELECT setval('set_to', 40, false)",
        'CREATE SEQUENCE "Odd %s"',
        "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY)",
        "CREATE UNLOGGED TABLE u (id serial)",
    )
    assert read(database_dsn) == {
        "public.fresh": SequenceState(7, 1, called=False),
        "public.called": SequenceState(6, 5, called=True),
        "public.down": SequenceState(-1, -2, called=True),
        "public.set_to": SequenceState(40, 1, called=False),
        'public."Odd %s"': SequenceState(1, 1, called=False),
        "public.t_id_seq": SequenceState(1, 1, called=False),
        "public.u_id_seq": SequenceState(1, 1, called=False),
    }


def test_a_dump_keeps_them(database_dsn, run, restore):
    run(
        database_dsn,
        "CREATE SEQUENCE a; SELECT setval('a', 40, false)",
        "CREATE SEQUENCE b; SELECT setval('b', 41)",
        "CREATE TABLE t (id serial); INSERT INTO t SELECT FROM generate_series(1, 5)",
    )
    copy, said = restore(database_dsn)
    assert said == ""
    assert read(copy) == read(database_dsn)
    run(copy, "SELECT nextval('b')")
    assert read(copy)["public.b"] != read(database_dsn)["public.b"]


@pytest.mark.parametrize("missing", ["the sequence", "its schema"])
def test_one_that_cannot_be_read_is_named(cluster, database_dsn, run, missing):
    run(
        database_dsn,
        "CREATE SCHEMA shut; CREATE SEQUENCE shut.hidden; CREATE SEQUENCE seen",
        "CREATE ROLE sequence_reader LOGIN PASSWORD 'sequence-secret'",
        "GRANT SELECT ON seen TO sequence_reader",
        "GRANT USAGE ON SCHEMA shut TO sequence_reader"
        if missing == "the sequence"
        else "GRANT SELECT ON shut.hidden TO sequence_reader",
    )
    try:
        weak = cluster.dsn(parse_dsn(database_dsn).database, "sequence_reader", "sequence-secret")
        with pytest.raises(PermissionDenied, match=r"shut\.hidden") as raised:
            read(weak)
        assert "GRANT SELECT ON SEQUENCE shut.hidden" in raised.value.next_step
    finally:
        run(database_dsn, "DROP OWNED BY sequence_reader", "DROP ROLE sequence_reader")


def test_a_thousand_take_a_few_statements(database_dsn, monkeypatch):
    from studioops.postgres.definitions import sequences as module

    asked = []
    real = module.fetch
    monkeypatch.setattr(module, "fetch", lambda *words: asked.append(1) or real(*words))
    with psycopg.connect(database_dsn) as connection:
        connection.execute(
            "DO $$BEGIN FOR n IN 1..1001 LOOP EXECUTE format('CREATE SEQUENCE s%s', n); END LOOP; END$$"
        )
        connection.execute("SELECT nextval('s1')")
    found = read(database_dsn)
    assert len(found) == 1001
    assert found["public.s1"].called
    assert len(asked) == 4 - 1
