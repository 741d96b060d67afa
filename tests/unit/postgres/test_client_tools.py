"""Which pg_dump is taken, and that it is told no secret where others can read it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from studioops.errors import ToolMissing, UsageError
from studioops.postgres import client_tools, parse_dsn
from studioops.postgres.client_tools import (
    ClientTools,
    connection_of,
    installed_tools,
    needs_tls,
    tools_for,
    wheel_programs,
)

Install = Callable[..., Path]
SECRET = "ge heim'\\"


@pytest.fixture(autouse=True)
def _bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One on which nothing is installed but what the test installs."""
    monkeypatch.setattr(client_tools, "INSTALLED", ((str(tmp_path / "lib"), "*/bin"),))
    monkeypatch.setattr(client_tools, "wheel_programs", lambda: None)
    for name in ("STUDIOOPS_PG_TOOLS", "PG_BIN", "PGSSLMODE", "PGPASSWORD"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """``install("15", "15.3")`` puts programs of that version into lib/15/bin."""

    def put(name: str, version: str = "", script: str = "", *, without: str = "") -> Path:
        place = tmp_path / "lib" / name / "bin"
        place.mkdir(parents=True, exist_ok=True)
        for program in ("pg_dump", "pg_restore", "psql"):
            path = place / program
            said = script or f'echo "{program} (PostgreSQL) {version} (Debian {version}-1.pgdg)"'
            path.write_text(f"#!/bin/sh\n{said}\n")
            path.chmod(0o755)
        if without:
            (place / without).unlink()
        return place

    return put


def test_own_major_first(install: Install) -> None:
    places = {major: install(str(major), f"{major}.2") for major in (13, 15, 17, 18)}
    for major, place in places.items():
        assert tools_for(major) == ClientTools(place, major, 2)
    assert tools_for(15).path("pg_restore") == f"{places[15]}/pg_restore"


def test_next_newer_otherwise(install: Install) -> None:
    install("15", "15.3")
    assert tools_for(13).major == 15
    install("14", "14.0")
    assert tools_for(13).major == 14
    assert tools_for(15).major == 15


def test_newest_minor(install: Install) -> None:
    for name, version in (("a", "15.3"), ("b", "15.12"), ("c", "15.9")):
        install(name, version)
    assert (tools_for(15).minor, tools_for(15).directory.parent.name) == (12, "b")


def test_never_an_older_one(install: Install) -> None:
    install("15", "15.3")
    with pytest.raises(ToolMissing, match="no pg_dump for PostgreSQL 16 is installed") as caught:
        tools_for(16)
    assert "(found: 15 in " in caught.value.message
    assert caught.value.next_step.startswith("install the package postgresql-client-16")
    assert "STUDIOOPS_PG_TOOLS" in caught.value.next_step


def test_none_newer_than_asked(install: Install) -> None:
    install("17", "17.1")
    with pytest.raises(ToolMissing):
        tools_for(15, newest=16)
    assert tools_for(15, newest=17).major == 17


def test_nothing_installed() -> None:
    with pytest.raises(ToolMissing, match="found: none") as caught:
        tools_for(18)
    assert "postgresql-client-18" in caught.value.next_step


def test_too_old_to_be_used(install: Install) -> None:
    install("12", "12.20")
    assert installed_tools() == ()


def test_development_versions(install: Install) -> None:
    install("a", "19devel")
    install("b", "18beta1")
    assert {one.major for one in installed_tools()} == {19, 18}


def test_named_directories_come_first(
    install: Install, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install("15", "15.3")
    own = install("../own", "15.3").resolve()
    monkeypatch.setenv("STUDIOOPS_PG_TOOLS", f"{tmp_path}/nothing{os.pathsep}{own}")
    assert tools_for(15).directory == own
    monkeypatch.delenv("STUDIOOPS_PG_TOOLS")
    assert tools_for(15).directory == tmp_path / "lib/15/bin"
    monkeypatch.setenv("PG_BIN", str(own))
    assert tools_for(15).directory == own


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        "echo no version; exit 0",
        "printf '\\377\\376\\000'",
        "echo 'pg_dump: error while loading shared libraries: libpq.so.5' >&2; exit 127",
        "kill -9 $$",
    ],
)
def test_broken_programs_are_passed_over(
    install: Install, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    whole = install("15", "15.3")
    broken = install("../broken", script=script)
    monkeypatch.setenv("STUDIOOPS_PG_TOOLS", str(broken))
    assert [one.directory for one in installed_tools()] == [whole]


def test_program_that_is_none(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, content in enumerate((b"", b"\x7fELF", b"#!/no/such/shell\n")):
        place = install(f"../broken{number}", "15.3").resolve()
        (place / "pg_dump").write_bytes(content)
        monkeypatch.setenv("STUDIOOPS_PG_TOOLS", str(place))
        assert installed_tools() == ()


def test_program_that_hangs(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_tools, "PATIENCE_S", 0.2)
    install("15", script="exec sleep 20")
    began = time.monotonic()
    assert installed_tools() == ()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("name", ["pg_dump", "pg_restore", "psql"])
def test_all_three_are_needed(install: Install, name: str) -> None:
    place = install("15", "15.3", without=name)
    assert installed_tools() == ()
    # A long-lived process sees the package that was installed meanwhile.
    install("15", "15.3")
    assert [one.directory for one in installed_tools()] == [place]


def test_upgrade_is_seen(install: Install) -> None:
    place = install("15", "15.3")
    assert tools_for(15).minor == 3
    install("15", "15.4")
    os.utime(place / "pg_dump", (2e9, 2e9))
    assert tools_for(15).minor == 4


def test_wheel_has_no_tls(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = install("../wheel", "18.6")
    monkeypatch.setattr(client_tools, "wheel_programs", lambda: wheel)
    assert tools_for(15).directory == wheel.resolve()
    with pytest.raises(ToolMissing, match="no pg_dump with TLS for PostgreSQL 15"):
        tools_for(15, tls=True)
    installed = install("19", "19.0")
    assert tools_for(15, tls=True).directory == installed
    assert tools_for(15).directory == wheel.resolve()


def test_wheel_that_is_named_has_none_either(
    install: Install, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wheel = install("../wheel", "18.6").resolve()
    link = tmp_path / "link"
    link.symlink_to(wheel)
    monkeypatch.setattr(client_tools, "wheel_programs", lambda: link)
    monkeypatch.setenv("STUDIOOPS_PG_TOOLS", str(link))
    (found,) = installed_tools()
    assert (found.directory, found.has_tls) == (wheel, False)


def test_real_wheel() -> None:
    place = wheel_programs()
    assert place is not None
    assert os.access(place / "pg_dump", os.X_OK)


@pytest.mark.parametrize(
    ("words", "variable", "asked"),
    [
        ("host=h", "", False),
        ("host=h sslmode=prefer", "", False),
        ("host=h sslmode=disable", "verify-full", False),
        ("host=h sslmode=require", "", True),
        ("host=h sslmode=verify-ca", "", True),
        ("host=h sslmode=verify-full", "", True),
        ("host=h", "require", True),
    ],
)
def test_needs_tls(monkeypatch: pytest.MonkeyPatch, words: str, variable: str, asked: bool) -> None:
    monkeypatch.setenv("PGSSLMODE", variable)
    assert needs_tls(parse_dsn(words)) is asked


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://u:ge%20heim%27%5C@h:5433/d",
        "host=h port=5433 user=u dbname=d password='ge heim\\'\\\\'",
    ],
)
def test_password_goes_by_the_environment(text: str) -> None:
    given, environment = connection_of(parse_dsn(text))
    assert "heim" not in given
    assert "password" not in given
    assert environment["PGPASSWORD"] == SECRET
    words = conninfo_to_dict(given)
    assert {name: words[name] for name in ("host", "port", "user", "dbname")} == {
        "host": "h",
        "port": "5433",
        "user": "u",
        "dbname": "d",
    }


def test_environment_of_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c statement_timeout=1")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("PGPASSFILE", "/somewhere/.pgpass")
    given, environment = connection_of(parse_dsn("host=h dbname=d"))
    assert conninfo_to_dict(given) == {"host": "h", "dbname": "d"}
    assert "PGOPTIONS" not in environment
    assert "PGPASSWORD" not in environment
    assert (environment["LC_ALL"], environment["PGPASSFILE"]) == ("C", "/somewhere/.pgpass")
    assert os.environ["LC_ALL"] == "de_DE.UTF-8"


def test_password_of_a_tls_key() -> None:
    """There is no variable for it, and a command line can be read by all."""
    with pytest.raises(UsageError, match="h/d: pg_dump can be told") as caught:
        connection_of(parse_dsn("host=h dbname=d sslkey=k sslpassword=geheim"))
    assert "geheim" not in f"{caught.value.message} {caught.value.next_step}"
