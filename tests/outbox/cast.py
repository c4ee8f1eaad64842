"""The cast: a sender that speaks to the far side, a template, and messages in the ledger."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connections

from emailketing.channels.inbox.receive import InboxServer
from emailketing.channels.inbox.store import store
from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.contacts.models import Suppression
from emailketing.content.compile import compile_revision
from emailketing.content.look import BrandLook
from emailketing.content.models import Brand, Revision, Template
from emailketing.links.models import PublicAddress
from emailketing.outbox.classes import NEED_WAY_OUT
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.dispatch import (
    Dispatched,
    MailClass,
    Recipient,
    Request,
    Way,
    dispatch,
)
from emailketing.outbox.sending.engine import Engine, Timing

Found = TypeVar("Found")
NOON = datetime(2026, 11, 24, 15, tzinfo=UTC)
BODY = "Hola {{ recipient.name }}: {{ note }}"
PUBLIC, STREET = "https://m.estacion.test", "Ruta 2, km 30\nCaacupé"
INBOX_PASSWORD = "of the worker alone"  # noqa: S105 - of a test
QUICK = Timing(poll=0.02, reap=0.02, heartbeat=0.02, slow=0.3)


def go_live() -> None:
    Company.get()
    Company.objects.update(is_live=True, name="Estación Ñandutí S.A.", language="en")


def allow_links(now: datetime = NOON) -> None:
    """Let messages carry links, and name the postal address: what advertising needs."""
    Company.get()
    Company.objects.update(public_url=PUBLIC)
    values = {"worked_at": now, "outside_at": now, "checked_at": now}
    PublicAddress.objects.update_or_create(url=PUBLIC, defaults=values)
    brand = {"name": "Estación Ñandutí", "address": STREET}
    Brand.objects.get_or_create(is_default=True, defaults=brand)


def is_suppressed(address: str, *, kind: str = "email") -> bool:
    """Whether the address is not to be used for any class."""
    return Suppression.objects.filter(kind=kind, value=address, mail_class="").exists()


def sender(port: int, **values: Any) -> Sender:
    defaults = {
        "name": "ventas",
        "from_name": "Estación Ñandutí",
        "from_address": "ventas@estacion.test",
        "host": "127.0.0.1",
        "port": port,
        "security": "plain",
        "connections": 2,
        "is_default": True,
    }
    return Sender.objects.create(**(defaults | values))


def template(body: str = BODY, subject: str = "Aviso: {{ note }}") -> Template:
    made, is_new = Template.objects.get_or_create(slug="aviso", defaults={"name": "Aviso"})
    if is_new:
        compiled = compile_revision(
            subject=subject,
            preheader="",
            body=body,
            style="simple",
            brand=BrandLook(name="Estación Ñandutí"),
            language="es",
        )
        Revision.objects.create(
            template=made,
            language="es",
            number=1,
            subject=compiled.subject,
            body=body,
            html=compiled.html,
            text=compiled.text,
            created_at=NOON,
        )
    return made


def phone_sender(**values: Any) -> Sender:
    """A paid sender of SMS; `channel` and `kind` make it another."""
    defaults: dict[str, Any] = {
        "name": "Claro",
        "channel": "sms",
        "kind": "smpp",
        "from_name": "Estación Ñandutí",
        "from_address": "Estacion 1",
        "host": "127.0.0.1",
        "port": 9,
        "price": Decimal("35.5"),
        "connections": 1,
        "is_default": True,
    }
    return Sender.objects.create(**(defaults | values))


def short_template(
    body: str = "{{ recipient.name }}: {{ note }}", channel: str = "sms", subject: str = ""
) -> Template:
    """A text for phones; with a subject it is one that WhatsApp approved."""
    made, is_new = Template.objects.get_or_create(
        slug=f"aviso-{channel}", defaults={"name": "Aviso", "channel": channel}
    )
    if is_new:
        formats = Revision.Format
        Revision.objects.create(
            template=made,
            language="es",
            number=1,
            subject=subject,
            format=formats.APPROVED if subject else formats.SHORT,
            body=body,
            text=body,
            created_at=NOON,
        )
    return made


def queue_phone(to: str, by: Sender, *, now: datetime = NOON, **values: Any) -> Message:
    """Queue one message for a phone; `values` go into the request."""
    people = (Recipient(address=to, channel=by.channel, name="Ana"),)
    words = values.pop("template", None) or short_template(channel=by.channel)
    key = values.pop("key", f"test:{to}")
    done = queue_request(people, by, key=key, now=now, template=words, **values)
    return done.dispatch.messages.get()


def queue(to: str, by: Sender, *, key: str = "", now: datetime = NOON, **values: Any) -> Message:
    """Queue one message; `values` go into the request."""
    people = (Recipient(address=to, name="Ana"),)
    done = queue_request(people, by, key=key or f"test:{to}", now=now, **values)
    return done.dispatch.messages.get()


def queue_request(
    people: tuple[Recipient, ...], by: Sender, *, key: str, now: datetime, **values: Any
) -> Dispatched:
    words = values.pop("template", None) or template()
    if values.get("mail_class") in NEED_WAY_OUT and not Company.get().public_url:
        allow_links(now)
    request: dict[str, Any] = {
        "key": key,
        "trigger": "rule:7",
        "trigger_label": "Aviso",
        "ways": {by.channel: Way(words, by)},
        "recipients": people,
        "data": {"note": "¡listo!", "company": {"name": "Estación"}},
        "mail_class": MailClass.TRANSACTIONAL,
    }
    return dispatch(Request(**(request | values)), now=now)


def queue_many(
    people: tuple[Recipient, ...], by: Sender, *, now: datetime = NOON, **values: Any
) -> None:
    queue_request(people, by, key=f"many:{people[0].address}", **values, now=now)


class Clock:
    """A clock that the test turns."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@contextmanager
def engine(
    clock: Callable[[], datetime], inbox_port: int = 9, made: type[Engine] = Engine
) -> Iterator[Engine]:
    """Run an engine in a thread until the end of the block; `made`: one with a fault in it."""
    inbox = ("127.0.0.1", inbox_port, INBOX_PASSWORD)
    running = made(clock=clock, inbox=inbox, timing=QUICK)
    stop = threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            running.run(stop)
        except BaseException as error:
            failures.append(error)
            raise

    thread = threading.Thread(target=run, name="sending")
    thread.start()
    try:
        yield running
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive(), "the engine does not stop"
        assert not failures


@contextmanager
def built_in_inbox(clock: Callable[[], datetime]) -> Iterator[int]:
    server = InboxServer(store=lambda *mail: store(*mail, now=clock()), password=INBOX_PASSWORD)
    port = server.start(0)
    try:
        yield port
    finally:
        server.stop()


def aside(work: Callable[[], object]) -> Callable[[], None]:
    """Do something to the database while the far side is being spoken to, in its thread."""

    def do() -> None:
        try:
            work()
        finally:
            connections.close_all()

    return do


def wait_until(condition: Callable[[], Found], seconds: float = 20) -> Found:
    """Wait for what another thread or process does, and return it; never sleep blindly."""
    tick = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if found := condition():
            return found
        tick.wait(0.01)
    raise AssertionError("it did not happen in time")


def wait_for_state(message: Message, *states: str) -> Message:
    def is_there() -> bool:
        message.refresh_from_db()
        return message.state in states

    try:
        wait_until(is_there)
    except AssertionError as error:
        raise AssertionError(f"still {message.state}: {message.detail}") from error
    return message
