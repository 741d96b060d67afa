"""``studioops recover`` as an operator types it, on a backup that was taken and drilled for real."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.integration.cli.conftest import BACKUP_KEYS

PASSWORD = "plain-word"
ROWS = """
CREATE TABLE orders (id bigserial PRIMARY KEY, note text NOT NULL);
INSERT INTO orders (note) SELECT 'before' FROM generate_series(1, 5);
"""


@pytest.fixture
def shop(cluster, studioops, tmp_path):
    """A database of a plain owner with CREATEDB, and the command with its settings."""
    name, owner = cluster.clone("template0"), "recover_owner"
    with psycopg.connect(cluster.dsn(), autocommit=True) as admin:
        if not admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [owner]).fetchall():
            admin.execute(f"CREATE ROLE {owner} LOGIN CREATEDB PASSWORD '{PASSWORD}'")
        admin.execute(f"ALTER DATABASE {name} OWNER TO {owner}")
    dsn = cluster.dsn(name, owner, PASSWORD)
    with psycopg.connect(cluster.dsn(name), autocommit=True) as admin:
        admin.execute("GRANT ALL ON SCHEMA public TO PUBLIC")
    with psycopg.connect(dsn) as connection:
        connection.execute(ROWS)

    def run(*words: str, **environment: str):
        settings = {
            "STUDIOOPS_TARGETS__SHOP__URL": dsn,
            **BACKUP_KEYS,
        }
        to = [] if "back" in words else ["--to", str(tmp_path / "vault")]
        answer = studioops(*words, "--target", "shop", *to, **settings | environment)
        assert PASSWORD not in answer.out + answer.err
        return answer

    run.dsn, run.name, run.cluster = dsn, name, cluster
    yield run
    with psycopg.connect(cluster.dsn(), autocommit=True) as admin:
        rows = admin.execute("SELECT datname FROM pg_database").fetchall()
    for (one,) in rows:
        if one.startswith((f"{name}_", "studioops_")) or one == name:
            cluster.drop(one)


def count(shop) -> int:
    with psycopg.connect(shop.dsn) as connection:
        return connection.execute("SELECT count(*) FROM orders").fetchone()[0]


def test_taken_drilled_planned_recovered_and_back(shop):
    assert shop("backup", "take").code == 0
    refused = shop("recover", "plan", "--json")
    assert refused.code == 4
    assert refused.json("recover")["error"]["code"] == "no_proven_backup"
    drilled = shop("backup", "drill")
    # A plain owner can't use amcheck everywhere, and a recovery asks for faithful alone.
    assert "faithful: passed" in drilled.out, (drilled.out, drilled.err)
    with psycopg.connect(shop.dsn) as connection:
        connection.execute("INSERT INTO orders (note) VALUES ('after')")

    planned = shop("recover", "plan")
    assert planned.code == 0, (planned.out, planned.err)
    assert "public.orders: 6 rows, 5 in the backup" in planned.out
    assert "not looked at: rows that were updated" in planned.out
    plan = shop("recover", "plan", "--json").json("recover")
    assert plan["lost"]["tables"][0]["table"] == "public.orders"

    asked = shop("recover", "run", STUDIOOPS_ENV="production")
    assert asked.code == 4
    assert "next: answer y, or give --yes" in asked.err
    assert count(shop) == 6

    done = shop("recover", "run", "--yes", STUDIOOPS_ENV="production")
    assert done.code == 0, (done.out, done.err)
    assert count(shop) == 5
    assert "the way back: studioops recover back --target shop" in done.out
    assert f'when you are sure: DROP DATABASE "{shop.name}_before_' in done.out

    back = shop("recover", "back", "--yes", "--json")
    assert back.code == 0, back.err
    told = back.json("recover")
    assert told["way_back"].startswith("studioops recover back --target shop --to ")
    assert count(shop) == 6
    nothing = shop("recover", "back", "--yes")
    assert nothing.code == 4
    assert "did not come by a recovery" in nothing.err

    again = shop("recover", "run", "--yes", "--json").json("recover")
    assert again["swapped"]
    assert again["steps"]["renaming"] >= 0
    assert again["lost"]["since"] == again["backup"]["snapshot_at"]
    assert count(shop) == 5


def test_a_killed_swap_is_opened_by_back(shop):
    words = (
        '{"role": "closing", "run": "r", "of": "%s", "partner": "p", "at": '
        '"2026-11-25T02:00:00+00:00", "backup": "b", "opened": true, "before": null}'
    )
    with psycopg.connect(shop.cluster.dsn(), autocommit=True) as admin:
        mark = "studioops recovery: " + words % shop.name
        admin.execute(f"COMMENT ON DATABASE {shop.name} IS '{mark}'")
        admin.execute(f"ALTER DATABASE {shop.name} ALLOW_CONNECTIONS false")
    back = shop("recover", "back")
    assert back.code == 0, back.err
    assert "opened again after a recovery that was killed" in back.out
    assert count(shop) == 5


def test_a_server_that_is_away_could_not_be_asked(shop, tmp_path):
    (tmp_path / "vault").mkdir()
    words = conninfo_to_dict(shop.dsn)
    away = make_conninfo(**{**words, "port": "1"})
    answer = shop("recover", "plan", "--json", STUDIOOPS_TARGETS__SHOP__URL=away)
    assert answer.code == 3
    assert answer.json("recover")["error"]["code"] == "database_unreachable"
