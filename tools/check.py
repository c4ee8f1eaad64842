"""All checks but the tests; each says its name, a failing one its reason. Writes nothing."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
TEXTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
CHECKS = (
    ("layout", "ruff", "format", "--check", "--quiet", "src", "tests", "tools"),
    ("lint", "ruff", "check", "--quiet", "src", "tests", "tools"),
    ("types", "mypy"),
    ("layers", "lint-imports"),
    ("templates", "djlint", "--lint", "--quiet", "src"),
    ("spelling", "codespell", *TEXTS, "docs", "src", "tests", "tools"),
)


def main() -> int:
    """Run every check, also after one failed; return the exit code."""
    failed = []
    for name, tool, *arguments in CHECKS:
        began = time.monotonic()
        there = [word for word in arguments if "." not in word or (ROOT / word).exists()]
        finished = subprocess.run(
            [BIN / tool, *there], cwd=ROOT, text=True, capture_output=True, check=False
        )
        word = "BAD" if finished.returncode else "good"
        print(f"▸ {name}: {word} ({time.monotonic() - began:.1f} s)", flush=True)
        if finished.returncode:
            failed.append(name)
            print(finished.stdout + finished.stderr, flush=True)
    if failed:
        print(f"Checks that failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
