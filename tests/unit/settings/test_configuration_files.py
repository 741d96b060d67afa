"""The page of settings is the one that ``make docs`` writes."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from studioops.settings.rules import RULES
from studioops.settings.variables import variables

ROOT = Path(__file__).parents[3]


@pytest.fixture
def files():
    spec = spec_from_file_location("configuration_files", ROOT / "docs" / "configuration_files.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_file_is_what_the_command_writes(files):
    for path, text in files.configuration_files().items():
        assert (ROOT / path).read_text(encoding="utf-8") == text, f"{path}: type: make docs"


def test_every_variable_and_rule_stands_in_the_page(files):
    lines = files.configuration_files()["docs/configuration.md"].splitlines()
    names = [one.name for one in variables()] + [rule.__name__ for rule in RULES]
    for name in names:
        assert len([line for line in lines if line.startswith(f"| `{name}` |")]) == 1, name


def test_a_table_s_rows_have_as_many_cells_as_its_head(files):
    head = 0
    for line in files.configuration_files()["docs/configuration.md"].splitlines():
        cells = line.replace("\\|", "").count("|")
        if line.startswith("|---"):
            head = cells
        elif line.startswith("| `"):
            assert cells == head, line


def test_all_four_are_written_anew(files, tmp_path):
    files.write_configuration_files(tmp_path)
    for path, text in files.configuration_files().items():
        assert (tmp_path / path).read_text(encoding="utf-8") == text
