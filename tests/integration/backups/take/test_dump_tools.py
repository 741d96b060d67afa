"""Which pg_dump takes a backup."""

import psycopg
import pytest

from studioops.backups.take import tools
from studioops.errors import ToolMissing
from studioops.postgres import open_database

TO_THE_MAKER = "ALTER SCHEMA public OWNER TO CURRENT_USER"
GIVEN_AWAY = "ALTER SCHEMA public OWNER TO pg_monitor"


@pytest.fixture
def chosen(database_dsn, monkeypatch):
    """The major version that is asked for, where all from ``newest`` on are missing."""

    def choose(statement, major, newest=18):
        def tools_for(wanted, *, tls):
            if wanted > newest:
                raise ToolMissing("none", "install it")
            return wanted, tls

        monkeypatch.setattr(tools, "tools_for", tools_for)
        with psycopg.connect(database_dsn) as connection:
            connection.execute(statement)
        with open_database(database_dsn) as database:
            return tools.dump_tools(database, major)

    return choose


@pytest.mark.parametrize("major", [13, 14])
def test_an_old_one_that_would_leave_out_whose_schema_public_is_gives_way(chosen, major):
    assert chosen(GIVEN_AWAY, major) == (15, False)


@pytest.mark.parametrize(
    "statement", [TO_THE_MAKER, "ALTER SCHEMA public RENAME TO other", "SELECT 1"]
)
@pytest.mark.parametrize("major", [15, 18])
def test_a_new_one_is_the_servers_own(chosen, statement, major):
    assert chosen(statement, major) == (major, False)


@pytest.mark.parametrize("statement", [TO_THE_MAKER, "ALTER SCHEMA public RENAME TO other"])
def test_an_old_one_stays_where_it_leaves_nothing_out(chosen, statement):
    assert chosen(statement, 13) == (13, False)


def test_an_old_one_is_better_than_none(chosen):
    assert chosen(GIVEN_AWAY, 13, newest=14) == (13, False)
