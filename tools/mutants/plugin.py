"""A pytest plugin: run the chosen tests once, then again for every mutant of one module.

Each mutant lives in a child of its own, forked after the tests' databases were made, and runs
only the tests that pass by its line. Options come by environment: MUTANTS_MODULE (dotted name),
MUTANTS_REPORT (a file: JSON).
"""

import ast
import importlib
import json
import os
import re
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from mutants.operators import Mutant, mutants

SECONDS_OF_CPU = 20  # a fault that never ends is noticed too
Lines = dict[int, list[pytest.Item]]


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Take the place of pytest's own loop."""
    module = importlib.import_module(os.environ["MUTANTS_MODULE"])
    lines, failed = _first_round(session, module)
    if failed:
        raise pytest.UsageError(f"these tests fail without any mutant: {', '.join(failed)}")
    results = list(_judge_all(session, module, lines))
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(each.ru_utime + each.ru_stime for each in used)
    report = {"mutants": results, "seconds": seconds}
    Path(os.environ["MUTANTS_REPORT"]).write_text(json.dumps(report))
    return True


def _first_round(session: pytest.Session, module: ModuleType) -> tuple[Lines, list[str]]:
    """Run every test once; note which lines of the module each passes by, the quickest first."""
    seconds: dict[pytest.Item, float] = {}
    passed_by: dict[int, list[pytest.Item]] = defaultdict(list)
    failed = []
    for index, item in enumerate(session.items):
        began = time.perf_counter()
        with _lines_of(module) as seen:
            reports = runtestprotocol(item, nextitem=_next(session.items, index), log=False)
        seconds[item] = time.perf_counter() - began
        if any(report.failed for report in reports):
            failed.append(item.nodeid)
        for line in seen:
            passed_by[line].append(item)
    for items in passed_by.values():
        items.sort(key=seconds.__getitem__)
    return passed_by, failed


def _next(items: list[pytest.Item], index: int) -> pytest.Item:
    """The test after this one, the first after the last: what the session made stays."""
    return items[(index + 1) % len(items)]


@contextmanager
def _lines_of(module: ModuleType) -> Iterator[set[int]]:
    """Note the lines of one module that are run meanwhile."""
    seen: set[int] = set()
    path = module.__file__

    def by_line(frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line":
            seen.add(frame.f_lineno)
        return by_line

    def by_call(frame: FrameType, _event: str, _argument: Any) -> Any:
        if frame.f_code.co_filename != path:
            return None
        seen.add(frame.f_lineno)
        return by_line

    sys.settrace(by_call)
    try:
        yield seen
    finally:
        sys.settrace(None)


def _judge_all(
    session: pytest.Session, module: ModuleType, lines: Lines
) -> Iterator[dict[str, Any]]:
    path = Path(str(module.__file__))
    tree = ast.parse(path.read_text())
    spans = _statements(tree)
    everything = sorted(
        {item for items in lines.values() for item in items}, key=session.items.index
    )
    if not everything:
        raise pytest.UsageError(f"no test comes by {path.name}")
    if not _survives(session, module, compile(tree, str(path), "exec"), everything):
        raise pytest.UsageError("the tests notice a mutant where there is none")
    for mutant in list(mutants(tree)):
        items = _passing(mutant, spans, lines) or (
            everything if not _is_in_function(tree, mutant.line) else []
        )
        take_back = mutant.put_in()
        code = compile(tree, str(path), "exec")
        take_back()
        survived = not items or _survives(session, module, code, items)
        yield {"line": mutant.line, "name": mutant.name, "survived": survived, "tests": len(items)}


def _passing(mutant: Mutant, spans: dict[int, range], lines: Lines) -> list[pytest.Item]:
    """The tests that pass by the statement of a mutant."""
    found: dict[pytest.Item, None] = {}
    for line in spans.get(mutant.line, range(mutant.line, mutant.line + 1)):
        found.update(dict.fromkeys(lines.get(line, ())))
    return list(found)


def _statements(tree: ast.Module) -> dict[int, range]:
    """For each line the lines of the simple statement or the head it belongs to."""
    spans: dict[int, range] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if body else node.end_lineno
            own = range(node.lineno, max(node.lineno, end or 0) + 1)
            for line in own:
                if line not in spans or len(own) < len(spans[line]):
                    spans[line] = own
    return spans


def _is_in_function(tree: ast.Module, line: int) -> bool:
    return any(
        isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
        for node in ast.walk(tree)
    )


def _survives(
    session: pytest.Session, module: ModuleType, code: CodeType, items: list[pytest.Item]
) -> bool:
    """Whether every one of these tests passes with the mutant, in a child that may die."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os._exit(_in_child(session, module, code, items))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _in_child(
    session: pytest.Session, module: ModuleType, code: CodeType, items: list[pytest.Item]
) -> int:
    try:
        used = int(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (used + SECONDS_OF_CPU, used + SECONDS_OF_CPU + 1))
        _exchange(module, code)
        session._setupstate.teardown_exact(items[0])
        for index, item in enumerate(items):
            reports = runtestprotocol(item, nextitem=_next(items, index), log=False)
            if any(report.failed for report in reports):
                return 1
    except BaseException:  # noqa: BLE001 - whatever it is, the mutant was noticed
        return 1
    return 0


def _exchange(module: ModuleType, code: CodeType) -> None:
    """Put the mutated code under the functions that everybody holds already."""
    fresh: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    exec(code, fresh)  # noqa: S102 - our own module with one change
    for name, value in fresh.items():
        held = vars(module).get(name)
        _forget(held)
        if isinstance(value, type) and isinstance(held, type):
            _exchange_methods(held, value)
        elif not _exchange_function(held, value) and _is_other_value(held, value):
            setattr(module, name, value)


def _exchange_methods(held: type, fresh: type) -> None:
    if held.__module__ != fresh.__module__:
        return
    for name, value in vars(fresh).items():
        old = vars(held).get(name)
        if isinstance(_plain(old), FunctionType) and not _exchange_function(old, value):
            setattr(held, name, value)  # what a dataclass made, with other names around it


def _exchange_function(held: Any, fresh: Any) -> bool:
    """Exchange the code below a function or method; whether it could be done."""
    old, new = _plain(held), _plain(fresh)
    if not isinstance(old, FunctionType) or not isinstance(new, FunctionType):
        return False
    if old.__code__.co_freevars != new.__code__.co_freevars:
        return False
    old.__code__ = new.__code__
    old.__defaults__ = _of_ours(old.__defaults__, new.__defaults__)
    old.__kwdefaults__ = _of_ours(old.__kwdefaults__, new.__kwdefaults__)
    return True


def _of_ours(held: Any, fresh: Any) -> Any:
    """The defaults of the mutant, unless they only look different: classes made a second time."""
    return fresh if _is_other_value(held, fresh) else held


def _is_other_value(held: Any, fresh: Any) -> bool:
    held_says, fresh_says = _says(held), _says(fresh)
    return type(held) is type(fresh) and held_says != fresh_says and " at 0x" not in fresh_says


def _says(value: Any) -> str:
    """How a value is written out; a long pattern would be cut."""
    return f"{value.pattern} {value.flags}" if isinstance(value, re.Pattern) else repr(value)


def _forget(held: Any) -> None:
    """A result that was kept before the mutant came would hide it."""
    clear = getattr(held, "cache_clear", None)
    if clear:
        clear()


def _plain(value: Any) -> Any:
    """The function below decorators, properties, class and static methods."""
    for name in ("fget", "__func__", "__wrapped__", "func"):
        value = getattr(value, name, None) or value
    return value
