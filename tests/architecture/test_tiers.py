"""Who may import whom, held by import-linter; and that its list of rooms is complete."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "include" / "studioops"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]


def rooms() -> set[str]:
    found = {path.stem for path in PACKAGE.glob("*.py")} | {
        path.parent.name for path in PACKAGE.glob("*/__init__.py")
    }
    return found - {"__init__"}


def test_every_room_stands_in_the_tiers():
    layers = " ".join(CONTRACTS[0]["layers"]).replace("(", " ").replace(")", " ").replace("|", " ")
    assert rooms() <= set(layers.split())


def test_every_room_but_orchestration_and_api_keeps_out_of_airflow():
    kept_out = {name.removeprefix("studioops.") for name in CONTRACTS[1]["source_modules"]}
    assert rooms() - kept_out == {"orchestration", "api"}


def test_the_tiers_hold():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_command_line_starts_without_airflow_and_heavy_libraries():
    heavy = ("airflow", "pandas", "great_expectations", "openai", "boto3")
    code = f"import sys, studioops.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
