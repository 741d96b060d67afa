"""Lint: each revision by itself as SQL, judged by squawk, with what its file says to that."""

from studioops.migrations.lint.lint import lint
from studioops.migrations.lint.model import Linted, LintFinding

__all__ = ["LintFinding", "Linted", "lint"]
