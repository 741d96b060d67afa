"""The three files: made from the declarations, each valid for what it is, and the way back to one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studioops.model import Severity
from studioops.settings import Environment, load_settings
from studioops.settings.reading import read_values, values_of
from studioops.settings.rules import is_valid, judge
from studioops.settings.templates import FILES, fresh_secret, reset, template
from studioops.settings.variables import by_name, variables

ROOT = Path(__file__).parents[3]
AS_FOUND = {
    "DB_POOL_SIZE": "10/5/20",
    "DB_MAX_OVERFLOW": "20/10/50",
    "DB_POOL_TIMEOUT": "30/15/60",
    "DB_POOL_RECYCLE": "3600/1800/7200",
    "JWT_EXPIRATION_HOURS": "24/72/8",
    "API_RATE_LIMIT": "100/1000/100",
    "LOG_LEVEL": "INFO/DEBUG/WARNING",
    "HEALTH_CHECK_INTERVAL": "60/30/120",
    "HEALTH_CHECK_TIMEOUT": "10/5/15",
    "HEALTH_CHECK_RETRIES": "3/2/3",
    "BACKUP_SCHEDULE": "0 2 * * */0 2 * * */0 2 * * *",
    "API_CORS_ENABLED": "true/true/false",
}


@pytest.mark.parametrize("environment", Environment)
def test_the_file_is_what_the_declarations_say(environment):
    written = (ROOT / FILES[environment]).read_text(encoding="utf-8")
    assert written == template(environment), "type: make docs"


@pytest.mark.parametrize("environment", Environment)
def test_each_variable_stands_in_it_once(environment):
    lines = [line.removeprefix("# ") for line in template(environment).splitlines()]
    for name in by_name():
        assert len([line for line in lines if line.startswith(f"{name}=")]) == 1, name


@pytest.mark.parametrize("environment", Environment)
def test_no_secret_stands_in_it_and_no_line_is_broken(environment):
    reading = values_of(template(environment))
    assert reading.broken == ()
    assert [one.name for one in variables() if one.secret and one.name in reading.found] == []
    assert reading.environment is environment


@pytest.mark.parametrize(("name", "values"), AS_FOUND.items())
def test_what_differs_between_the_three(name, values):
    told = [values_of(template(one)).text(name) for one in Environment]
    assert "/".join(told) == values


def test_the_template_and_development_are_valid_as_they_are(nothing):
    assert judge(values_of(template(Environment.TEMPLATE))) == ()
    (open_secret,) = judge(values_of(template(Environment.DEVELOPMENT)))
    assert (open_secret.check, open_secret.severity) == ("missing", Severity.WARNING)
    made = template(Environment.DEVELOPMENT, make=fresh_secret)
    assert judge(values_of(made)) == ()
    assert made != template(Environment.DEVELOPMENT, make=fresh_secret)


def test_production_is_valid_once_its_secrets_are_in_the_environment(nothing, good):
    file = nothing / ".env.production"
    file.write_text(template(Environment.PRODUCTION))
    missing = [one for one in judge(read_values(file, environ={})) if one.check == "missing"]
    assert {one.object for one in missing} == set(good)
    assert not is_valid(missing)
    assert is_valid(judge(read_values(file, environ=good)))


@pytest.mark.parametrize("environment", Environment)
def test_the_commands_take_it(nothing, environment):
    (nothing / ".env").write_text(template(environment, make=fresh_secret))
    settings = load_settings()
    assert settings.environment is environment
    assert settings.health_check_interval == float(
        values_of(template(environment)).text("HEALTH_CHECK_INTERVAL")
    )


def test_what_the_local_stack_writes_is_not_hidden_by_it(nothing):
    (nothing / ".local").mkdir()
    (nothing / ".local/stack.env").write_text(
        "DATABASE_URL=postgresql://h/d\nMINIO_ENDPOINT=h:1\nMINIO_SECURE=false\n"
    )
    (nothing / ".env").write_text(template(Environment.DEVELOPMENT, make=fresh_secret))
    settings = load_settings()
    assert settings.minio_endpoint == "h:1"
    assert settings.minio_secure is False
    assert "studioops" in settings.targets


DRIFTED = """\
STUDIOOPS_ENV=development
DB_POOL_SIZE=99
LOG_LEVEL=loud
STUDIOOPS_RPO=1
export JWT_SECRET_KEY='a "quoted" $ecret # no comment'
MINIO_ENDPOINT=store:9000
STUDIOOPS_TARGETS__SHOP__URL="postgresql://a:b@h/shop"
STUDIOOPS_TARGETS__SHOP__CONTRACT=shop.yaml
AIRFLOW__CORE__PARALLELISM=4
nonsense
"""


def test_a_reset_brings_back_what_the_template_says_and_leaves_what_it_leaves_open():
    before, after = values_of(DRIFTED), values_of(reset(DRIFTED, Environment.DEVELOPMENT))
    told = [after.text(name) for name in ("DB_POOL_SIZE", "LOG_LEVEL", "STUDIOOPS_RPO")]
    assert told == ["5", "DEBUG", "90000"]
    stays = (
        "JWT_SECRET_KEY",
        "MINIO_ENDPOINT",
        "STUDIOOPS_TARGETS__SHOP__URL",
        "STUDIOOPS_TARGETS__SHOP__CONTRACT",
        "AIRFLOW__CORE__PARALLELISM",
    )
    assert [after.text(one) for one in stays] == [before.text(one) for one in stays]
    assert after.broken == ()


def test_a_reset_of_a_reset_changes_nothing():
    once = reset(DRIFTED, Environment.DEVELOPMENT)
    assert reset(once, Environment.DEVELOPMENT) == once
    fresh = template(Environment.PRODUCTION)
    assert reset(fresh, Environment.PRODUCTION) == fresh


def test_a_reset_makes_a_secret_only_where_there_is_none():
    with_one = reset(DRIFTED, Environment.DEVELOPMENT, make=fresh_secret)
    assert "$ecret" in with_one
    without = reset("DB_POOL_SIZE=99\n", Environment.DEVELOPMENT, make=fresh_secret)
    assert len(values_of(without).text("JWT_SECRET_KEY")) == 64


PRINTED = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="'\\$"))


@given(PRINTED.filter(bool))
def test_whatever_a_secret_is_spelt_with_it_stays(secret):
    text = reset(f"SMTP_PASSWORD='{secret}'\n", Environment.PRODUCTION)
    assert values_of(text).text("SMTP_PASSWORD") == secret
