"""A kind of business database is named in its own folder and nowhere else."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from emailketing.sources.dialects.registry import dialects
from tests.architecture.places import PACKAGE

OWN = PACKAGE / "sources" / "dialects"
# our own database is SQLite or PostgreSQL too, and what a report has read lies in files of SQLite
OUR_DATABASE = {
    "common/env.py",
    "common/own_database.py",
    "common/own_dialect.py",
    "config/settings.py",
    "content/sheet/kept.py",
    "search/find.py",
    "search/tables.py",
}
ELSEWHERE = ("demo/", "locale/", "manual/")


def test_no_file_outside_names_a_dialect() -> None:
    """Whoever has to know more asks the dialect how it behaves (thirteen files, once)."""
    assert sorted(set(_naming(dialects()))) == []


def test_the_test_would_find_one() -> None:
    assert OUR_DATABASE - set(_naming(dialects(), OUR_DATABASE)) == set()


def _naming(names: Iterable[str], among: set[str] | None = None) -> list[str]:
    words = re.compile("|".join(["sqlite", "postgres", *map(re.escape, names)]), re.IGNORECASE)
    found = []
    for path in sorted(PACKAGE.rglob("*")):
        place = str(path.relative_to(PACKAGE))
        if path.suffix not in {".py", ".html", ".js", ".txt"} or OWN in path.parents:
            continue
        if place.startswith(ELSEWHERE) or "migrations" in path.parts:
            continue
        if (place in among) if among is not None else (place not in OUR_DATABASE):
            found += [place for said in _said(path) if words.search(said)]
    return found


def _said(path: Path) -> Iterator[str]:
    """Names and texts of code; comments and docstrings may explain by example."""
    if path.suffix != ".py":
        yield path.read_text()
        return
    tree = ast.parse(path.read_text())
    explained = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in explained:
                yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
