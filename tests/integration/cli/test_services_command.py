"""``studioops services check`` against real servers, some away, some that nobody has set up."""

from __future__ import annotations

import pytest

SECRET = "hunter2-of-the-test"


@pytest.fixture
def reached(database_dsn, object_store_server) -> dict[str, str]:
    """What the required services are reached by; the store has every bucket."""
    from studioops.objectstore import open_object_store
    from studioops.settings import Settings

    server = object_store_server
    with open_object_store(server.endpoint, server.access_key, server.secret_key) as store:
        store.ensure_buckets(Settings(_env_file=None).buckets)
    return {
        "DATABASE_URL": database_dsn,
        "MINIO_ENDPOINT": server.endpoint,
        "MINIO_ACCESS_KEY": server.access_key,
        "MINIO_SECRET_KEY": server.secret_key,
    }


def states(answer) -> dict[str, tuple[str, str]]:
    found = answer.json("services-check")["services"]
    return {one["service"]: (one["status"], one["cause"]) for one in found}


def test_what_is_required_is_well_and_what_nobody_set_up_is_neither(studioops, reached):
    answer = studioops("services", "check", "--json", **reached)
    assert answer.code == 0, answer.err
    seen = states(answer)
    assert seen["database"] == seen["object store"] == ("passed", "ok")
    for name in ("openai", "trello", "langfuse"):
        assert seen[name] == ("not_checked", "not_configured")


def test_people_read_a_line_each_and_what_to_do(studioops, reached):
    answer = studioops("services", "check", **(reached | {"LANGFUSE_HOST": "http://127.0.0.1:1"}))
    assert answer.code == 1
    assert answer.lines[0].startswith("services: failed: 6 in ")
    table = {line.split("  ")[0]: line for line in answer.lines[1:] if "  " in line}
    assert "required" in table["database"]
    assert "well" in table["database"]
    assert "not configured" in table["trello"]
    assert table["langfuse"].split()[1:4] == ["optional", "away", "refused"]
    assert any("the application goes on without it" in line for line in answer.lines)


def test_the_old_tools_command_counts_what_is_accessible(studioops, reached):
    answer = studioops("config", "check-services", **reached)
    assert (answer.code, answer.lines[-1]) == (0, "3/3 accessible")
    away = reached | {"LANGFUSE_HOST": "http://127.0.0.1:1"}
    assert studioops("config", "check-services", **away).lines[-1] == "3/4 accessible"
    answer = studioops("config", "check-services")
    assert (answer.code, answer.lines[-1]) == (3, "1/1 accessible")


def test_what_is_required_and_away_is_critical(studioops, reached):
    away = reached | {"DATABASE_URL": f"postgresql://keeper:{SECRET}@127.0.0.1:1/shop"}
    answer = studioops("services", "check", "--json", **away)
    assert answer.code == 1
    assert states(answer)["database"] == ("failed", "refused")
    (finding,) = answer.json("services-check")["findings"]
    assert (finding["object"], finding["severity"]) == ("database", "critical")
    assert SECRET not in answer.out + answer.err


def test_what_is_required_and_not_set_up_is_never_green(studioops):
    answer = studioops("services", "check")
    assert answer.code == 3
    assert "database" in answer.err
    assert "DATABASE_URL" in answer.err


def test_services_of_ones_own_by_name(studioops, object_store_server):
    own = {
        "STUDIOOPS_SERVICES__SHOP__KIND": "http",
        "STUDIOOPS_SERVICES__SHOP__URL": f"http://keeper:{SECRET}@{object_store_server.endpoint}/",
        "STUDIOOPS_SERVICES__SHOP__STATUS": "[200, 403]",
    }
    answer = studioops("services", "check", "shop", "--json", **own)
    assert answer.code == 0, answer.out + answer.err
    assert states(answer) == {"shop": ("passed", "ok")}
    assert SECRET not in answer.out


@pytest.mark.parametrize(
    ("words", "environment", "told"),
    [
        (("nobody",), {}, "no service is called 'nobody' (known: database, "),
        ((), {"STUDIOOPS_SERVICES__A__KIND": "fax"}, "STUDIOOPS_SERVICES__A__KIND"),
        ((), {"STUDIOOPS_SERVICES__A__URL": SECRET}, "STUDIOOPS_SERVICES__A__KIND"),
        (("database",), {"DATABASE_URL": f"postgresql://{SECRET}@[/x"}, "database"),
    ],
)
def test_what_can_not_be_asked_is_one_line(studioops, words, environment, told):
    answer = studioops("services", "check", *words, **environment)
    assert answer.code in (2, 3)
    assert told in answer.err
    assert answer.err.count("\n") <= 2
    assert SECRET not in answer.out + answer.err


def test_the_look_at_all_is_recorded_and_one_at_some_is_not(
    studioops, reached, cluster, ledger_template
):
    name = cluster.clone(ledger_template)
    recorded = reached | {"LEDGER_URL": cluster.dsn(name)}
    studioops("services", "check", "database", **recorded)
    assert "database" not in studioops("evidence", "show", **recorded).out
    studioops("services", "check", **recorded)
    shown = studioops("evidence", "show", **recorded).out
    assert "database" in shown
    assert "object store" in shown
    cluster.drop(name)
