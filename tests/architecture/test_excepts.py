"""An error in the program is no fault of the data: who catches everything is named here (78)."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.places import PACKAGE, python_files

EVERYTHING = {"Exception", "BaseException"}
# what Python raises of itself, also where the mistake is ours
OF_A_MISTAKE = {
    *("ArithmeticError", "AssertionError", "AttributeError", "IndexError", "KeyError"),
    *("LookupError", "NameError", "OverflowError", "RecursionError", "RuntimeError"),
    *("TypeError", "UnicodeError", "ValueError", "ZeroDivisionError"),
}
MANY = 3  # two are often one fault: JSON that is none, or goes too deep
# the outermost boundary of something that must go on, by file
OUTERMOST = {
    "book.py": "a step of the worker; its error is a row that people see",
    "engine.py": "a chore of the sending engine",
    "loop.py": "keeping house must not keep mail from leaving",
    "destination.py": "one connection of many; the lease of its message runs out",
    "read_mailboxes.py": "a mail of a stranger: it is noted, and the next one is read (R26)",
    "reporting.py": "one run must not keep the others from theirs",
    "receive.py": "the sender is told to try again",
}
# what is tried there is not ours: whatever it raises, one sentence says what is wrong
FOREIGN = {
    "capture.py": "a row of our table in the business database, which anybody may write",
    "http_template.py": "a request that somebody wrote as a template",
    "link.py": "a driver and the values it has no word for",
    "mail.py": "the parser of mails in Python",
    "read.py": "the same, while rows are read for long",
    "render.py": "a filter in a template, given what it cannot take",
    "said.py": "a sentence kept by another version",
    "turn.py": "a file of ours that somebody may have written in",
    "words.py": "names of models and fields noted by another version",
}
Handler = tuple[Path, set[str]]


def _names(node: ast.expr | None, known: dict[str, list[ast.expr]]) -> set[str]:
    """Return what is caught, constants such as `FAILS` taken apart."""
    if node is None:
        return {"BaseException"}
    if isinstance(node, ast.Tuple):
        return {name for one in node.elts for name in _names(one, known)}
    if isinstance(node, ast.Starred):
        return _names(node.value, known)
    if isinstance(node, ast.Attribute):
        return {node.attr}
    if isinstance(node, ast.Name):
        return {node.id, *(name for one in known.get(node.id, []) for name in _names(one, known))}
    return set()


def _constants(trees: dict[Path, ast.Module]) -> dict[str, list[ast.expr]]:
    known: dict[str, list[ast.expr]] = {}
    for tree in trees.values():
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        known.setdefault(target.id, []).append(node.value)
    return known


def _handlers(trees: dict[Path, ast.Module]) -> Iterator[Handler]:
    """Yield what is caught and not raised again, with `except` or `suppress`."""
    known = _constants(trees)
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and not _goes_on(node, known):
                yield path, _names(node.type, known)
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "suppress":
                yield path, {name for one in node.args for name in _names(one, known)}


def _goes_on(node: ast.ExceptHandler, known: dict[str, list[ast.expr]]) -> bool:
    """Whether it only looks: what is raised again as a named error was caught all the same."""
    last = node.body[-1]
    return isinstance(last, ast.Raise) and (
        last.exc is None or bool(_names(node.type, known) & EVERYTHING)
    )


@cache
def _trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text()) for path in python_files(str(PACKAGE))}


def test_everything_is_caught_at_the_outermost_boundaries_only() -> None:
    found = {path.name for path, caught in _handlers(_trees()) if caught & EVERYTHING}
    assert found == OUTERMOST.keys()


def test_nobody_catches_many_of_pythons_own_errors_over_code_of_ours() -> None:
    found = {
        path.name for path, caught in _handlers(_trees()) if len(caught & OF_A_MISTAKE) >= MANY
    }
    assert found == FOREIGN.keys()


def test_one_context_of_ours_takes_an_error_away() -> None:
    """What a `with` swallows no `except` shows."""
    found = {
        path.name
        for path, tree in _trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name in {"__exit__", "__aexit__"}
        and ast.unparse(node.returns or ast.Constant("")) != "None"
    }
    assert found == {"boundary.py"}


def test_what_is_caught_is_seen_through_constants_and_suppress() -> None:
    code = """
BAD = (TypeError, ValueError, LookupError)
try:
    pass
except (OSError, *BAD):
    pass
with suppress(*BAD):
    pass
try:
    pass
except Exception:
    raise
except:
    pass
"""
    caught = [found for _path, found in _handlers({Path("x.py"): ast.parse(code)})]
    assert [len(found & OF_A_MISTAKE) for found in caught].count(MANY) == 2
    assert [bool(found & EVERYTHING) for found in caught].count(True) == 1
