"""The page that lists the checks is the one that the command writes."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from studioops.checks import all_checks

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def check_list():
    spec = spec_from_file_location("check_list", DOCS / "check_list.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_command_writes(check_list):
    written = check_list.PAGE.read_text(encoding="utf-8")
    assert written == check_list.check_list(), "type: make docs"


def test_each_check_stands_in_its_room_with_question_and_severity(check_list):
    rooms = {part.partition("\n")[0]: part for part in check_list.check_list().split("\n## ")[1:]}
    assert list(rooms) == ["references", "indexes", "tables", "server"]
    for check in all_checks():
        line = f"| [{check.name}]({check.name}.md) | {check.severity} | {check.question} |"
        assert line in rooms[check.group].splitlines()


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.name)
def test_each_page_has_the_check_s_room_and_severity(check):
    text = (DOCS / "checks" / f"{check.name}.md").read_text(encoding="utf-8")
    assert f"Room: {check.group}. Severity: {check.severity}" in text


def test_the_command_writes_it_anew(check_list, monkeypatch, tmp_path):
    monkeypatch.setattr(check_list, "PAGE", tmp_path / "README.md")
    check_list.write_check_list()
    assert check_list.PAGE.read_text(encoding="utf-8") == check_list.check_list()
