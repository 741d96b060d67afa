"""Every rule both ways: what it finds, how bad that is, and beside it what it lets pass."""

from __future__ import annotations

import base64

import pytest

from studioops.model import Severity
from studioops.settings.reading import read_values, values_of
from studioops.settings.rules import RULES, is_valid, judge

PRODUCTION = {"STUDIOOPS_ENV": "production"}
KEY = base64.b64encode(bytes(range(0, 256, 8))).decode()
ALIKE = base64.b64encode(b"k" * 32).decode()
HEX = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
JWT = "9f1c04b7e2a86d35f0b9c7e41a2d8f6035c4b7a19e8d2f60"
WARNING, ERROR, CRITICAL = Severity.WARNING, Severity.ERROR, Severity.CRITICAL

# Rule, what it finds, in which variable, how bad, and what it lets pass.
BOTH_WAYS = [
    ("bad_value", {"DB_POOL_SIZE": "many"}, "DB_POOL_SIZE", ERROR, {"DB_POOL_SIZE": "7"}),
    ("bad_value", {"SMTP_PORT": "70000"}, "SMTP_PORT", ERROR, {"SMTP_PORT": "25"}),
    ("bad_value", {"DEBUG": "maybe"}, "DEBUG", ERROR, {"DEBUG": "off"}),
    ("bad_value", {"STUDIOOPS_ENV": "prod"}, "STUDIOOPS_ENV", ERROR, PRODUCTION),
    ("bad_value", {"STUDIOOPS_TARGETS": "{"}, "STUDIOOPS_TARGETS", ERROR, {"STUDIOOPS_TARGETS": "{}"}),
    ("bad_value", {"STUDIOOPS_TARGETS__A__URI": "h"}, "STUDIOOPS_TARGETS__A__URI", ERROR, {"STUDIOOPS_TARGETS__A__URL": "h"}),
    ("bad_value", {"STUDIOOPS_SERVICES__A__KIND": "ftp"}, "STUDIOOPS_SERVICES__A__KIND", ERROR, {"STUDIOOPS_SERVICES__A__KIND": "http", "STUDIOOPS_SERVICES__A__STATUS": "[200, 204]"}),
    ("missing", PRODUCTION, "JWT_SECRET_KEY", ERROR, {**PRODUCTION, "JWT_SECRET_KEY": JWT}),
    ("missing", {}, "JWT_SECRET_KEY", WARNING, {"STUDIOOPS_ENV": "template"}),
    ("missing", PRODUCTION, "DATABASE_URL", ERROR, {}),
    ("database_url", {"DATABASE_URL": "mysql://a:b@h/d"}, "DATABASE_URL", ERROR, {"DATABASE_URL": "postgresql+psycopg2://a:b@h:5432/d"}),
    ("database_url", {"DATABASE_URL": "host=h dbname=d"}, "DATABASE_URL", ERROR, {"LEDGER_URL": "host=h dbname=d"}),
    ("database_url", {"DATABASE_URL": "postgresql://a:b@h:port/d"}, "DATABASE_URL", ERROR, {"DATABASE_URL": "postgres://a:b@h/d"}),
    ("database_url", {"DATABASE_URL": "postgresql://a:b@c@h/d"}, "DATABASE_URL", ERROR, {"DATABASE_URL": "postgresql://a:b%40c@h/d"}),
    ("database_url", {"DATABASE_URL": "postgresql://a:b@h"}, "DATABASE_URL", ERROR, {}),
    ("database_url", {"LEDGER_URL": "sqlite:///ledger"}, "LEDGER_URL", ERROR, {"LEDGER_URL": "postgresql://h/d"}),
    ("pool_size", {"DB_POOL_SIZE": "4"}, "DB_POOL_SIZE", WARNING, {"DB_POOL_SIZE": "5"}),
    ("pool_size", {"DB_POOL_SIZE": "51"}, "DB_POOL_SIZE", WARNING, {"DB_POOL_SIZE": "50"}),
    ("jwt_secret", {"JWT_SECRET_KEY": JWT[:31]}, "JWT_SECRET_KEY", ERROR, {"JWT_SECRET_KEY": JWT[:32]}),
    ("jwt_secret", {"JWT_SECRET_KEY": f"your_{JWT}"}, "JWT_SECRET_KEY", ERROR, {"JWT_SECRET_KEY": f"yours{JWT}"}),
    ("jwt_secret", {"JWT_SECRET_KEY": f"{JWT}dev"}, "JWT_SECRET_KEY", ERROR, {"JWT_SECRET_KEY": f"{JWT}vde"}),
    ("jwt_secret", {"JWT_SECRET_KEY": f"test{JWT}"}, "JWT_SECRET_KEY", ERROR, {"JWT_SECRET_KEY": f"sett{JWT}"}),
    ("jwt_secret", {**PRODUCTION, "JWT_SECRET_KEY": "short"}, "JWT_SECRET_KEY", CRITICAL, {**PRODUCTION, "JWT_SECRET_KEY": JWT}),
    ("jwt_algorithm", {"JWT_ALGORITHM": "none"}, "JWT_ALGORITHM", ERROR, {"JWT_ALGORITHM": "RS256"}),
    ("openai_key", {"OPENAI_API_KEY": "pk-abc"}, "OPENAI_API_KEY", ERROR, {"OPENAI_API_KEY": "sk-proj-Ab_9-xY"}),
    ("openai_key", {"OPENAI_API_KEY": "sk-ab c"}, "OPENAI_API_KEY", ERROR, {"OPENAI_API_KEY": "sk-abc"}),
    ("trello_key", {"TRELLO_API_KEY": HEX[:-1]}, "TRELLO_API_KEY", ERROR, {"TRELLO_API_KEY": HEX}),
    ("trello_key", {"TRELLO_API_KEY": f"{HEX[:-1]}g"}, "TRELLO_API_KEY", ERROR, {"TRELLO_API_KEY": HEX.upper()}),
    ("trello_token", {"TRELLO_API_TOKEN": HEX}, "TRELLO_API_TOKEN", ERROR, {"TRELLO_API_TOKEN": HEX * 2}),
    ("trello_token", {"TRELLO_API_TOKEN": f"ATTB{HEX * 2}"}, "TRELLO_API_TOKEN", ERROR, {"TRELLO_API_TOKEN": f"ATTA{HEX * 2}4C5D6E7F"}),
    ("half_a_pair", {"MINIO_ACCESS_KEY": "AK7"}, "MINIO_SECRET_KEY", ERROR, {"MINIO_ACCESS_KEY": "AK7", "MINIO_SECRET_KEY": JWT}),
    ("half_a_pair", {"TRELLO_API_TOKEN": HEX * 2}, "TRELLO_API_KEY", WARNING, {}),
    ("placeholder_left", {"OPENAI_API_KEY": "sk-your-key-here"}, "OPENAI_API_KEY", ERROR, {"OPENAI_API_KEY": "sk-8fK2"}),
    ("placeholder_left", {**PRODUCTION, "SMTP_PASSWORD": "changeme"}, "SMTP_PASSWORD", CRITICAL, {**PRODUCTION, "SMTP_PASSWORD": JWT}),
    ("placeholder_left", {"STUDIOOPS_TARGETS__A__URL": "postgresql://a:your_password@h/d"}, "STUDIOOPS_TARGETS__A__URL", ERROR, {"STUDIOOPS_TARGETS__A__URL": "postgresql://a:vK3pQ@db.example/d"}),
    ("default_secret", {"MINIO_SECRET_KEY": "minioadmin"}, "MINIO_SECRET_KEY", WARNING, {"MINIO_ACCESS_KEY": "minioadmin"}),
    ("default_secret", {**PRODUCTION, "MINIO_SECRET_KEY": "minioadmin"}, "MINIO_SECRET_KEY", CRITICAL, {**PRODUCTION, "MINIO_SECRET_KEY": JWT}),
    ("default_secret", {"DATABASE_URL": "postgresql://shop:shop@h/d"}, "DATABASE_URL", WARNING, {"DATABASE_URL": "postgresql://shop@h/d"}),
    ("backup_key", {"STUDIOOPS_BACKUP_KEYS__K": "no base64!"}, "STUDIOOPS_BACKUP_KEYS__K", ERROR, {"STUDIOOPS_BACKUP_KEYS__K": KEY}),
    ("backup_key", {"STUDIOOPS_BACKUP_KEYS__K": "YWJj"}, "STUDIOOPS_BACKUP_KEYS__K", ERROR, {}),
    ("backup_key", {"STUDIOOPS_BACKUP_KEYS__K": ALIKE}, "STUDIOOPS_BACKUP_KEYS__K", ERROR, {}),
    ("backup_key", {"STUDIOOPS_BACKUP_KEY_ID": "k"}, "STUDIOOPS_BACKUP_KEY_ID", ERROR, {"STUDIOOPS_BACKUP_KEY_ID": "k", "STUDIOOPS_BACKUP_KEYS__K": KEY}),
    ("backup_key", {"STUDIOOPS_BACKUP_KEYS": '{"k": "YWJj"}'}, "STUDIOOPS_BACKUP_KEYS__K", ERROR, {"STUDIOOPS_BACKUP_KEY_ID": "k", "STUDIOOPS_BACKUP_KEYS": f'{{"k": "{KEY}"}}'}),
    ("log_level", {"LOG_LEVEL": "VERBOSE"}, "LOG_LEVEL", ERROR, {"LOG_LEVEL": "CRITICAL"}),
    ("log_level", {"LOG_LEVEL": "info"}, "LOG_LEVEL", ERROR, {"LOG_LEVEL": "INFO"}),
    ("store_address", {"MINIO_ENDPOINT": "http://h:9000"}, "MINIO_ENDPOINT", ERROR, {"MINIO_ENDPOINT": "h:9000"}),
    ("store_address", PRODUCTION, "MINIO_ENDPOINT", WARNING, {}),
    ("store_tls", {"MINIO_ENDPOINT": "localhost:9000", "MINIO_SECURE": "true"}, "MINIO_SECURE", WARNING, {"MINIO_ENDPOINT": "localhost:9000"}),
    ("store_tls", {"MINIO_ENDPOINT": "[::1]:9000", "MINIO_SECURE": "1"}, "MINIO_SECURE", WARNING, {"MINIO_ENDPOINT": "s3.internal:9000", "MINIO_SECURE": "1"}),
    ("store_tls", {**PRODUCTION, "MINIO_ENDPOINT": "s3:9000"}, "MINIO_SECURE", WARNING, {"MINIO_ENDPOINT": "s3:9000"}),
    ("service_address", {"LANGFUSE_HOST": "langfuse.internal"}, "LANGFUSE_HOST", ERROR, {"LANGFUSE_HOST": "http://langfuse.internal:3000"}),
    ("debug_in_production", {**PRODUCTION, "DEBUG": "1"}, "DEBUG", CRITICAL, {**PRODUCTION, "DEBUG": "no"}),
    ("debug_in_production", {**PRODUCTION, "DEVELOPMENT_MODE": "true"}, "DEVELOPMENT_MODE", CRITICAL, {"DEVELOPMENT_MODE": "true"}),
    ("cors_in_production", {**PRODUCTION, "API_CORS_ENABLED": "true"}, "API_CORS_ENABLED", WARNING, {**PRODUCTION, "API_CORS_ENABLED": "false"}),
    ("cors_in_production", {**PRODUCTION, "API_CORS_ORIGINS": "*"}, "API_CORS_ORIGINS", ERROR, {"API_CORS_ORIGINS": "*"}),
    ("rate_limit_off", {**PRODUCTION, "API_RATE_LIMIT_ENABLED": "off"}, "API_RATE_LIMIT_ENABLED", WARNING, {"API_RATE_LIMIT_ENABLED": "off"}),
]  # fmt: skip
OF_FILES = {"broken_line", "unknown_name"}


