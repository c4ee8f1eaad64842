"""A day of business, everything by commands: every order and quotation is written about, once."""

import os
import re
import signal
import subprocess
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.journeys.stage import Stage, wait_until

pytestmark = pytest.mark.slow
WRITTEN_ABOUT = {"orden_compra": "purchase_order", "presupuesto": "quotation"}
RULE = ("rule", "add", "--source", "estacion", "--active", "--fallback", "jefa@ykuasati.example")


def attach(stage: Stage) -> None:
    """Set everything up with the commands of the manual."""
    stage.run("migrate")
    stage.run("setup", "--name", "Estación Ykua Sati S.A.", "--tax-id", "80012345-0")
    stage.run(
        "sender",
        "add",
        "Avisos",
        "--from-address",
        "avisos@ykuasati.example",
        "--host",
        "smtp.ykuasati.example",
    )
    stage.run("source", "add", "estacion", "--connector", "estacion", *connection(stage))
    assert "✓" in stage.run("source", "check", "estacion")
    assert "TRIGGER" in stage.run("source", "plan", "estacion")
    stage.run("source", "install", "estacion", "--yes")
    for name, process, template, usage in (
        ("Órdenes", "purchase_order", "purchase-order", "pedidos"),
        ("Presupuestos", "quotation", "quotation", "ventas"),
    ):
        words = ("--process", process, "--template", template, "--to", f"party:{usage}")
        stage.run(*RULE, *words, name)


def connection(stage: Stage) -> list[str]:
    if stage.company.startswith("sqlite"):
        return ["--dialect", "sqlite", "--database", stage.company.removeprefix("sqlite:///")]
    at = urlsplit(stage.company)
    return [
        "--dialect",
        "postgresql",
        "--host",
        str(at.hostname),
        "--port",
        str(at.port),
        "--username",
        str(at.username),
        "--database",
        at.path.lstrip("/"),
    ]


def worker_of(log: Path) -> int:
    """Return the number of the worker's process: the one `serve` started for it."""
    listed = subprocess.run(
        ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    )
    home = str(log.parent)
    for line in listed.stdout.splitlines():
        pid, _parent, command = line.split(None, 2)
        if command.endswith("-m emailketing worker") and home in environment_of(pid):
            return int(pid)
    return 0


def environment_of(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text(errors="replace")
    except OSError:
        return ""


def a_day(stage: Stage, *, kill: bool) -> None:
    attach(stage)
    with stage.serving() as log:
        if kill:
            os.kill(wait_until(lambda: worker_of(log)), signal.SIGKILL)
        acts = [act for act in stage.play() if act["act"] in WRITTEN_ABOUT]
        assert len(acts) > 5
        wanted = Counter((WRITTEN_ABOUT[act["act"]], str(act["key"])) for act in acts)
        wait_until(lambda: sum(m["state"] == "accepted" for m in stage.ledger()) >= len(acts))
    # the worker has stopped and is done: what is there now is all there is
    sent = [m for m in stage.ledger() if m["state"] == "accepted"]
    assert Counter((m["document_type"], m["document_key"]) for m in sent) == wanted
    assert all(m["is_redirected"] for m in sent)  # S34: nobody has gone live
    without_address = [m for m in sent if m["address"] == "jefa@ykuasati.example"]
    assert len(without_address) == 1  # the supplier without e-mail
    said = log.read_text()
    assert not re.search(r"[\w.]+@[\w.]+\.(example|test)", said)  # no address in a log line


def test_a_day_on_sqlite_with_the_worker_killed_meanwhile(stage: Stage) -> None:
    a_day(stage, kill=True)


@pytest.mark.postgres
def test_a_day_with_both_databases_on_postgresql(postgres_stage: Stage) -> None:
    a_day(postgres_stage, kill=False)
