"""`make test`: start the far sides, check, run every test, on SQLite and then on PostgreSQL.

Arguments go to pytest and skip the checks: `make test ARGS="-k outbox"`.
"""

import os
import subprocess
import sys
from pathlib import Path

import check
import lab

ROOT = Path(__file__).resolve().parent.parent
PYTEST = [sys.executable, "-m", "pytest"]
# what claims, locks, migrates or captures runs again with PostgreSQL as our own database
ON_POSTGRES = [
    folder
    for folder in ("company", "events", "outbox", "triggers", "sources/pull", "journeys")
    if (ROOT / "tests" / folder).is_dir()
]


def pytest(arguments: list[str], variables: dict[str, str]) -> int:
    return subprocess.run(
        [*PYTEST, *arguments], cwd=ROOT, env={**os.environ, **variables}, check=False
    ).returncode


def main() -> int:
    arguments = sys.argv[1:]
    if not arguments:
        check.main()
    variables = lab.start(with_tryton=not arguments or "tryton" in " ".join(arguments))
    try:
        code = 0
        server = variables.get("EMAILKETING_TEST_POSTGRES")
        if not arguments and server:
            print("▸ tests with PostgreSQL as our own database", flush=True)
            own = {**variables, "DATABASE_URL": server.removesuffix("postgres") + "emailketing"}
            code = pytest(["-q", *(f"tests/{folder}" for folder in ON_POSTGRES)], own)
        print("▸ all tests, SQLite as our own database", flush=True)
        return pytest(["-q", *arguments], variables) or code
    finally:
        lab.stop()


if __name__ == "__main__":
    raise SystemExit(main())
