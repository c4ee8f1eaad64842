"""`make mutants`: put small faults into the pure modules; a fault that no test notices is a defect.

Arguments choose modules by a part of their name. What changes no behaviour stands in
equivalent.toml, each with the reason; a line there that matches nothing any more fails too.
"""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
# module → the tests that answer for it, as pytest's arguments: quick ones, each alone
MODULES = {
    "sources.judging.judge": ("tests/sources/test_judge.py", "tests/sources/test_write_down.py"),
    "outbox.sending.claim": (
        "tests/outbox/test_claim_policy.py",
        "tests/outbox/test_claim.py",
        "tests/outbox/test_budget.py",
        "--deselect=tests/outbox/test_claim.py::test_r10_eight_claimers_take_every_message_once",
    ),
    "company.windows": ("tests/company/test_windows.py", "tests/company/test_quiet_hours.py"),
    "content.formats": ("tests/content/test_formats.py",),
    "contacts.phone": ("tests/contacts/test_phone.py",),
    "outbox.sending.verdict": ("tests/outbox/test_verdict.py",),
    "outbox.sending.retry": ("tests/outbox/test_retry.py",),
}
# `DATABASE_URL` is left out: a child must not speak on a connection of its parent
KEPT_FROM_THEM = {"DATABASE_URL"}
SIDE_BY_SIDE = 2
NOT_HERE = ("no:randomly", "no:xdist", "no:cacheprovider")
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "mutants.plugin"]
PYTEST += [word for name in NOT_HERE for word in ("-p", name)]


def judge(module: str) -> dict[str, Any]:
    """Run one module's tests with each of its mutants."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        own = {
            "PYTHONPATH": str(ROOT / "tools"),
            "HYPOTHESIS_PROFILE": "mutants",
            "EMAILKETING_HOME": str(ROOT / "build" / "mutants" / module),
            "MUTANTS_MODULE": f"emailketing.{module}",
            "MUTANTS_REPORT": str(report),
        }
        finished = subprocess.run(
            [*PYTEST, *MODULES[module]],
            cwd=ROOT,
            env={key: value for key, value in os.environ.items() if key not in KEPT_FROM_THEM}
            | own,
            text=True,
            capture_output=True,
            check=False,
        )
        if not report.exists():
            raise SystemExit(f"{module}: {finished.stdout[-3000:]}{finished.stderr[-3000:]}")
        return dict(json.loads(report.read_text()))


def known(module: str) -> dict[tuple[str, str], str]:
    """What changes no behaviour: (line of the source, mutant) → the reason."""
    entries = tomllib.loads(EQUIVALENT.read_text()).get(module, [])
    return {(entry["line"], entry["mutant"]): entry["reason"] for entry in entries}


def told(module: str) -> tuple[str, list[str]]:
    """Return one line about a module and what is wrong with it."""
    report = judge(module)
    path = ROOT / "src" / "emailketing" / f"{module.replace('.', '/')}.py"
    text = path.read_text().splitlines()
    excused = known(module)
    survivors = {
        (text[each["line"] - 1].strip(), each["name"]): each
        for each in report["mutants"]
        if each["survived"]
    }
    wrong = [
        f"  {path.relative_to(ROOT)}:{each['line']}: {name}"
        + ("" if each["tests"] else " (no test comes by)")
        for (line, name), each in survivors.items()
        if (line, name) not in excused
    ]
    wrong += [
        f"  equivalent.toml: nothing survives there any more: {line}: {name}"
        for line, name in excused.keys() - survivors.keys()
    ]
    counted = f"{len(report['mutants'])} mutants, {len(excused)} change nothing"
    line = f"▸ {module}: {'BAD' if wrong else 'good'} ({counted}; {report['seconds']:.0f} s of CPU)"
    return line, wrong


def main() -> int:
    chosen = [name for name in MODULES if not sys.argv[1:] or any(w in name for w in sys.argv[1:])]
    failed = False
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for line, wrong in pool.map(told, chosen):
            print("\n".join([line, *wrong]), flush=True)
            failed = failed or bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
