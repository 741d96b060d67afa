"""The lock: from pyproject.toml, with hashes, with no index address, and not stale."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = PROJECT["dependencies"]
DEV = PROJECT["optional-dependencies"]["dev"]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+?))? \\$", re.MULTILINE)


def lock(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for package, version, _ in PIN.findall(lock(name)):
        found.setdefault(canonicalize_name(package), []).append(Version(version))
    return found


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("requirements.txt", RUNTIME), ("requirements-dev.txt", RUNTIME + DEV)],
)
def test_every_dependency_is_pinned_as_pyproject_wants_it(name, wanted):
    pinned = pins(name)
    for text in wanted:
        requirement = Requirement(text)
        versions = pinned.get(canonicalize_name(requirement.name))
        assert versions, f"{name} is stale: it lacks {requirement.name}; run `make lock`"
        for version in versions:
            assert requirement.specifier.contains(version), f"{name} is stale; run `make lock`"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_nothing_is_pinned_that_nobody_asks_for(name):
    """Every pin names who wants it; a direct one must still stand in pyproject.toml."""
    direct = {canonicalize_name(Requirement(text).name) for text in RUNTIME + DEV}
    blocks = re.split(r"\n(?=[A-Za-z0-9])", lock(name))
    for block in blocks:
        match = PIN.match(block)
        if match is None:
            continue
        package = canonicalize_name(match[1])
        assert "# via" in block
        if "studioops-maintenance (pyproject.toml)" in block:
            assert package in direct, f"{name} is stale: {package}; run `make lock`"


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-bench.txt",
        "requirements-uv.txt",
    ],
)
def test_every_pin_has_hashes_and_no_line_names_an_index(name):
    text = lock(name)
    assert "://" not in text
    assert "index" not in re.sub(r"^[a-z0-9._-]+==.*$", "", text, flags=re.MULTILINE)
    blocks = [one for one in re.split(r"\n(?=[A-Za-z0-9])", text) if PIN.match(one)]
    assert blocks
    for block in blocks:
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_dev_lock_holds_the_runtime_lock_unchanged():
    runtime, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: dev.get(name) for name in runtime} == runtime
