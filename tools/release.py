"""`make release`: build sdist and wheel into dist/, install the wheel, play the demo with it.

The version is the newest one of CHANGELOG.md. The wheel is built from the sdist, so that a file
missing there is noticed; the environment has nothing but the wheel and what it asks for, in the
locked versions. The sample company is no part of the wheel: it is taken out of the sdist, with
the tools that play its day, and laid beside the installed product.
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
COMPANY = "emailketing/demo"
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


def company_beside() -> Path:
    """Unpack the sdist and lay its sample company beside the product; return where it lies."""
    (archive,) = DIST.glob("*.tar.gz")
    (PLACE / "sdist").mkdir()
    run("tar", "-xzf", archive, "-C", PLACE / "sdist")
    (source,) = (PLACE / "sdist").iterdir()
    (product,) = PYTHON.parents[1].glob("lib/python*/site-packages/emailketing")
    beside = product.parent / COMPANY
    if beside.exists():
        raise SystemExit(f"{COMPANY} lies in the wheel: it is no part of the product")
    shutil.copytree(source / "src" / COMPANY, beside)
    return source


def main() -> None:
    installed(built())
    run(PYTHON.with_name("emailketing"), "--version")
    run(PYTHON, company_beside() / "tools/demo.py", "--exit", "--port", PORT)
    for made in sorted(DIST.iterdir()):
        if made.suffix in {".whl", ".gz"}:
            print(f"▸ {made.relative_to(ROOT)} ({made.stat().st_size // 1024} KB)")


if __name__ == "__main__":
    main()
