"""`make demo`: the sample company's day, with eMailketing attached to it as to any other system.

Everything is made anew in build/demo: the company's own database and pages, our installation, the
rules. With --exit it plays the day, checks what arrived, prints a table and leaves with 0 only when
all is there; without, it keeps serving and prints the addresses and the login.
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
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "build" / "demo"
COMPANY_DATABASE = HOME / "estacion.sqlite3"
# acts of the day that a rule answers, and the kind of document our connector calls them
ANSWERED = {"orden_compra": "purchase_order", "presupuesto": "quotation"}
WAIT_SECONDS = 60


def say(text: str) -> None:
    print(f"\033[1m▸\033[0m {text}", flush=True)


def environment() -> dict[str, str]:
    return {
        **os.environ,
        "EMAILKETING_HOME": str(HOME),
        "DATABASE_URL": os.environ.get("DATABASE_URL") or f"sqlite:///{HOME}/emailketing.sqlite3",
        "DJANGO_SETTINGS_MODULE": "emailketing.config.settings",
        "EMAILKETING_LANGUAGE": "es",
    }


def run(*command: str, **more: str) -> str:
    """Run one of our commands as a user would; its error is shown and ends the demo."""
    finished = subprocess.run(
        [sys.executable, "-m", *command],
        env={**environment(), **more},
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    if finished.returncode:
        sys.stderr.write(finished.stdout + finished.stderr)
        raise SystemExit(f"“{' '.join(command)}” failed with code {finished.returncode}.")
    return finished.stdout


def free_port(wanted: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            if not wanted:
                raise
            raise SystemExit(
                f"El puerto {wanted} está en uso. Elija otro: make demo PORT=n"
            ) from error
        return int(probe.getsockname()[1])


def prepare(password: str) -> None:
    """Make the company and attach eMailketing to it, with the commands a user would type."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    say("La empresa de ejemplo: estación con shop y dos sucursales, tres meses de datos")
    run("emailketing.demo", "seed", "--database", f"sqlite:///{COMPANY_DATABASE}")
    say("eMailketing: base de datos, empresa, usuario, remitente")
    run("emailketing", "migrate")
    run("emailketing", "setup", "--name", "Estación Ykua Sati S.A.", "--tax-id", "80012345-0")
    run(
        "emailketing",
        "user",
        "add",
        "admin",
        "--role",
        "administrator",
        EMAILKETING_USER_PASSWORD=password,
    )
    run(
        "emailketing",
        "sender",
        "add",
        "Avisos",
        "--from-address",
        "avisos@ykuasati.example",
        "--from-name",
        "Estación Ykua Sati",
        "--host",
        "smtp.ykuasati.example",
    )
    say("La fuente: conectar, revisar e instalar la captura")
    run(
        "emailketing",
        "source",
        "add",
        "estacion",
        "--name",
        "Sistema de la estación",
        "--connector",
        "estacion",
        "--dialect",
        "sqlite",
        "--database",
        str(COMPANY_DATABASE),
    )
    run("emailketing", "source", "check", "estacion")
    run("emailketing", "source", "install", "estacion", "--yes")
    say("Las reglas: orden de compra al proveedor, presupuesto al cliente")
    run(
        "emailketing",
        "rule",
        "add",
        "Orden de compra al proveedor",
        "--source",
        "estacion",
        "--process",
        "purchase_order",
        "--template",
        "purchase-order",
        "--to",
        "party:pedidos",
        "--fallback",
        "compras@ykuasati.example",
        "--active",
    )
    run(
        "emailketing",
        "rule",
        "add",
        "Presupuesto al cliente",
        "--source",
        "estacion",
        "--process",
        "quotation",
        "--template",
        "quotation",
        "--to",
        "party:ventas",
        "--fallback",
        "ventas@ykuasati.example",
        "--active",
    )


@contextlib.contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", *command], env=environment(), cwd=ROOT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for(url: str, *processes: subprocess.Popen[bytes]) -> None:
    """Wait until a page answers; a process that died meanwhile ends the demo."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        for process in processes:
            if process.poll() is not None:
                raise SystemExit("Un proceso terminó antes de tiempo; su mensaje está arriba.")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=2).close()
            return
        time.sleep(0.1)
    raise SystemExit(f"{url} no contesta.")


def play() -> list[dict[str, Any]]:
    """Let the operators work a day; return what they did, one act per line."""
    lines = run("emailketing.demo", "play", "--database", f"sqlite:///{COMPANY_DATABASE}", "--json")
    return [json.loads(line) for line in lines.splitlines() if line.startswith("{")]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--exit", action="store_true", help="check and leave")
    arguments.add_argument("--port", type=int, default=8000)
    options = arguments.parse_args()
    port, company_port = free_port(options.port), free_port(0)
    password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
    prepare(password)
    say("En marcha: consola, trabajador y las páginas de la empresa")
    with (
        running("emailketing", "serve", "--port", str(port)) as product,
        running(
            "emailketing.demo",
            "serve",
            "--database",
            f"sqlite:///{COMPANY_DATABASE}",
            "--port",
            str(company_port),
        ) as company,
    ):
        wait_for(f"http://127.0.0.1:{port}/readyz", product, company)
        wait_for(f"http://127.0.0.1:{company_port}/", product, company)
        say("Un día de trabajo…")
        acts = play()
        ok = report(acts)
        if options.exit:
            raise SystemExit(0 if ok else 1)
        say(f"Consola: http://127.0.0.1:{port}/   usuario: admin   contraseña: {password}")
        say(f"La empresa: http://127.0.0.1:{company_port}/   (guarde una orden y mire la bandeja)")
        say("Ctrl-C termina.")
        with contextlib.suppress(KeyboardInterrupt):
            product.wait()


def report(acts: list[dict[str, Any]]) -> bool:
    """Print what the operators did and what arrived for it; say whether all is there."""
    os.environ.update(environment())
    import django

    django.setup()
    from tools.demo_report import check, print_table

    rows = check(acts, ANSWERED, seconds=WAIT_SECONDS)
    return print_table(rows)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
