"""All checks but the tests; each says its name, a failing one its reason. Writes nothing."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
CHECKS = (
    ("layout", "ruff", "format", "--check", "--quiet", "src", "tests", "tools"),
    ("lint", "ruff", "check", "--quiet", "src", "tests", "tools"),
    ("types", "mypy"),
    ("layers", "lint-imports"),
    ("templates", "djlint", "--lint", "--quiet", "src"),
    ("spelling", "codespell", "README.md", "ARCHITECTURE.md", "docs", "src", "tests", "tools"),
)


def main() -> None:
    failed = []
    for name, tool, *arguments in CHECKS:
        finished = subprocess.run(
            [BIN / tool, *arguments], cwd=ROOT, text=True, capture_output=True, check=False
        )
        print(f"▸ {name}: {'good' if finished.returncode == 0 else 'BAD'}", flush=True)
        if finished.returncode:
            failed.append(name)
            print(finished.stdout + finished.stderr, flush=True)
    if failed:
        raise SystemExit(f"Checks that failed: {', '.join(failed)}")


if __name__ == "__main__":
    sys.exit(main())