def found(check, environ, nothing):
    reading = read_values(nothing / ".env", environ=environ)
    return [one for one in judge(reading) if one.check == check]


@pytest.mark.parametrize(
    "case", BOTH_WAYS, ids=[f"{one[0]}-{n}" for n, one in enumerate(BOTH_WAYS)]
)
def test_a_rule_both_ways(nothing, case):
    check, wrong, name, severity, right = case
    caught = [one for one in found(check, wrong, nothing) if one.object == name]
    assert [one.severity for one in caught] == [severity]
    assert caught[0].message
    assert caught[0].why
    assert caught[0].repair
    assert [one for one in found(check, right, nothing) if one.object == name] == []


def test_entries_are_put_together_as_the_commands_do(nothing):
    right = {
        "STUDIOOPS_SERVICES": '{"mail": {"kind": "http"}}',
        "STUDIOOPS_SERVICES__MAIL__STATUS": "[200, 204]",
        "STUDIOOPS_SERVICES__SHOP__KIND": "http",
        "STUDIOOPS_SERVICES__SHOP__TIMEOUT": "3",
    }
    assert found("bad_value", right, nothing) == []
    deeper = {"STUDIOOPS_SERVICES": '{"mail": "x"}', "STUDIOOPS_SERVICES__MAIL__KIND": "http"}
    assert [one.object for one in found("bad_value", deeper, nothing)] == ["STUDIOOPS_SERVICES"]


