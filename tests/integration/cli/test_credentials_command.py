"""``studioops credentials check`` against real servers; no text tells a secret."""

from __future__ import annotations

import secrets

import psycopg
import pytest
from psycopg import sql

from studioops.objectstore import open_object_store
from studioops.settings import Settings
from tests.integration.services.stand_ins import (
    OPENAI_KEY,
    OPENAI_WRONG,
    TRELLO_KEY,
    TRELLO_TOKEN,
    openai,
    stand_in,
    trello,
)

PASSWORD = "marked-K3v9-password"
KEY = secrets.token_hex(32)
JWT = secrets.token_hex(32)


@pytest.fixture
def role(cluster, database_dsn):
    """A plain role of the test's own, and how it connects."""
    database = psycopg.conninfo.conninfo_to_dict(database_dsn)["dbname"]
    name = f"keeper_{database}"
    with psycopg.connect(cluster.dsn(), autocommit=True) as admin:
        made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        admin.execute(made.format(sql.Identifier(name), PASSWORD))
    yield f"postgresql://{name}:{PASSWORD}@127.0.0.1:{cluster.port}/{database}"
    cluster.run("DROP ROLE {}", name)


@pytest.fixture
def reached(role, object_store_server) -> dict[str, str]:
    """What is required; the store has every bucket."""
    server = object_store_server
    with open_object_store(server.endpoint, server.access_key, server.secret_key) as store:
        store.ensure_buckets(Settings(_env_file=None).buckets)
    return {
        "DATABASE_URL": role,
        "MINIO_ENDPOINT": server.endpoint,
        "MINIO_ACCESS_KEY": server.access_key,
        "MINIO_SECRET_KEY": server.secret_key,
    }


def seen(answer) -> dict[str, dict]:
    return {one["name"]: one for one in answer.json("credentials-check")["credentials"]}


def test_what_is_set_is_well_and_what_nobody_set_does_not_apply(studioops, reached):
    answer = studioops("credentials", "check", "--json", **reached, JWT_SECRET_KEY=JWT)
    assert answer.code == 0, answer.out + answer.err
    found = seen(answer)
    states = {name: one["status"] for name, one in found.items()}
    assert {name for name, one in states.items() if one == "passed"} == {
        "database",
        "object store",
        "jwt secret",
    }
    assert {one for name, one in states.items() if one != "passed"} == {"not_applicable"}
    assert found["database"]["may"] == ["connect"]
    assert found["database"]["unknown"] == ["its age: no ledger is configured to keep it"]
    for secret in (PASSWORD, JWT, reached["MINIO_SECRET_KEY"]):
        assert secret not in answer.out + answer.err


def test_people_read_a_line_each_and_what_to_do(studioops, reached):
    with stand_in(openai) as openai_server, stand_in(trello) as trello_server:
        answer = studioops(
            "credentials",
            "check",
            **reached,
            OPENAI_API_KEY=OPENAI_WRONG,
            OPENAI_BASE_URL=f"http://127.0.0.1:{openai_server.port}/v1",
            TRELLO_API_KEY=TRELLO_KEY,
            TRELLO_API_TOKEN=TRELLO_TOKEN,
            TRELLO_BASE_URL=f"http://127.0.0.1:{trello_server.port}/1",
            JWT_SECRET_KEY="your_jwt_secret",
        )
    assert answer.code == 1
    assert answer.lines[0].startswith("credentials: failed: 10 in ")
    assert "error credential_refused (1): what uses it does not work" in answer.lines
    assert "  jwt secret: is a placeholder" in answer.lines
    ages = [line for line in answer.lines if "its age" in line]
    assert ages == [
        "not known of database, object store, openai, trello, jwt secret: its age: no ledger is "
        "configured to keep it"
    ]
    assert "  trello: may more than it needs to: write all boards" in answer.lines
    for secret in (OPENAI_WRONG, TRELLO_KEY, TRELLO_TOKEN, PASSWORD, "your_jwt_secret"):
        assert secret not in answer.out + answer.err


def test_what_is_required_and_refused_is_critical(studioops, reached):
    wrong = reached | {"DATABASE_URL": reached["DATABASE_URL"].replace(PASSWORD, f"{PASSWORD}x")}
    answer = studioops("credentials", "check", "database", "--json", **wrong)
    assert answer.code == 1
    (finding,) = answer.json("credentials-check")["findings"]
    assert (finding["check"], finding["severity"]) == ("credential_refused", "critical")
    assert PASSWORD not in answer.out + answer.err


def test_what_is_required_and_not_set_or_away_is_never_green(studioops, reached):
    answer = studioops("credentials", "check")
    assert answer.code == 3
    assert "DATABASE_URL" in answer.err
    away = reached | {"MINIO_ENDPOINT": "127.0.0.1:1"}
    answer = studioops("credentials", "check", **away)
    assert answer.code == 3
    assert "object store" in answer.err


