"""The real far sides of the tests, private to this folder: PostgreSQL, Chromium, smtp-sink.

usage: lab.py start [tryton] | stop | env | status

What is missing is installed by apt when we are root; otherwise it is named with the way to get it,
and the tests that need it are skipped by name. A real Tryton (lab_tryton.py) is built when asked
for, which takes two minutes the first time, and used when it is there.
"""

import ctypes
import hashlib
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import lab_memory
import lab_tryton

ROOT = Path(__file__).resolve().parent.parent
LAB = ROOT / ".lab"
STATE = LAB / "state.json"
CHECKOUT = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
FAKE_CENTRE = Path("/usr/lib/kannel/test/fakesmsc")
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
PACKAGES = {
    "PostgreSQL": ("postgresql", lambda: bool(postgres_bin())),
    "Chromium": ("chromium", lambda: bool(shutil.which("chromium"))),
    "libatomic": ("libatomic1", lambda: has_libatomic()),
    "smtp-sink": ("postfix", lambda: bool(find_sink())),
    "Kannel": ("kannel", lambda: bool(shutil.which("smsbox", path="/usr/sbin:/usr/bin"))),
    "Kannel's fake centre": ("kannel-extras", lambda: FAKE_CENTRE.exists()),
    "Dovecot": ("dovecot-imapd dovecot-pop3d", lambda: has_dovecot()),
    "gammu-smsd": ("gammu-smsd", lambda: bool(shutil.which("gammu-smsd"))),
    "a font besides ours": ("fonts-dejavu-core", lambda: FONT.exists()),
    "pdftoppm": ("poppler-utils", lambda: bool(shutil.which("pdftoppm"))),
}


def say(text: str) -> None:
    print(f"▸ {text}", file=sys.stderr, flush=True)


def postgres_bin() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def has_libatomic() -> bool:
    """Playwright, which drives Chromium, needs this library; a minimal Debian lacks it."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def find_chromium() -> str | None:
    return shutil.which("chromium") if has_libatomic() else None


def find_sink() -> str | None:
    return shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def has_dovecot() -> bool:
    return all(Path("/usr/lib/dovecot", name).exists() for name in ("imap", "pop3"))


def install_missing() -> None:
    missing: dict[str, str] = {}
    check: Callable[[], bool]
    for name, (package, check) in PACKAGES.items():
        if not check():
            missing[name] = package
    if not missing:
        return
    names = " ".join(missing.values())
    if os.geteuid() or not shutil.which("apt-get"):
        say(f"missing: {', '.join(missing)}; their tests are skipped (apt-get install {names})")
        return
    say(f"installing {names}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
    with (LAB / "apt.log").open("w") as log:
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names.split()],
            env=quiet,
            stdout=log,
            stderr=log,
            check=False,
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_server_user(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run as an ordinary user: PostgreSQL refuses to be root's."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", *words]
    return subprocess.run(words, cwd="/", text=True, capture_output=True, check=False)


def in_memory() -> Path | None:
    return lab_memory.place(CHECKOUT)


def data_folder() -> Path:
    if memory := in_memory():
        return memory / "server" / "pg"
    if os.geteuid():
        return LAB / "pg"
    # root's own folders may be closed to the server's user; one folder per checkout
    return Path(f"/var/tmp/emailketing-lab-{CHECKOUT}/pg")  # noqa: S108


def start_postgres() -> str | None:
    folder_of_binaries = postgres_bin()
    if folder_of_binaries is None:
        return None
    data = data_folder()
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)
        data.parent.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(data.parent, user.pw_uid, user.pw_gid)
        say("making a private PostgreSQL")
        made = as_server_user(
            folder_of_binaries / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        if made.returncode:
            say(f"PostgreSQL could not be made: {made.stderr.strip()[-300:]}")
            return None
    port = free_port()
    options = f"-p {port} -k {data.parent} -c listen_addresses=127.0.0.1 -c max_connections=200"
    as_server_user(folder_of_binaries / "pg_ctl", "-D", data, "-m", "fast", "stop")
    started = as_server_user(
        folder_of_binaries / "pg_ctl",
        "-D",
        data,
        "-o",
        options,
        "-l",
        data.parent / "pg.log",
        "-w",
        "start",
    )
    if started.returncode:
        say(f"PostgreSQL does not start: {(started.stdout + started.stderr).strip()[-300:]}")
        return None
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


def start(*, with_tryton: bool) -> dict[str, str]:
    LAB.mkdir(exist_ok=True)
    install_missing()
    memory = in_memory()
    found = {
        "TMPDIR": str(lab_memory.folder_for_tests(memory)) if memory else None,
        "EMAILKETING_TEST_POSTGRES": start_postgres(),
        "EMAILKETING_TEST_CHROMIUM": find_chromium(),
        "EMAILKETING_TEST_SMTP_SINK": find_sink(),
    }
    variables = {name: value for name, value in found.items() if value}
    if server := found["EMAILKETING_TEST_POSTGRES"]:
        variables |= lab_tryton.start(server, postgres_bin() or Path(), build=with_tryton)
    elif with_tryton:
        say("missing: Tryton, which needs PostgreSQL; its tests are skipped")
    STATE.write_text(json.dumps(variables, indent=1))
    return variables


def stop() -> None:
    folder_of_binaries = postgres_bin()
    if folder_of_binaries and (data_folder() / "postmaster.pid").exists():
        as_server_user(folder_of_binaries / "pg_ctl", "-D", data_folder(), "-m", "fast", "stop")
    if memory := in_memory():
        shutil.rmtree(memory, ignore_errors=True)
    STATE.unlink(missing_ok=True)


def main() -> None:
    action = sys.argv[1] if len(sys.argv) > 1 else "status"
    if action == "start":
        start(with_tryton="tryton" in sys.argv[2:])
    if action == "stop":
        stop()
        return
    for name, value in (json.loads(STATE.read_text()) if STATE.exists() else {}).items():
        print(f"{name}={value}")


if __name__ == "__main__":
    main()
