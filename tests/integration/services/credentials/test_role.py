"""Roles of a real PostgreSQL: what each may, until when, and how its password is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from studioops.local.postgres_server import PostgresServer
from studioops.model import Status
from studioops.postgres import open_database
from studioops.services import Cause
from studioops.services.credentials import Credential
from studioops.services.credentials.postgres import check_postgres, exposure_of
from studioops.services.credentials.role import Proof, Role

SECRET = "marked-K3v9-secret"


def look(dsn: str, *needs: str, timeout: float = 5) -> Credential:
    with open_database(dsn) as database:
        seen = check_postgres(database, name="database", needs=needs, timeout=timeout)
    assert SECRET not in repr(seen)
    return seen


@dataclass
class Roles:
    """Makes roles, and drops them at the end."""

    cluster: Any
    database: str
    made: list[str]

    def make(self, words: str = "", password: str = SECRET) -> str:
        """A role that may log in, and how it connects."""
        name = f"role_{self.database}_{len(self.made)}"
        self.made.append(name)
        with psycopg.connect(self.cluster.dsn(), autocommit=True) as admin:
            login = "" if "NOLOGIN" in words else "LOGIN"
            made = sql.SQL(f"CREATE ROLE {{}} PASSWORD {{}} {login} {words}")
            admin.execute(made.format(sql.Identifier(name), password))
        return str(self.cluster.dsn(self.database, name, password))


@pytest.fixture
def roles(cluster: Any, database_dsn: str) -> Iterator[Roles]:
    database = psycopg.conninfo.conninfo_to_dict(database_dsn)["dbname"]
    made = Roles(cluster, str(database), [])
    yield made
    for name in made.made:
        cluster.run("DROP ROLE {}", name)


def test_a_plain_role_may_connect_and_no_more(roles: Roles) -> None:
    seen = look(roles.make())
    assert (seen.status, seen.cause) == (Status.PASSED, Cause.OK)
    assert seen.may == ("connect",)
    assert (seen.beyond_need, seen.weak, seen.exposed, seen.unknown) == ((), "", "", ())
    assert seen.expires_at is None
    assert "proof: scram-sha-256, no TLS" in seen.message


@pytest.mark.parametrize(
    "attribute", ["superuser", "createrole", "createdb", "bypassrls", "replication"]
)
def test_each_attribute_is_more_than_is_needed(roles: Roles, attribute: str) -> None:
    dsn = roles.make(attribute)
    assert look(dsn).beyond_need == (attribute,)
    needed = look(dsn, attribute)
    assert (needed.may, needed.beyond_need) == (("connect", attribute), ())


def test_where_tables_hide_rows_backups_need_to_see_them(roles: Roles, database_dsn: str) -> None:
    dsn = roles.make("BYPASSRLS CREATEDB")
    with psycopg.connect(database_dsn, autocommit=True) as admin:
        admin.execute("CREATE TABLE hidden (id int)")
        assert look(dsn).beyond_need == ("createdb", "bypassrls")
        admin.execute("ALTER TABLE hidden ENABLE ROW LEVEL SECURITY")
    assert look(dsn).beyond_need == ("createdb",)


def test_what_a_role_may_become_counts_as_what_it_is(roles: Roles) -> None:
    roles.make("SUPERUSER")
    dsn = roles.make(f"IN ROLE pg_read_server_files, {roles.made[0]}")
    assert look(dsn).beyond_need == (
        "become pg_read_server_files",
        f"become {roles.made[0]}",
    )


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2099-05-06 07:08:09+00", datetime(2099, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("infinity", None),
        ("20000-01-01", None),
    ],
)
def test_until_when_its_password_is_good(
    roles: Roles, until: str, expected: datetime | None
) -> None:
    seen = look(roles.make(f"VALID UNTIL '{until}'"))
    assert seen.status is Status.PASSED
    assert seen.expires_at == expected


@pytest.mark.parametrize(
    ("words", "password"), [("", "wrong"), ("VALID UNTIL '2001-01-01'", ""), ("NOLOGIN", "")]
)
def test_who_is_not_let_in(roles: Roles, words: str, password: str) -> None:
    dsn = roles.make(words)
    seen = look(make_conninfo(dsn, password=password) if password else dsn)
    assert (seen.status, seen.cause) == (Status.FAILED, Cause.UNAUTHORISED)
    assert seen.next_step
    assert seen.may == ()


def test_who_may_not_connect_to_that_database(roles: Roles, cluster: Any) -> None:
    dsn = roles.make()
    cluster.run("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", roles.database)
    assert (look(dsn).status, look(dsn).cause) == (Status.FAILED, Cause.FORBIDDEN)


def test_a_server_that_is_away_says_nothing_of_the_role(silent_port: int) -> None:
    for port, cause in ((1, Cause.REFUSED), (silent_port, Cause.TIMEOUT)):
        dsn = make_conninfo(host="127.0.0.1", port=port, user="k", password=SECRET, dbname="x")
        seen = look(dsn, timeout=0.5)
        assert (seen.status, seen.cause) == (Status.NOT_CHECKED, cause)


def test_a_password_that_others_know(roles: Roles) -> None:
    assert look(roles.make(password="postgres")).weak == "is a known default"
    name = f"role_{roles.database}_1"
    assert look(roles.make(password=name)).weak == "is its user's name"
    # Also where the server is away.
    away = make_conninfo(host="127.0.0.1", port=1, user="shop", password="shop", dbname="x")
    assert look(away).weak == "is its user's name"


PROOFS = {
    "md5": ("is kept as MD5", ""),
    "password": ("", "the server asks for it as it is"),
    "trust": ("is not asked for", "the server asked for none"),
}


@pytest.fixture
def lax_server(own_postgres: tuple[PostgresServer, int]) -> Callable[[str], str]:
    """A server that has each role prove itself in another way; how that role connects."""
    server, port = own_postgres
    file = server.data / "pg_hba.conf"
    lines = "".join(f"host all by_{one} 127.0.0.1/32 {one}\n" for one in PROOFS)
    file.write_text(lines + file.read_text(encoding="utf-8"), encoding="utf-8")
    with psycopg.connect(server.dsn(port), autocommit=True) as admin:
        admin.execute("SET password_encryption = 'md5'")
        for one in PROOFS:
            admin.execute(f"CREATE ROLE by_{one} LOGIN PASSWORD '{SECRET}'")
        admin.execute("SELECT pg_reload_conf()")
    return lambda proof: make_conninfo(server.dsn(port), user=f"by_{proof}", password=SECRET)


def test_how_the_password_is_proven_tells_how_it_is_kept(
    lax_server: Callable[[str], str],
) -> None:
    for proof, (weak, unknown) in PROOFS.items():
        seen = look(lax_server(proof))
        assert seen.status is Status.PASSED, proof
        assert seen.weak.startswith(weak), proof
        assert bool(seen.weak) is bool(weak), proof
        assert unknown in "".join(seen.unknown), proof
        assert bool(seen.unknown) is bool(unknown), proof


FAR = Role("shop", (), (), None, Proof.SCRAM, SECRET, "192.0.2.7", tls=False)


def test_a_session_without_tls_is_told_of_where_it_leaves_this_machine() -> None:
    assert "without TLS" in exposure_of(FAR)
    assert "is sent as it is" in exposure_of(replace(FAR, proof=Proof.PLAIN))
    assert exposure_of(replace(FAR, tls=True)) == ""
    assert exposure_of(replace(FAR, host="/run/postgresql")) == ""
    assert SECRET not in repr(FAR)


def test_none_is_set() -> None:
    seen = check_postgres(None, name="ledger", setting="LEDGER_URL")
    assert seen.cause is Cause.NOT_CONFIGURED
    assert "LEDGER_URL" in seen.next_step
