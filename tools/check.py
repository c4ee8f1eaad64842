"""All checks but the tests; each says its name, a failing one its reason. Writes nothing."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
TEXTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
CHECKS = (
    ("types", "mypy"),  # takes longer than all others: they run beside it
    ("layout", "ruff", "format", "--check", "--quiet", "src", "tests", "tools"),
    ("lint", "ruff", "check", "--quiet", "src", "tests", "tools"),
    ("layers", "lint-imports"),
    ("templates", "djlint", "--lint", "--quiet", "src"),
    ("spelling", "codespell", *TEXTS, "docs", "src", "tests", "tools"),
)


def check(name: str, tool: str, *arguments: str) -> str:
    """Run one; return its name where it failed."""
    began = time.monotonic()
    there = [word for word in arguments if "." not in word or (ROOT / word).exists()]
    finished = subprocess.run(
        [BIN / tool, *there], cwd=ROOT, text=True, capture_output=True, check=False
    )
    word = "BAD" if finished.returncode else "good"
    said = finished.stdout + finished.stderr if finished.returncode else ""
    print(f"▸ {name}: {word} ({time.monotonic() - began:.1f} s)\n{said}", end="", flush=True)
    return name if finished.returncode else ""


def main() -> int:
    """Run every check, also after one failed, two at a time; return the exit code."""
    with ThreadPoolExecutor(2) as beside:
        failed = [name for name in beside.map(lambda each: check(*each), CHECKS) if name]
    if failed:
        print(f"Checks that failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
