"""The ready-made rules of the nine processes switched on, for people with mail and phone."""

import subprocess
import sys
from pathlib import Path

from tests.journeys.quick import attach_quickly, run_several
from tests.journeys.stage import PATIENCE, Stage

# what the console does on its pages Personas, Funciones and Remitentes
PEOPLE = """
import django
django.setup()
from emailketing.channels.models import Sender
from emailketing.contacts.models import Address, Contact, Role
for number, role in enumerate(("Gerencia", "Tesorería", "Auditoría", "Compras", "Ventas")):
    contact = Contact.objects.create(name=f"Jefa de {role}")
    contact.roles.add(Role.objects.get_or_create(name=role)[0])
    Address.objects.create(contact=contact, kind="email", value=f"jefa{number}@ykuasati.example")
    Address.objects.create(contact=contact, kind="phone", value=f"+59598155501{number}")
Sender.objects.create(
    name="SMS", channel="sms", kind="http", from_address="YkuaSati", host="sms.ykuasati.example",
    port=443, security="tls", options={"url": "https://sms.ykuasati.example/enviar"},
    is_default=True,
)
"""


def attach_with_all_rules(stage: Stage) -> None:
    """Attach as the manual says, and switch every ready-made rule on."""
    attach_quickly(stage)
    finished = subprocess.run(
        [sys.executable, "-c", PEOPLE],
        env=stage.environment(DJANGO_SETTINGS_MODULE="emailketing.config.settings"),
        cwd=stage.home,
        text=True,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    run_several(
        stage,
        [("rule", "off", "1"), ("rule", "off", "2"), ("rule", "pack", "estacion", "--all")],
    )


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
