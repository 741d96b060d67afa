"""``studioops config`` as a stranger types it: set up, judged, shown, compared, reset."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SECRETS = {
    "DATABASE_URL": "postgresql://studioops:vK3-pQ8zX1m@db.internal:5432/studioops",
    "JWT_SECRET_KEY": "9f1c04b7e2a86d35f0b9c7e41a2d8f6035c4b7a19e8d2f60",
    "MINIO_ACCESS_KEY": "AK7Q2M9X4B1Z8L5N0P3R",
    "MINIO_SECRET_KEY": "mB2-vX7kQ0zL5nR9pT4wY8sD1fG6hJ3c",
}
ENVIRONMENTS = ("template", "development", "production")


def copies(directory: Path) -> list[Path]:
    return sorted((directory / ".local" / "env").glob("*"))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_setup_writes_is_valid(studioops, tmp_path, environment):
    given = SECRETS if environment == "production" else {}
    answer = studioops("config", "setup", "--env", environment, **given)
    assert (answer.code, answer.lines) == (0, [f".env is written, for {environment}"])
    assert "still to be set" not in answer.err
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    judged = studioops("config", "validate", "--json", **given)
    assert (judged.code, judged.json("config-validate")["status"]) == (0, "passed")
    assert judged.json("config-validate")["environment"] == environment
    assert studioops("config", "validate", **given).code == 0


def test_production_says_which_secrets_are_still_to_be_set(studioops):
    answer = studioops("config", "setup", "--env", "production")
    assert answer.code == 0
    for name in SECRETS:
        assert name in answer.err
    judged = studioops("config", "validate")
    assert judged.code == 1
    assert "error missing (4)" in judged.out


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_shipped_file_is_valid_for_what_it_is(studioops, environment):
    file = str(ROOT / f".env.{environment}")
    assert studioops("config", "validate", "--env-file", file, **SECRETS).code == 0


def test_each_setup_for_development_makes_secrets_of_its_own(studioops, tmp_path):
    studioops("config", "setup", "--env", "development")
    first = (tmp_path / ".env").read_text()
    studioops("config", "setup", "--env", "development", "--yes")
    assert (tmp_path / ".env").read_text() != first
    (copy,) = copies(tmp_path)
    assert copy.read_text() == first
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_nothing_is_replaced_without_agreement(studioops, tmp_path):
    (tmp_path / ".env").write_text("MINE=1\n")
    answer = studioops("config", "setup", "--env", "development")
    assert answer.code == 4
    assert "nothing was changed" in answer.err
    assert "--yes" in answer.err
    assert (tmp_path / ".env").read_text() == "MINE=1\n"
    assert copies(tmp_path) == []


def test_a_directory_that_can_t_be_written_is_one_line(studioops, tmp_path):
    (tmp_path / ".local").write_text("a file where the copies' directory should be")
    (tmp_path / ".env").write_text("MINE=1\n")
    answer = studioops("config", "setup", "--yes")
    assert answer.code == 4
    assert len(answer.err.splitlines()) == 1
    assert (tmp_path / ".env").read_text() == "MINE=1\n"


def test_faults_are_told_with_their_repairs(studioops, tmp_path):
    (tmp_path / ".env").write_text("STUDIOOPS_ENV=production\nDEBUG=true\nDB_POOL_SIZE=4\n")
    answer = studioops("config", "validate", **SECRETS)
    assert answer.code == 1
    assert answer.lines[0].startswith("configuration (production): failed: ")
    assert "    repair: set DEBUG=false" in answer.lines
    document = studioops("config", "validate", "--json", **SECRETS).json("config-validate")
    assert document["status"] == "failed"
    assert {"debug_in_production", "pool_size"} <= {one["check"] for one in document["findings"]}


def test_a_file_that_is_not_there_and_one_that_is_no_text(studioops, tmp_path):
    answer = studioops("config", "validate", "--env-file", "absent.env", "--json")
    assert answer.code == 2
    assert "absent.env" in answer.json("config-validate")["error"]["message"]
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    for words in (("validate",), ("show",), ("diff",), ("reset", "--yes"), ("setup", "--yes")):
        answer = studioops("config", *words)
        assert (answer.code, "UTF-8" in answer.err) == (2, True), words


def test_show_says_where_each_value_is_from(studioops, tmp_path):
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local/stack.env").write_text("MINIO_ENDPOINT=h:1\n")
    (tmp_path / ".env").write_text("LOG_LEVEL=ERROR\n")
    answer = studioops("config", "show", "--json", DB_POOL_SIZE="9")
    entries = {one["name"]: one for one in answer.json("config-show")["settings"]}
    told = {
        name: (entries[name]["value"], entries[name]["origin"])
        for name in ("DB_POOL_SIZE", "LOG_LEVEL", "MINIO_ENDPOINT", "SMTP_PORT", "SMTP_HOST")
    }
    assert told == {
        "DB_POOL_SIZE": ("9", "environment"),
        "LOG_LEVEL": ("ERROR", ".env"),
        "MINIO_ENDPOINT": ("h:1", "local stack"),
        "SMTP_PORT": ("587", "default"),
        "SMTP_HOST": (None, "not set"),
    }
    lines = studioops("config", "show", "--origin", DB_POOL_SIZE="9").lines
    (line,) = [one for one in lines if one.startswith("DB_POOL_SIZE ")]
    assert line.split() == ["DB_POOL_SIZE", "9", "environment"]


def test_diff_holds_a_file_against_what_runs(studioops, tmp_path):
    studioops("config", "setup", "--env", "development")
    same = studioops("config", "diff", "--json")
    assert (same.code, same.json("config-diff")["differences"]) == (0, [])
    answer = studioops("config", "diff", "--json", DB_POOL_SIZE="9", JWT_SECRET_KEY="geheim")
    assert answer.code == 1
    assert answer.json("config-diff")["differences"] == [
        {"name": "DB_POOL_SIZE", "file": "5", "running": "9", "origin": "environment"},
        {"name": "JWT_SECRET_KEY", "file": "***", "running": "***", "origin": "environment"},
    ]
    line = "DB_POOL_SIZE: 5 in .env, 9 runs (environment)"
    assert line in studioops("config", "diff", DB_POOL_SIZE="9").lines


def test_reset_shows_what_changes_asks_and_keeps_a_copy(studioops, tmp_path):
    studioops("config", "setup", "--env", "development")
    untouched = (tmp_path / ".env").read_text()
    drifted = untouched.replace("DB_POOL_SIZE=5", "DB_POOL_SIZE=99")
    (tmp_path / ".env").write_text(drifted)
    refused = studioops("config", "reset")
    assert refused.code == 4
    assert "DB_POOL_SIZE: 99 now, 5 in the template for development" in refused.err
    assert (tmp_path / ".env").read_text() == drifted
    assert studioops("config", "reset", "--yes").code == 0
    assert (tmp_path / ".env").read_text() == untouched
    (copy,) = copies(tmp_path)
    assert copy.read_text() == drifted
    assert "nothing was changed" in studioops("config", "reset", "--yes").out


def test_reset_without_a_file_says_what_to_type(studioops):
    answer = studioops("config", "reset", "--yes")
    assert (answer.code, "config setup" in answer.err) == (2, True)


def test_generate_docs_writes_the_page(studioops, tmp_path):
    assert studioops("config", "generate-docs").code == 0
    written = (tmp_path / "docs/configuration.md").read_text(encoding="utf-8")
    assert written == (ROOT / "docs/configuration.md").read_text(encoding="utf-8")


SECRET_NAMES = (*SECRETS, "OPENAI_API_KEY", "TRELLO_API_TOKEN", "LANGFUSE_SECRET_KEY", "REDIS_URL")
SECRET_NAMES += ("SMTP_PASSWORD", "STUDIOOPS_BACKUP_KEYS__K", "STUDIOOPS_TARGETS__SHOP__URL")


@pytest.mark.parametrize("where", ["environment", "file"])
def test_no_command_shows_a_secret(studioops, tmp_path, where):
    planted = {name: f"geheim{number}@x" for number, name in enumerate(SECRET_NAMES)}
    lines = "".join(f"{name}='{value}'\n" for name, value in planted.items())
    (tmp_path / ".env").write_text(lines if where == "file" else "DB_POOL_SIZE=99\n")
    given = planted if where == "environment" else {}
    for words in (
        ("validate",),
        ("validate", "--json"),
        ("show", "--origin"),
        ("show", "--json"),
        ("diff", str(ROOT / ".env.template")),
        ("diff", str(ROOT / ".env.template"), "--json"),
        ("reset",),
        ("setup", "--yes"),
    ):
        answer = studioops("config", *words, **given)
        assert "geheim" not in answer.out + answer.err, words


def test_nothing_starts_in_production_with_what_is_critical(studioops, tmp_path):
    (tmp_path / ".env").write_text("STUDIOOPS_ENV=production\nDEBUG=true\n")
    for words in (("evidence", "show"), ("scan",), ("contract", "validate")):
        answer = studioops(*words, **SECRETS)
        assert answer.code == 4, words
        (line,) = answer.err.splitlines()
        assert line == (
            "studioops: not fit for production: DEBUG: is on in production; next: set DEBUG=false"
        )


def test_the_old_tool_s_name_does_the_same(tmp_path):
    def run(*words: str, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        command = [python, str(ROOT / "config_manager.py"), *words]
        return subprocess.run(
            command, cwd=tmp_path, env=kept, capture_output=True, text=True, check=False
        )

    assert run("setup", "--env", "development").returncode == 0
    assert run("validate").returncode == 0
    (tmp_path / ".env").write_text("LOG_LEVEL=loud\n")
    answer = run("validate")
    assert (answer.returncode, "LOG_LEVEL" in answer.stdout) == (1, True)
    assert "generate-docs" in run("--help").stdout


def test_a_python_without_our_packages_says_what_to_type(tmp_path):
    shutil.copy(ROOT / "config_manager.py", tmp_path)
    # Isolated and without site-packages: what a system's Python would see.
    done = subprocess.run(
        [sys.executable, "-S", "-I", "config_manager.py", "validate"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip().endswith("next: make setup")
