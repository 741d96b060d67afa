"""The rows of a copy, compared in an order that keeps no connection waiting at the end."""

from __future__ import annotations

import psycopg

from studioops.backups.drill.drilling import open_copy
from studioops.backups.faithful import compare_rows
from studioops.backups.take import How, take
from studioops.model import Status


def test_the_largest_table_goes_first_without_statistics(shop, shop_dsn, shelf):
    """A restore makes statistics with an index alone; tables without one seem to be empty."""
    with psycopg.connect(shop_dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE zzz AS SELECT n FROM generate_series(1, 5000) AS n")
        (pages,) = connection.execute("SELECT sum(relpages) FROM pg_class WHERE relname = 'zzz'")
    assert pages == (0,)
    manifest, told = take(shop, shelf, How()), []
    with open_copy(shop_dsn, 1) as copy:
        seen = compare_rows(copy, manifest, progress=lambda name, *_: told.append(name))
    assert seen.status is Status.PASSED
    assert told == ["public.zzz", 'public."Order T"', "public.customer"]


def test_a_copy_is_looked_at_with_memory_enough_for_its_parents(shop_dsn):
    with open_copy(shop_dsn, 1) as copy, copy.transaction() as session:
        assert session.exec_driver_sql("SHOW work_mem").scalar() == "64MB"
