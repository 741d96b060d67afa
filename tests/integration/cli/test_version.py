"""``studioops --version``."""

from __future__ import annotations

from importlib.metadata import version


def test_it_is_the_installed_package_s(studioops):
    answer = studioops("--version")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"studioops {version('studioops-maintenance')}\n"


def test_it_is_told_of_in_the_help(studioops):
    answer = studioops("--help")
    assert answer.code == 0
    assert "Maintenance for PostgreSQL applications" in answer.out
    assert "--version" in answer.out
