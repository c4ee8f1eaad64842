"""The ready-made rules of the nine processes switched on, for people with mail and phone."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.journeys.quick import attach_quickly
from tests.journeys.stage import Stage

ROLES = ("Gerencia", "Tesorería", "Auditoría", "Compras", "Ventas")


def attach_with_all_rules(stage: Stage) -> None:
    """Attach as the manual says, and switch every ready-made rule on."""
    attach_quickly(
        stage,
        *(person(number, role) for number, role in enumerate(ROLES)),
        (
            *("sender", "add", "SMS", "--kind", "http", "--from-address", "YkuaSati"),
            *("--option", "url=https://sms.ykuasati.example/enviar"),
        ),
        ("rule", "off", "1"),
        ("rule", "off", "2"),
        ("rule", "pack", "estacion", "--all"),
    )


def person(number: int, role: str) -> Sequence[str]:
    addresses = (f"jefa{number}@ykuasati.example", f"098155501{number}")
    ways = [word for address in addresses for word in ("--address", address)]
    return ("contact", "add", f"Jefa de {role}", "--role", role, *ways)


def workers_of(log: Path) -> list[int]:
    """Return the processes that `serve` started to read, to decide and to send."""
    listed = subprocess.run(
        ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    )
    home = str(log.parent)
    found = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return [
        int(pid)
        for pid, _parent, command in found
        if "-m emailketing worker --only" in command and home in environment_of(pid)
    ]


def environment_of(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text(errors="replace")
    except OSError:
        return ""