def test_every_rule_is_tried_both_ways():
    assert {rule.__name__ for rule in RULES} == {one[0] for one in BOTH_WAYS} | OF_FILES


@pytest.mark.parametrize(("line", "broken"), [("no setting", [2]), ("A='b", [2]), ("A=b # c", [])])
def test_a_line_that_is_no_setting(line, broken):
    findings = judge(values_of(f"STUDIOOPS_ENV=template\n{line}\n"))
    caught = [one.object for one in findings if one.check == "broken_line"]
    assert caught == [f".env, line {number}" for number in broken]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("STUDIOOPS_BAKUP_SCHEDULE", "STUDIOOPS_BACKUP_SCHEDULE"),
        ("OPENAI_APIKEY", "OPENAI_API_KEY"),
        ("STUDIOOPS_NONSENSE", ""),
        ("STUDIOOPS_TARGET__SHOP__URL", "STUDIOOPS_TARGETS"),
        ("AIRFLOW__CORE__EXECUTOR", None),
        ("STUDIOOPS_TARGETS__SHOP__URL", None),
        ("STUDIOOPS_LOCAL_DIR", None),
    ],
)
def test_a_name_with_a_slip(name, meant):
    caught = [one for one in judge(values_of(f"{name}=x\n")) if one.check == "unknown_name"]
    assert [one.object for one in caught] == ([name] if meant is not None else [])
    assert all(meant in one.repair for one in caught)