def test_every_target_has_a_credential_of_its_own(studioops, reached, database_dsn):
    more = {"STUDIOOPS_TARGETS__SHOP_ONE__URL": database_dsn}
    answer = studioops("credentials", "check", "target_shop_one", "--json", **reached, **more)
    assert answer.code == 0
    found = seen(answer)["target shop one"]
    # Where no drill server is set, drills make their databases here.
    assert "createdb" in found["may"]
    assert "createdb" not in found["beyond_need"]


def test_by_name_and_what_is_named_and_not_set(studioops, reached):
    answer = studioops("credentials", "check", "Object_Store", "--json", **reached)
    assert (answer.code, list(seen(answer))) == (0, ["object store"])
    answer = studioops("credentials", "check", "openai", **reached)
    assert answer.code == 3
    assert "no openai is configured" in answer.err


@pytest.mark.parametrize(
    ("words", "environment", "told"),
    [
        (("nobody",), {}, "no credential is called 'nobody' (known: database, "),
        (("ledger",), {"LEDGER_URL": f"postgresql://k:{PASSWORD}@[/x"}, "ledger"),
        ((), {"STUDIOOPS_CREDENTIAL_DAYS": "-1"}, "STUDIOOPS_CREDENTIAL_DAYS"),
    ],
)
def test_what_can_not_be_asked_is_one_line(studioops, words, environment, told):
    answer = studioops("credentials", "check", *words, **environment)
    assert answer.code in (2, 3)
    assert told in answer.err
    assert answer.err.count("\n") <= 2
    assert PASSWORD not in answer.out + answer.err


@pytest.fixture
def ledger_url(cluster, ledger_template):
    name = cluster.clone(ledger_template)
    yield cluster.dsn(name)
    cluster.drop(name)


def test_ages_and_the_report_are_kept_and_no_secret_with_them(studioops, reached, ledger_url):
    kept = reached | {"LEDGER_URL": ledger_url, "STUDIOOPS_FINGERPRINT_KEY": KEY}
    first = seen(studioops("credentials", "check", "--json", **kept))["database"]["first_seen"]
    assert first is not None
    # Two months are not to be waited for.
    with psycopg.connect(ledger_url, autocommit=True) as admin:
        admin.execute("UPDATE ledger.credential_ages SET first_seen = first_seen - interval '91 d'")
    answer = studioops("credentials", "check", "--json", **kept)
    assert answer.code == 0
    old = [one for one in answer.json("credentials-check")["findings"] if "old" in one["check"]]
    assert {one["object"] for one in old} >= {"database", "object store"}
    assert "for 91 days at least; 90 is the limit" in old[0]["message"]
    assert "database" in studioops("evidence", "show", **kept).out
    with psycopg.connect(ledger_url) as admin:
        for table in ("reports", "findings", "looks", "credential_ages"):
            told = str(admin.execute(f"SELECT * FROM ledger.{table}").fetchall())
            for secret in (PASSWORD, KEY, reached["MINIO_SECRET_KEY"]):
                assert secret not in told


def test_without_a_key_no_age_is_known_and_that_is_said(studioops, reached, ledger_url):
    answer = studioops("credentials", "check", "--json", **reached, LEDGER_URL=ledger_url)
    assert answer.code == 0
    (finding,) = [
        one
        for one in answer.json("credentials-check")["findings"]
        if one["check"] == "credential_age_unknown"
    ]
    assert "STUDIOOPS_FINGERPRINT_KEY is not set" in finding["message"]
    assert seen(answer)["database"]["first_seen"] is None


def test_a_ledger_that_is_away_is_said_and_its_own_credential_is_not_checked(studioops, reached):
    away = {"LEDGER_URL": f"postgresql://k:{PASSWORD}@127.0.0.1:1/ledger"}
    answer = studioops("credentials", "check", **reached, **away, STUDIOOPS_FINGERPRINT_KEY=KEY)
    assert answer.code == 3
    assert "not recorded: the ledger: " in answer.err
    assert PASSWORD not in answer.out + answer.err


def test_a_refusal_is_a_document_too_and_secrets_of_airflow_are_taken_from_the_environment(
    studioops,
):
    answer = studioops("credentials", "check", "nobody", "--json")
    assert answer.code == 2
    assert answer.json("credentials-check")["error"]["next"]
    words = {"AIRFLOW__CORE__FERNET_KEY": "changeme", "AIRFLOW__API__SECRET_KEY": JWT}
    names = ("fernet_key", "airflow_api_secret")
    answer = studioops("credentials", "check", *names, "--json", **words)
    states = {name: one["status"] for name, one in seen(answer).items()}
    assert states == {"fernet key": "failed", "airflow api secret": "passed"}
    assert "changeme" not in answer.out + answer.err


def test_a_key_that_works_is_told_with_what_it_may(studioops):
    with stand_in(openai) as server:
        answer = studioops(
            "credentials",
            "check",
            "openai",
            "--json",
            OPENAI_API_KEY=OPENAI_KEY,
            OPENAI_BASE_URL=f"http://127.0.0.1:{server.port}/v1",
        )
    assert answer.code == 0
    assert seen(answer)["openai"]["may"] == ["list models"]
    assert OPENAI_KEY not in answer.out + answer.err
