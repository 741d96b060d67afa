"""What is in force, where it was read from, and that both readers of it agree."""

from __future__ import annotations

import pytest

from studioops.errors import SettingsError, UsageError
from studioops.settings import load_settings
from studioops.settings.reading import Origin, existing, read_values, values_of


def test_the_environment_beats_the_file_beats_the_local_stack(nothing):
    (nothing / ".local").mkdir()
    (nothing / ".local/stack.env").write_text("DB_POOL_SIZE=1\nLEDGER_URL=one\nMINIO_REGION=one\n")
    (nothing / ".env").write_text("LEDGER_URL=two\nMINIO_REGION=two\n")
    reading = read_values(environ={"minio_region": "three"})
    told = {
        name: (reading.text(name), reading.origin(name))
        for name in ("MINIO_REGION", "LEDGER_URL", "DB_POOL_SIZE", "JWT_ALGORITHM", "SMTP_HOST")
    }
    assert told == {
        "MINIO_REGION": ("three", Origin.ENVIRONMENT),
        "LEDGER_URL": ("two", Origin.FILE),
        "DB_POOL_SIZE": ("1", Origin.STACK),
        "JWT_ALGORITHM": ("HS256", Origin.DEFAULT),
        "SMTP_HOST": ("", Origin.UNSET),
    }


def test_an_empty_value_hides_nothing(nothing):
    (nothing / ".env").write_text("MINIO_REGION=\nLEDGER_URL=two\n")
    reading = read_values(environ={"LEDGER_URL": ""})
    assert (reading.text("LEDGER_URL"), reading.text("MINIO_REGION")) == ("two", "us-east-1")


def test_the_commands_and_the_judgement_read_alike(nothing, monkeypatch):
    (nothing / ".local").mkdir()
    (nothing / ".local/stack.env").write_text("MINIO_ENDPOINT='h:1'\n")
    (nothing / ".env").write_text(
        "export OPENAI_MODEL='a b' # said\nDB_POOL_SIZE=\nMINIO_REGION=${HOME_REGION}-1\n"
    )
    monkeypatch.setenv("HOME_REGION", "eu")
    monkeypatch.setenv("trello_default_board_id", "b")
    reading, settings = read_values(), load_settings()
    names = ("MINIO_ENDPOINT", "OPENAI_MODEL", "MINIO_REGION", "TRELLO_DEFAULT_BOARD_ID")
    assert [reading.text(one) for one in names] == ["h:1", "a b", "eu-1", "b"]
    assert [
        settings.minio_endpoint,
        settings.openai_model,
        settings.minio_region,
        settings.trello_board,
    ] == ["h:1", "a b", "eu-1", "b"]
    assert int(reading.text("DB_POOL_SIZE")) == settings.db_pool_size


def test_what_is_broken_is_told_and_the_rest_is_read():
    reading = values_of("A=1\nno setting\nB='x\ny'\n\n=z\nC=3\n")
    assert reading.broken == (2, 6)
    assert reading.in_file == ("A", "B", "C")
    assert reading.text("B") == "x\ny"


def test_a_file_that_can_t_be_read_is_one_line(nothing):
    (nothing / ".env").write_bytes(b"JWT_SECRET_KEY=\xff\xfe\n")
    for read in (read_values, load_settings):
        with pytest.raises(SettingsError, match=r"\.env is no text in UTF-8"):
            read()
    (nothing / "directory").mkdir()
    with pytest.raises(SettingsError, match="directory can't be read"):
        read_values(nothing / "directory")


def test_a_file_that_was_named_has_to_be_there(nothing):
    with pytest.raises(UsageError, match=r"there is no .*absent"):
        existing(nothing / "absent")


def test_no_value_shows_in_what_is_printed():
    assert "geheim" not in repr(values_of("JWT_SECRET_KEY=geheim\nA=geheim\n"))