def test_the_worst_comes_first(nothing):
    reading = read_values(environ={**PRODUCTION, "DEBUG": "1", "DB_POOL_SIZE": "4"})
    severities = [one.severity for one in judge(reading)]
    assert severities == sorted(severities, key=list(reversed(Severity)).index)
    assert severities[0] is CRITICAL


def test_valid_means_no_error_and_nothing_critical(nothing, good):
    only_warned = judge(read_values(environ={**PRODUCTION, **good, "DB_POOL_SIZE": "4"}))
    assert {one.severity for one in only_warned} == {WARNING}
    assert is_valid(only_warned)
    assert not is_valid(judge(read_values(environ={**PRODUCTION, **good, "LOG_LEVEL": "x"})))


@pytest.mark.parametrize("case", BOTH_WAYS, ids=[f"{n}" for n in range(len(BOTH_WAYS))])
def test_no_text_of_a_finding_holds_a_value_that_was_set(nothing, case):
    marked = {
        name: value if name == "STUDIOOPS_ENV" else f"{value}geheim"
        for name, value in case[1].items()
    }
    told = " ".join(map(str, judge(read_values(environ=marked))))
    assert "geheim" not in told


def test_what_can_be_none_of_the_three_is_judged_as_production(nothing):
    reading = read_values(environ={"STUDIOOPS_ENV": "prod", "DEBUG": "1"})
    assert "debug_in_production" in {one.check for one in judge(reading)}
