"""The sample company knows nothing of the product: no import, no line, no word of it."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "emailketing"
FILES = sorted(
    path for path in (SOURCE / "demo").rglob("*") if path.suffix not in {".pyc", ".png", ""}
)
PYTHON = [path for path in FILES if path.suffix == ".py"]
SHORTEST = 40  # characters: shorter lines are alike by chance


def name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def test_there_is_something_to_look_at() -> None:
    assert {"orders.py", "schema.sql", "orden.html"} <= {path.name for path in FILES}


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_it_imports_nothing_of_the_product_nor_its_frame(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for module in modules:
            assert not module.startswith("django")
            assert not module.startswith("emailketing") or module.startswith("emailketing.demo")


@pytest.mark.parametrize("path", FILES, ids=name)
def test_it_has_no_word_of_the_product(path: Path) -> None:
    text = path.read_text("utf8").replace("emailketing.demo", "")
    assert "emailketing" not in text.lower()
    assert "emk_" not in text


def test_it_shares_no_line_with_the_product() -> None:
    product = {
        line.strip()
        for path in SOURCE.rglob("*.py")
        if "demo" not in path.relative_to(SOURCE).parts
        for line in path.read_text("utf8").splitlines()
    }
    own = {
        line.strip()
        for path in PYTHON
        for line in path.read_text("utf8").splitlines()
        if len(line.strip()) >= SHORTEST and not line.startswith(("import ", "from "))
    }
    assert own & product == set()
