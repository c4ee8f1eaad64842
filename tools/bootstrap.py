"""Make `.venv` from nothing but python3: get uv, install the locked packages, compile them.

Run by the Makefile; quick when nothing changed. Standard library only.

usage: bootstrap.py [product | dev]
"""

from __future__ import annotations  # an older Python must come as far as the sentence below

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# once, here: where Python may not write beside what it reads, every process would do it anew
COMPILED = "--compile-bytecode"


def say(text: str) -> None:
    print(f"▸ {text}", flush=True)


def run(*command: str | Path, **more: str) -> bool:
    """Run a command; say whether it ended well. What it prints is shown only when it fails."""
    finished = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **more},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if finished.returncode:
        sys.stderr.write(finished.stdout[-2000:])
    return finished.returncode == 0


def uv_by_pip(*pip: str | Path) -> Path | None:
    """Install uv beside the project with this pip, leaving the system alone."""
    if run(*pip, "install", "--quiet", "--target", TOOLS / "uv", "uv"):
        return TOOLS / "uv" / "bin" / "uv"
    return None


def pip_of_debian() -> Path | None:
    """Fetch Debian's own pip wheel without root (apt-get download needs none)."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return None
    say("fetching pip as a Debian package")
    folder = TOOLS / "apt"
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    own = ["-o", f"Dir::State::lists={folder}/lists", "-o", f"Dir::Cache={folder}/cache"]
    if os.geteuid() == 0:
        own += ["-o", "APT::Sandbox::User=root"]  # apt's own user may not enter our folder
    run("apt-get", *own, "update", "-qq")
    command = ["apt-get", *own, "download", "-qq", "python3-pip-whl"]
    subprocess.run(command, cwd=folder, check=False)
    for package in folder.glob("python3-pip-whl*.deb"):
        run("dpkg-deb", "-x", package, folder / "root")
    return next((folder / "root").rglob("pip-*.whl"), None)


def find_uv() -> Path:
    found = shutil.which("uv")
    if found:
        return Path(found)
    own = TOOLS / "uv" / "bin" / "uv"
    if own.exists():
        return own
    say("fetching uv, the package installer")
    uv: Path | None = None
    if find_spec("pip"):
        uv = uv_by_pip(sys.executable, "-m", "pip")
    elif find_spec("ensurepip"):
        if run(sys.executable, "-m", "venv", TOOLS / "pip"):
            uv = uv_by_pip(TOOLS / "pip" / "bin" / "pip")
    else:
        wheel = pip_of_debian()
        uv = uv_by_pip(sys.executable, wheel / "pip") if wheel else None
    if uv is None or not uv.exists():
        raise SystemExit(
            "uv could not be fetched: install it (or python3-pip) and check that this machine "
            "reaches a Python package index."
        )
    return uv


def fingerprint(kind: str) -> str:
    """Hash what the environment is made from, and how."""
    digest = hashlib.sha256(f"{sys.version} {COMPILED}".encode())
    for path in (ROOT / "requirements" / f"{kind}.lock", ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def install(kind: str) -> None:
    stamp = VENV / f"emailketing-{kind}.stamp"
    wanted = fingerprint(kind)
    if (VENV / "emailketing-dev.stamp").exists() and kind == "product":
        kind, stamp, wanted = "dev", VENV / "emailketing-dev.stamp", fingerprint("dev")
    if stamp.exists() and stamp.read_text() == wanted:
        return
    uv = find_uv()
    if not PYTHON.exists():
        say("making the environment .venv")
        if not run(uv, "venv", "--quiet", "--python", sys.executable, VENV):
            raise SystemExit("The environment .venv could not be made; the reason is above.")
    say(f"installing the locked packages ({kind})")
    target = {"VIRTUAL_ENV": str(VENV)}
    sync = (uv, "pip", "sync", "--quiet", COMPILED, f"requirements/{kind}.lock")
    done = run(*sync, **target) and run(
        uv, "pip", "install", "--quiet", "--no-deps", "--editable", ".", **target
    )
    if not done:
        raise SystemExit("The packages could not be installed; the reason is above.")
    stamp.write_text(wanted)


def compile_sources() -> None:
    """Compile our own modules, those that changed; one that cannot be is for its reader to say."""
    run(PYTHON, "-m", "compileall", "-q", "-j", "0", "src")


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - said here, where an older one still runs
        raise SystemExit("eMailketing needs Python 3.11 or newer.")
    install(sys.argv[1] if len(sys.argv) > 1 else "dev")
    compile_sources()
    subprocess.run([PYTHON, ROOT / "tools" / "compile_messages.py"], check=True)


if __name__ == "__main__":
    main()
