"""An installation in one process, and looks at its ledger without starting one: for many faults.

The commands are those of the manual; starting Python for each of them takes longer than their work.
"""

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests.journeys.stage import PATIENCE, Stage, wait_until

PASSWORD = "Nandejara-2026"  # noqa: S105 - of the tests' installation
WRITTEN_ABOUT = {"orden_compra": "purchase_order", "presupuesto": "quotation"}
RULE = ("rule", "add", "--source", "estacion", "--active", "--fallback", "jefa@ykuasati.example")
SEVERAL = """
import json, os, sys
import django
django.setup()
from emailketing.cli.app import app
from emailketing.cli.language import speak
speak(os.environ["EMAILKETING_LANGUAGE"])
for words in json.load(sys.stdin):
    if code := app(words, standalone_mode=False):
        raise SystemExit(f"{words}: {code}")
"""


def run_several(stage: Stage, commands: Sequence[Sequence[str]]) -> str:
    """Run `emailketing …` several times in one process, to their good end."""
    finished = subprocess.run(
        [sys.executable, "-c", SEVERAL],
        input=json.dumps([list(words) for words in commands]),
        env=stage.environment(
            DJANGO_SETTINGS_MODULE="emailketing.config.settings", EMAILKETING_USER_PASSWORD=PASSWORD
        ),
        cwd=stage.home,
        text=True,
        capture_output=True,
        timeout=PATIENCE * 2,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def attach_quickly(stage: Stage, *more: Sequence[str]) -> None:
    """Set up company, administrator, sender, source and the two rules; then `more`."""
    run_several(
        stage,
        [
            ("setup", "--name", "Estación Ykua Sati S.A.", "--tax-id", "80012345-0"),
            ("user", "add", "admin", "--role", "administrator"),
            (
                *("sender", "add", "Avisos", "--host", "smtp.ykuasati.example"),
                *("--from-address", "avisos@ykuasati.example"),
            ),
            ("source", "add", "estacion", "--connector", "estacion", *connection(stage)),
            ("source", "install", "estacion", "--yes"),
            rule("Órdenes", "purchase_order", "purchase-order", "pedidos"),
            rule("Presupuestos", "quotation", "quotation", "ventas"),
            *more,
        ],
    )


def rule(name: str, process: str, template: str, usage: str) -> Sequence[str]:
    what = ("--process", process, "--template", template)
    return (*RULE, name, *what, "--to", f"party:{usage}")


def connection(stage: Stage) -> list[str]:
    if stage.company.startswith("sqlite"):
        return ["--dialect", "sqlite", "--database", stage.company.removeprefix("sqlite:///")]
    at = urlsplit(stage.company)
    words = ["--dialect", "postgresql", "--host", str(at.hostname), "--port", str(at.port)]
    return [*words, "--username", str(at.username), "--database", at.path.lstrip("/")]


def ask(address: str, question: str) -> list[dict[str, Any]]:
    """Ask one of the two databases directly."""
    if address.startswith("sqlite"):
        with sqlite3.connect(address.removeprefix("sqlite:///"), timeout=30) as reading:
            found = reading.execute(question)
            names = [column[0] for column in found.description or ()]
            rows = found.fetchall()
        reading.close()
    else:
        with psycopg.connect(address) as asked:
            cursor = asked.execute(question.encode())
            names = [column.name for column in cursor.description or ()]
            rows = cursor.fetchall() if names else []
    return [dict(zip(names, row, strict=True)) for row in rows]


def messages(stage: Stage) -> list[dict[str, Any]]:
    return ask(
        stage.database,
        "SELECT m.*, d.document_type, d.document_key, d.document_label FROM outbox_message m"
        " JOIN outbox_dispatch d ON d.id = m.dispatch_id ORDER BY m.id",
    )


def wait_for_accepted(stage: Stage, count: int) -> list[dict[str, Any]]:
    """Wait until so many messages have left, and return them."""

    def accepted() -> list[dict[str, Any]]:
        return [message for message in messages(stage) if message["state"] == "accepted"]

    wait_until(lambda: len(accepted()) >= count)
    return accepted()


def wanted_of(acts: Iterable[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """What must be written about, once each."""
    return Counter(
        (WRITTEN_ABOUT[act["act"]], str(act["key"])) for act in acts if act["act"] in WRITTEN_ABOUT
    )


def written_of(sent: Iterable[dict[str, Any]]) -> Counter[tuple[str, str]]:
    return Counter((message["document_type"], message["document_key"]) for message in sent)
