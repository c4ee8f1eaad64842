"""The program with our source at its database: somebody works, the worker follows, mail arrives."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from emailketing.channels.models import InboxMessage, Sender
from emailketing.company.models import Company
from emailketing.contacts.models import Contact, Role
from emailketing.content.starters import make_starter_templates
from emailketing.outbox.models import OPEN, Message
from emailketing.sources.attaching.add import add_source
from emailketing.sources.attaching.install import install
from emailketing.sources.audit.due import audit_due
from emailketing.sources.models import CapturedChange, Source
from emailketing.sources.reading.pull import pull_due
from emailketing.sources.reading.pulse import pulse_of
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.rules.pack import left_out, make_pack
from emailketing.triggers.notifications.rules.save import switch
from tests.legacy.program import Program
from tests.outbox import cast

CONNECTOR = Path(__file__).with_name("gestion")
COMPANY = "Grupo Itá S.A."
DEADLINE = 30  # seconds; what is waited for comes within one
PEOPLE = {"Gerencia": "gerencia@ita.example", "Compras": "compras@ita.example"}
BURST = timedelta(seconds=6)  # the audit waits so long for more of the same
Told = Counter[tuple[str, str]]  # address and subject


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the business database has a clock of its own


@dataclass
class Office:
    program: Program
    source: Source
    read: int = 0  # messages of the inbox that were looked at
    clock: datetime = field(default_factory=now)  # of the audit: it runs ahead

    def news(self) -> Told:
        """Let the worker do all there is to do; return what has arrived since the last time."""
        self.follow()
        self.source.refresh_from_db()
        assert (self.source.problem, self.source.paused_processes) == ("", {})
        cast.wait_until(lambda: not Message.objects.filter(state__in=OPEN).exists(), DEADLINE)
        arrived = list(InboxMessage.objects.filter(pk__gt=self.read).order_by("pk"))
        self.read = arrived[-1].pk if arrived else self.read
        return Counter((mail.rcpt_to, plain(mail.subject)) for mail in arrived)

    def follow(self) -> None:
        """Read, tell of changes, decide: until nothing is left."""
        self.rest()
        self.clock = max(self.clock, now() + BURST)
        while CapturedChange.objects.filter(audited_at=None).exists():
            self.clock += timedelta(seconds=2)
            audit_due(self.clock)
        while fire_due(now()):
            pass

    def rest(self) -> None:
        """Read until nothing waits to settle (C16)."""
        deadline = time.monotonic() + DEADLINE
        while pull_due(now()) or pulse_of(self.source).waiting:
            assert time.monotonic() < deadline, "it never came to rest"


def plain(subject: str) -> str:
    """Leave out who writes; a note that is put before a subject is told as “[…]”."""
    return re.sub(r"^\[[^]]+\]", "[…]", subject.removesuffix(f" – {COMPANY}"))


def attach(program: Program, place: dict[str, Any]) -> Source:
    """Attach as an administrator does; nobody has gone live: all goes to the built-in inbox."""
    Company.get()
    Company.objects.update(name=COMPANY, language="es", currency="PYG")
    Sender.objects.create(name="Avisos", from_address="avisos@ita.example", host="smtp.ita.example")
    make_starter_templates(None, now=now())
    cast.template("Va la remisión {{ document.number }}.", "Remisión {{ document.number }}")
    source = add_source(
        Source(slug="gestion", name="Gestión", connector=str(CONNECTOR), **place),
        by="test",
        now=now(),
    )
    install(source, by="test", now=now())
    for name, address in PEOPLE.items():
        contact = Contact.objects.create(name=f"Jefa de {name}", language="es")
        contact.addresses.create(kind="email", value=address)
        Role.objects.get_or_create(name=name)[0].contacts.add(contact)
    long_ago = now() - timedelta(hours=1)
    for rule in make_pack(source, by="admin", now=long_ago):
        switch(rule, on=True, by="t", now=long_ago)
    assert left_out(source) == []
    return source


@contextmanager
def open_office(program: Program, place: dict[str, Any]) -> Iterator[Office]:
    """Have the source attached, and the sending engine with the built-in inbox at work."""
    source = attach(program, place)
    with cast.built_in_inbox(now) as port, cast.engine(now, port):
        yield Office(program, source)
