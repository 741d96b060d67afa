"""The size budgets of the house: files and functions that can be read at night."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[2]
ROOTS = ("include", "dags", "plugins", "config_manager.py")
FILE_MEDIAN, FILE_MOST, DAG_FILE_MOST = 90, 300, 120
FUNCTION_MEDIAN, FUNCTION_P90, FUNCTION_MOST = 9, 30, 50


def sources() -> list[Path]:
    found = [path for name in ROOTS for path in sorted((ROOT / name).rglob("*.py"))]
    return [path for path in found if "migrations/versions" not in path.as_posix()]


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions() -> dict[str, int]:
    """Every function's length without its docstring and decorators, by its place."""
    lengths: dict[str, int] = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                end = node.end_lineno or node.lineno
                first = node.body[0]
                doc = 0
                if ast.get_docstring(node, clean=False) is not None:
                    doc = (first.end_lineno or first.lineno) - first.lineno + 1
                place = f"{path.relative_to(ROOT)}:{node.lineno}:{node.name}"
                lengths[place] = end - node.lineno + 1 - doc
    return lengths


def test_files():
    sizes = {str(path.relative_to(ROOT)): lines(path) for path in sources()}
    assert {name: size for name, size in sizes.items() if size > FILE_MOST} == {}
    written = [size for size in sizes.values() if size > 0]
    assert median(written) <= FILE_MEDIAN


def test_dag_files():
    sizes = {path.name: lines(path) for path in (ROOT / "dags").glob("*.py")}
    assert sizes
    assert {name: size for name, size in sizes.items() if size > DAG_FILE_MOST} == {}


def test_functions():
    lengths = functions()
    assert {place: n for place, n in lengths.items() if n > FUNCTION_MOST} == {}
    assert median(lengths.values()) <= FUNCTION_MEDIAN
    assert quantiles(lengths.values(), n=10)[-1] <= FUNCTION_P90


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_sql_is_plain_ascii():
    """A database in LATIN1 could not even be asked."""
    texts = {path: path.read_text(encoding="utf-8") for path in ROOT.glob("include/**/*.sql")}
    assert texts
    assert [path.name for path, text in texts.items() if not text.isascii()] == []
