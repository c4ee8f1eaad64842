"""Types say what things are: `Any` only where JSON enters, and nothing else in its place."""

import io
import re
import tokenize
from collections import Counter
from pathlib import Path

from tests.architecture.places import PACKAGE

# lines that use it; none of these may grow, and what shrinks is noted here
MOST = {"Any": 248, "object": 66, "cast": 6, "type: ignore": 24}
IGNORE = re.compile(r"#\s*type:\s*ignore")


def lines_with(path: Path) -> Counter[str]:
    """Count the lines that name each; an import is no use, a quoted annotation is one."""
    found: dict[str, set[int]] = {name: set() for name in MOST}
    imported = False
    for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
        if token.type == tokenize.NEWLINE:
            imported = False
        elif token.type == tokenize.NAME and token.string in {"import", "from"}:
            imported = imported or token.line.lstrip().startswith(("import ", "from "))
        elif token.type == tokenize.COMMENT and IGNORE.search(token.string):
            found["type: ignore"].add(token.start[0])
        elif token.type == tokenize.NAME and token.string in found and not imported:
            found[token.string].add(token.start[0])
        elif token.type == tokenize.STRING and re.fullmatch(
            r'"[\w.]+\[.*\bAny\b.*\]"', token.string
        ):
            found["Any"].add(token.start[0])
    return Counter({name: len(lines) for name, lines in found.items()})


def test_any_stands_only_where_json_enters_and_nothing_takes_its_place() -> None:
    paths = [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]
    total = sum((lines_with(path) for path in paths), Counter[str]())
    assert {name: count for name, count in total.items() if count > MOST[name]} == {}


def test_what_is_counted_is_use(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        "from typing import (\n    Any,\n    cast,\n)\n"
        "# Any of them, object or cast\n"
        'TEXT = "Any of the lines"\n'
        'def one(rows: "QuerySet[Any]", two: object) -> Any:\n'
        "    return cast(Any, rows)  # type: ignore[misc]\n"
    )
    assert lines_with(module) == {"Any": 2, "object": 1, "cast": 1, "type: ignore": 1}
