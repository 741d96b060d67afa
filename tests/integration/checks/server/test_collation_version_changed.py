"""A collation whose library has changed under the indexes."""

import psycopg
import pytest

from studioops.model import Status

NAME = "collation_version_changed"
pytestmark = pytest.mark.postgres(15)


@pytest.fixture
def collation(cluster) -> str:
    """One that has a version, whatever the server was built with."""
    return "pg_c_utf8" if cluster.server.programs.major >= 17 else '"en-x-icu"'


@pytest.fixture
def versioned(cluster, checked, tmp_path):
    """A database whose own collation has a version."""
    name = "test_versioned"
    provider = (
        "builtin BUILTIN_LOCALE 'C.UTF-8'"
        if cluster.server.programs.major >= 17
        else "icu ICU_LOCALE 'en'"
    )
    try:
        cluster.run(f"CREATE DATABASE {{}} TEMPLATE template0 LOCALE_PROVIDER {provider}", name)
        yield type(checked)(cluster.dsn(name), tmp_path)
    finally:
        cluster.drop(name)


def other_version(collation: str) -> str:
    """As if the indexes had been made before the library was upgraded."""
    return f"UPDATE pg_collation SET collversion = '0.1' WHERE oid = '{collation}'::regcollation"


def test_indexes_of_another_version_are_made_anew(checked, collation):
    checked.sql(
        f'CREATE TABLE "T t" (a text COLLATE {collation} PRIMARY KEY, b text)',
        f'CREATE INDEX "I i" ON "T t" (b COLLATE {collation}, a)',
        other_version(collation),
    )
    found = checked.prove(NAME, {collation: "of version 0.1"})
    assert "2 indexes are sorted by it" in found[0].message


def test_a_partition_key_of_another_version_is_told_of(checked, collation):
    checked.sql(
        f"CREATE TABLE p (a text COLLATE {collation}) PARTITION BY RANGE (a)",
        other_version(collation),
    )
    (found,) = checked.prove(NAME, [collation])
    assert "wrong partition, look: public.p" in found.repair


def test_the_database_of_another_version_is_found_and_mended(versioned):
    versioned.sql(
        "CREATE TABLE t (a text PRIMARY KEY)",
        "UPDATE pg_database SET datcollversion = '0.1' WHERE datname = current_database()",
    )
    (found,) = versioned.prove(NAME, {"test_versioned": "of version 0.1"})
    assert "1 indexes are sorted by it, such as public.t_pkey" in found.message


def test_a_version_that_nobody_wrote_down_is_not_checked(versioned):
    versioned.sql(
        "CREATE TABLE t (a text PRIMARY KEY)",
        "UPDATE pg_database SET datcollversion = NULL WHERE datname = current_database()",
    )
    report = versioned.report(NAME)
    assert report.status is Status.NOT_CHECKED
    step = report.subjects[0].reason.rpartition(": ")[2]
    versioned.sql(step)
    assert versioned.find(NAME) == []


def test_a_collation_that_nothing_is_sorted_by_is_well(checked, collation):
    checked.sql(
        f"CREATE TABLE t (a text COLLATE {collation}, b text PRIMARY KEY)",
        f"CREATE TABLE l (a text COLLATE {collation}) PARTITION BY LIST (a)",
        other_version(collation),
    )
    assert checked.find(NAME) == []
    with psycopg.connect(checked.dsn) as connection:
        (recorded,) = connection.execute(
            f"SELECT collversion FROM pg_collation WHERE oid = '{collation}'::regcollation"
        ).fetchone()
    assert recorded == "0.1"
