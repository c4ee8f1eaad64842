"""`make release`: build sdist and wheel into dist/, install the wheel alone, play the demo with it.

The version is the newest one of CHANGELOG.md. The wheel is built from the sdist, so that a file
missing there is noticed; the environment has nothing but the wheel and what it asks for, in the
locked versions.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import bootstrap

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
PLACE = ROOT / "build" / "release"
PYTHON = PLACE / "venv" / "bin" / "python"
PORT = "8765"


def run(*command: str | Path, **more: str) -> None:
    """Run a command in the open; leave with its exit code when it fails."""
    words = [str(part) for part in command]
    print(f"▸ {' '.join(words)}", flush=True)
    code = subprocess.run(words, cwd=ROOT, env={**os.environ, **more}, check=False).returncode
    if code:
        raise SystemExit(code)


def built() -> Path:
    """Build both; return the wheel."""
    shutil.rmtree(DIST, ignore_errors=True)
    run(bootstrap.find_uv(), "build", "--quiet", "--out-dir", DIST)
    (wheel,) = DIST.glob("*.whl")
    return wheel


def installed(wheel: Path) -> None:
    """Install the wheel where nothing else is."""
    shutil.rmtree(PLACE, ignore_errors=True)
    uv = bootstrap.find_uv()
    run(uv, "venv", "--quiet", "--python", sys.executable, PYTHON.parents[1])
    locked = ("--constraint", "requirements/product.lock")
    run(uv, "pip", "install", "--quiet", "--python", PYTHON, *locked, wheel)


def main() -> None:
    installed(built())
    run(PYTHON.with_name("emailketing"), "--version")
    run(PYTHON, "tools/demo.py", "--exit", "--port", PORT)
    for made in sorted(DIST.iterdir()):
        if made.suffix in {".whl", ".gz"}:
            print(f"▸ {made.relative_to(ROOT)} ({made.stat().st_size // 1024} KB)")


if __name__ == "__main__":
    main()
