"""The tool that puts faults in: a good test notices them, a bad one does not (decision 61)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.places import ROOT

MODULE = '''"""May it leave? At most four, and nothing that was stopped."""

FEWEST = 0


def may_leave(count: int, *, is_stopped: bool) -> bool:
    if is_stopped:
        return False
    return FEWEST < count <= 4
'''
BAD = "from gate import may_leave\n\n\ndef test_it() -> None:\n    may_leave(2, is_stopped=False)\n"
GOOD = """import pytest
from gate import may_leave


@pytest.mark.parametrize(
    ("count", "may"), [(-1, False), (0, False), (1, True), (4, True), (5, False)]
)
def test_it(count: int, may: bool) -> None:
    assert may_leave(count, is_stopped=False) is may
    assert may_leave(count, is_stopped=True) is False
"""


def run(folder: Path, test: str) -> tuple[str, list[dict[str, Any]]]:
    (folder / "gate.py").write_text(MODULE)
    (folder / "test_gate.py").write_text(test)
    report = folder / "report.json"
    variables = {
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT / "tools")]),
        "MUTANTS_MODULE": "gate",
        "MUTANTS_REPORT": str(report),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "mutants.plugin", "-c", os.devnull, "."],
        cwd=folder,
        env={**os.environ, **variables},
        text=True,
        capture_output=True,
        check=False,
    )
    found = json.loads(report.read_text())["mutants"] if report.exists() else []
    return finished.stdout + finished.stderr, found


def test_a_good_test_notices_every_fault(tmp_path: Path) -> None:
    said, found = run(tmp_path, GOOD)
    assert len(found) > 6, said
    assert [each["name"] for each in found if each["survived"]] == []


def test_a_bad_test_lets_faults_live_and_they_are_named(tmp_path: Path) -> None:
    said, found = run(tmp_path, BAD)
    survivors = {(each["line"], each["name"]) for each in found if each["survived"]}
    assert (9, "FEWEST < count <= 4 → FEWEST <= count <= 4") in survivors, said
    assert (9, "4 → 5") in survivors
    assert (3, "0 → 1") in survivors, "what stands outside of the functions, too"
    assert all(each["tests"] == 0 for each in found if each["line"] == 8), "nobody comes by"


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (GOOD.replace("(4, True)", "(4, False)"), "these tests fail without any mutant"),
        ("def test_it() -> None:\n    pass\n", "no test comes by gate.py"),
    ],
)
def test_tests_that_can_judge_nothing_are_refused(tmp_path: Path, test: str, words: str) -> None:
    said, found = run(tmp_path, test)
    assert words in said
    assert found == []
