"""The size budget: small files, small functions, small templates."""

import ast
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.architecture.house import ROOT, parsed, source_files, template_files

FILE_MEDIAN, FILE_P90, FILE_MOST = 100, 250, 400
FUNCTION_MEDIAN, FUNCTION_P90, FUNCTION_MOST = 10, 30, 60
TEMPLATE_MOST = 250


def line_count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def function_sizes(paths: list[Path]) -> dict[str, int]:
    return {
        f"{path.name}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in paths
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def too_big(sizes: dict[str, int], most: int) -> dict[str, int]:
    return {name: size for name, size in sizes.items() if size > most}


def ninth_tenth(sizes: list[int]) -> float:
    return quantiles(sizes, n=10)[-1]


def test_source_files_keep_the_size_budget():
    sizes = {str(path.relative_to(ROOT)): line_count(path) for path in source_files()}

    assert too_big(sizes, FILE_MOST) == {}
    assert median(sizes.values()) <= FILE_MEDIAN
    assert ninth_tenth(list(sizes.values())) <= FILE_P90


def test_test_files_are_not_longer_than_400_lines():
    sizes = {str(path.relative_to(ROOT)): line_count(path) for path in ROOT.glob("tests/**/*.py")}

    assert too_big(sizes, FILE_MOST) == {}


def test_functions_keep_the_size_budget():
    sizes = function_sizes(source_files())

    assert too_big(sizes, FUNCTION_MOST) == {}
    assert median(sizes.values()) <= FUNCTION_MEDIAN
    assert ninth_tenth(list(sizes.values())) <= FUNCTION_P90


def test_templates_are_not_longer_than_250_lines():
    sizes = {str(path.relative_to(ROOT)): line_count(path) for path in template_files()}

    assert too_big(sizes, TEMPLATE_MOST) == {}


@pytest.mark.parametrize(("lines", "found"), [(60, False), (61, True)])
def test_a_planted_long_function_is_found(tmp_path, lines, found):
    planted = tmp_path / "planted.py"
    planted.write_text("def long():\n" + "    x = 1\n" * (lines - 1))

    assert bool(too_big(function_sizes([planted]), FUNCTION_MOST)) is found
