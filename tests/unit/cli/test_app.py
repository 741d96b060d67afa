"""A call loads what it asks for, and whatever is asked for is there."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.main import get_command

from studioops.cli.app import MODULES, command_line

SAYS_WHAT_IS_LOADED = """
import sys
from studioops.cli.app import command_line
command_line({words})
print(*sorted(one for one in sys.modules if one.startswith("studioops.")))
"""


def commands(*words: str) -> set[str]:
    return set(get_command(command_line(words)).commands)


def loaded(*words: str) -> set[str]:
    code = SAYS_WHAT_IS_LOADED.format(words=words)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_whole_has_every_command_in_the_order_of_its_help():
    assert list(get_command(command_line()).commands) == list(MODULES)


@pytest.mark.parametrize("word", MODULES)
def test_each_word_loads_its_command(word):
    assert word in commands(word, "--help")


@pytest.mark.parametrize("words", [(), ("--help",), ("--version",), ("scna", "--json")])
def test_what_names_no_command_has_them_all_to_suggest(words):
    assert commands(*words) == set(MODULES)


def test_a_scan_loads_neither_backups_nor_migrations():
    rooms = {name.split(".")[1] for name in loaded("scan", "--json")}
    assert "integrity" in rooms
    assert not rooms & {"backups", "migrations", "local"}
