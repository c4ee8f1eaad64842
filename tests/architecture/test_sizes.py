"""Small files, small functions: a budget, not a religion. Raise it in a commit of its own."""

import ast
from pathlib import Path

import pytest

from tests.architecture.places import named, python_files

MOST_LINES_IN_A_FILE = 400
MOST_LINES_IN_A_FUNCTION = 50


@pytest.mark.parametrize("path", python_files("src", "tools", "tests"), ids=named)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= MOST_LINES_IN_A_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < MOST_LINES_IN_A_FUNCTION, node.name
