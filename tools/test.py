"""`make test`: check, start the far sides, run every test; then some again on PostgreSQL.

The first round has SQLite as our own database. What claims, locks, migrates or captures runs a
second time with PostgreSQL as our own database, without what cannot differ there
(tests/conftest.py), unless the first round failed: what failed stands in the last lines. The
journeys bring a database of each kind along: they run once. Each round says what each part took.
Arguments go to pytest and leave out checks and the second round: `make test ARGS="-k outbox"`.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import check
import lab
from mutants import run as mutants

ROOT = Path(__file__).resolve().parent.parent
PYTEST = (sys.executable, "-m", "pytest", "-q", "--durations=15", "--durations-min=1")
SIDE_BY_SIDE = ("-n", "3", "--dist", "loadgroup")  # which takes what: tests/scheduling.py
ON_POSTGRES = (
    "company",
    "events",
    "outbox",
    "preferences",
    "search",
    "triggers",
    "sources/test_pull_events.py",
    "worker",
)


def say(text: str) -> None:
    print(f"▸ {text}", flush=True)


def pytest(arguments: list[str], variables: dict[str, str]) -> int:
    """Run pytest; its own last lines are the last ones printed. No test run is a failure too."""
    home = {"EMAILKETING_HOME": str(ROOT / "build" / "test")}
    home["EMAILKETING_TEST_CHROMIUM"] = ""  # unless the lab found one that can be driven
    finished = subprocess.run(
        [*PYTEST, *arguments], cwd=ROOT, env={**os.environ, **home, **variables}, check=False
    )
    return finished.returncode


def both_rounds(variables: dict[str, str]) -> int:
    say("tests with SQLite as our own database")
    code = pytest([*SIDE_BY_SIDE], variables)
    server = variables.get("EMAILKETING_TEST_POSTGRES")
    if code or not server:
        return code
    say("tests with PostgreSQL as our own database")
    folders = [f"tests/{name}" for name in ON_POSTGRES if (ROOT / "tests" / name).exists()]
    own = server.rsplit("/", 1)[0] + "/emailketing"
    more = {"DATABASE_URL": own, "EMAILKETING_TEST_SECOND_ROUND": "yes"}
    return pytest([*SIDE_BY_SIDE, *folders], {**variables, **more})


def main() -> int:
    began = time.monotonic()
    arguments = sys.argv[1:]
    with_tryton = not arguments or "tryton" in " ".join(arguments)
    with ThreadPoolExecutor(1) as beside:  # building Tryton takes as long as checking
        starting = beside.submit(lab.start, with_tryton=with_tryton)
        failed = not arguments and check.main()
        variables = starting.result()
    say(f"checked, and the far sides run, after {time.monotonic() - began:.0f} s")
    try:
        if failed:
            return 1
        if arguments:
            return pytest(arguments, variables)
        return both_rounds(variables) or mutants.main()
    finally:
        lab.stop()


if __name__ == "__main__":
    raise SystemExit(main())
