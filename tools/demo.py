"""`make demo`: the sample company's day, with eMailketing attached to it as to any other system.

Everything is made anew in build/demo/PORT: the company's own database and pages, our installation,
the rules. With --exit it plays the day, checks what arrived, prints a table and leaves with 0 only
when all is there; without, it keeps serving and prints the addresses and the login.
"""

import argparse
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emailketing.common.port_holder import holder_of
from emailketing.worker.supervise import end_with_parent

if TYPE_CHECKING:
    from tools.demo_post import PostOffice

ROOT = Path(__file__).resolve().parent.parent
WAIT_SECONDS = 60
LAST_LINES = 15


@dataclass(frozen=True)
class Place:
    """Where one demo lives: two may run side by side on different ports."""

    home: Path

    @property
    def company_file(self) -> Path:
        return self.home / "estacion.sqlite3"

    @property
    def company_database(self) -> str:
        return f"sqlite:///{self.company_file}"

    def environment(self, **more: str) -> dict[str, str]:
        """Return our own settings: never a database that the user works with."""
        return {
            **os.environ,
            "EMAILKETING_HOME": str(self.home),
            "DATABASE_URL": f"sqlite:///{self.home}/emailketing.sqlite3",
            "DJANGO_SETTINGS_MODULE": "emailketing.config.settings",
            "EMAILKETING_LANGUAGE": "es",
            "PYTHONUNBUFFERED": "1",
            **more,
        }


@dataclass(frozen=True)
class Part:
    """A process of the demo and where its lines go."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


def say(text: str) -> None:
    print(f"\033[1m▸\033[0m {text}", flush=True)


def free_port(wanted: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", wanted))
        return int(probe.getsockname()[1])


def ports(wanted: int) -> tuple[int, int]:
    """Return the console's port and, next to it when it is free, that of the company's pages."""
    try:
        console = free_port(wanted)
    except (OSError, OverflowError) as error:
        holder = holder_of(wanted)
        by = f" por el proceso {holder.pid} (ciérrelo con: kill {holder.pid})" if holder else ""
        raise SystemExit(
            f"El puerto {wanted} está en uso{by} o no se permite. Elija otro: make demo PORT=n"
        ) from error
    for next_one in (console + 1, 0):
        with contextlib.suppress(OSError, OverflowError):
            return console, free_port(next_one)
    raise SystemExit("No hay un puerto libre para las páginas de la empresa.")


def prepare(place: Place, password: str) -> None:
    """Make the company and attach eMailketing to it."""
    shutil.rmtree(place.home, ignore_errors=True)
    place.home.mkdir(parents=True)
    finished = subprocess.run(
        [sys.executable, "-m", "tools.demo_setup", str(place.company_file)],
        env=place.environment(EMAILKETING_USER_PASSWORD=password),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    (place.home / "setup.log").write_text(finished.stdout)
    if finished.returncode:
        raise SystemExit(finished.stdout[-2000:] or "No se pudo preparar la demostración.")


@contextlib.contextmanager
def running(place: Place, name: str, *command: str) -> Iterator[Part]:
    log = place.home / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env=place.environment(),
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent,  # a demo killed with -9 leaves nobody at its ports
        )
    try:
        yield Part(name, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for(url: str, *parts: Part) -> None:
    """Wait until a page answers; a process that died meanwhile ends the demo."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        for part in parts:
            if part.process.poll() is not None:
                raise SystemExit(f"“{part.name}” terminó antes de tiempo:\n{end_of(part.log)}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        time.sleep(0.2)
    logs = "\n".join(end_of(part.log) for part in parts)
    raise SystemExit(f"{url} no contesta.\n{logs}")


def end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-LAST_LINES:])


def play(place: Place, part: str) -> list[dict[str, Any]]:
    """Let the operators work a part of the day; return what they did, one act per line."""
    command = [sys.executable, "-m", "emailketing.demo", "play", "--json", "--part", part]
    finished = subprocess.run(
        [*command, "--database", place.company_database],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    if finished.returncode:
        raise SystemExit(f"El día de trabajo no terminó:\n{finished.stderr[-2000:]}")
    return [json.loads(line) for line in finished.stdout.splitlines() if line.startswith("{")]


def report(place: Place, post: "PostOffice") -> bool:
    """Play the day, ask for the reports, print what arrived; say whether all is right."""
    os.environ.update(place.environment())
    import django

    django.setup()
    from tools.demo_greeting import rows_of_greeting
    from tools.demo_report import check, print_table
    from tools.demo_reports import rows_of_reports

    acts = play(place, "day")
    rows = check(acts, place.company_file, seconds=WAIT_SECONDS)
    if not any(row.problem for row in rows):
        # orders are changed and annulled after the supplier heard of them
        acts += play(place, "late")
        rows = check(acts, place.company_file, seconds=WAIT_SECONDS)
    rows += rows_of_reports(place.company_file, seconds=WAIT_SECONDS)
    rows += rows_of_greeting(place.company_file, post, seconds=WAIT_SECONDS)
    return print_table(rows)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exit", action="store_true", help="check and leave")
    parser.add_argument("--port", type=int, default=8000)
    return parser.parse_args()


def main() -> None:
    os.umask(0o077)  # what the demonstration keeps is nobody else's, as with a real one
    chosen = options()
    from tools.demo_post import post_office

    port, company_port = ports(chosen.port)
    console, pages = f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{company_port}/"
    password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
    place = Place(ROOT / "build" / "demo" / str(port))
    prepare(place, password)
    say("En marcha: consola, trabajador y las páginas de la empresa")
    ours = ("emailketing", "serve", "--port", str(port))
    theirs = ("emailketing.demo", "serve", "--database", place.company_database)
    with (
        running(place, "emailketing", *ours) as product,
        running(place, "estacion", *theirs, "--port", str(company_port)) as company,
        post_office() as post,  # last: it has a thread, and a process that has some must not fork
    ):
        wait_for(pages, company)
        wait_for(f"{console}readyz", product)
        say("Un día de trabajo…")
        is_right = report(place, post)
        if chosen.exit:
            raise SystemExit(0 if is_right else 1)
        say(f"Consola: {console}   usuario: admin   contraseña: {password}")
        say(f"La empresa: {pages}   (guarde una orden y mire la bandeja de prueba)")
        say("Ctrl-C termina.")
        product.process.wait()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with contextlib.suppress(KeyboardInterrupt):
        main()
