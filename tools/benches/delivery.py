"""From the ledger to the far side: messages per second, against a C tool and against Django."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import Max, Min

from benches.far_side import Sink, sink, tool
from benches.pairs import Figure, Other, alternate
from emailketing.channels.models import Sender
from emailketing.content.models import Template
from emailketing.content.save import Texts, save_revision
from emailketing.outbox.models import Attempt, Message, State
from emailketing.outbox.queueing.dispatch import MailClass, Recipient, Request, Way, dispatch
from emailketing.outbox.queueing.preview import preview

MESSAGES = 2_000
CONNECTIONS = 10
BY_DJANGO = 300
SECONDS = 120
PARAGRAPH = (
    "Estimado {{ recipient.name }}: le recordamos que los precios de esta semana valen hasta el "
    "domingo, y que su cuenta está al día. "
)


def figures() -> Iterator[Figure]:
    with sink() as far_side:
        bench = Bench(far_side)
        tool_in_c = Other(
            name="end to end against smtp-source",
            versus="smtp-source, which composes nothing and keeps no ledger",
            measure=bench.by_smtp_source,
        )
        django = Other(
            name="end to end against Django",
            versus="Django's send_messages, which keeps no ledger",
            measure=bench.by_django,
        )
        yield from alternate(bench.ours, tool_in_c, django, unit="messages per second")


@contextmanager
def worker(*parts: str) -> Iterator[None]:
    """Run our own worker as `serve` does, a process for each part, until the end of the block."""
    words = [sys.executable, "-m", "emailketing", "worker", "--only"]
    processes = [subprocess.Popen([*words, part]) for part in parts or ("sending", "steps")]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


class Bench:
    """The same text to as many people, by three ways; the tool in C sends as many bytes."""

    def __init__(self, far_side: Sink) -> None:
        self._far_side = far_side
        self._sender = local_sender(far_side.port)
        self._template = template_of(PARAGRAPH * 12)
        self._run = 0
        self._bytes = 0  # of one of our mails, as it leaves

    def ours(self) -> float:
        """Queue without measuring; then from the first claim to the last `250` in the ledger."""
        self._run += 1
        mine = self._queue(f"bench:{self._run}")
        before = self._far_side.count()
        with worker():
            wait_until_accepted(mine, MESSAGES)
        self._far_side.wait_for(before + MESSAGES)
        began = Attempt.objects.filter(message__in=mine).aggregate(at=Min("started_at"))["at"]
        ended = mine.aggregate(at=Max("accepted_at"))["at"]
        self._bytes = len(preview(mine[0]).source)
        return MESSAGES / (ended - began).total_seconds()

    def _queue(self, key: str) -> "MessageSet":
        people = tuple(
            Recipient(address=f"p{n}@example.test", name=f"Persona {n}") for n in range(MESSAGES)
        )
        done = dispatch(
            Request(
                key=key,
                trigger="bench",
                trigger_label="bench",
                ways={"email": Way(self._template, self._sender)},
                recipients=people,
                data={},
                mail_class=MailClass.REPORT,
            ),
            now=datetime.now(UTC),
        )
        return Message.objects.filter(dispatch=done.dispatch)

    def by_smtp_source(self) -> float:
        before = self._far_side.count()
        began = time.perf_counter()
        command = [tool("smtp-source"), "-s", str(CONNECTIONS), "-l", str(self._bytes)]
        command += ["-m", str(MESSAGES), "-f", "a@example.test", "-t", "b@example.test"]
        subprocess.run([*command, f"127.0.0.1:{self._far_side.port}"], check=True)
        rate = MESSAGES / (time.perf_counter() - began)
        self._far_side.wait_for(before + MESSAGES)
        return rate

    def by_django(self) -> float:
        before = self._far_side.count()
        text = (PARAGRAPH * 12).replace("{{ recipient.name }}", "Persona")
        mails = []
        for number in range(BY_DJANGO):
            mail = EmailMultiAlternatives(
                f"Precios {number}", text, "a@example.test", [f"p{number}@example.test"]
            )
            mail.attach_alternative(f"<html><body><p>{text}</p></body></html>", "text/html")
            mails.append(mail)
        connection = get_connection(
            "django.core.mail.backends.smtp.EmailBackend",
            host="127.0.0.1",
            port=self._far_side.port,
        )
        began = time.perf_counter()
        connection.send_messages(mails)
        rate = BY_DJANGO / (time.perf_counter() - began)
        self._far_side.wait_for(before + BY_DJANGO)
        return rate


MessageSet = "django.db.models.QuerySet[Message]"


def local_sender(port: int) -> Sender:
    """Return a sender that speaks plainly to this machine."""
    name = f"bench {port}"
    values = {"from_address": "bench@example.test", "host": "127.0.0.1", "port": port}
    values |= {"security": Sender.Security.PLAIN, "connections": CONNECTIONS}
    return Sender.objects.get_or_create(name=name, defaults=values)[0]


def template_of(body: str) -> Template:
    template, _is_new = Template.objects.get_or_create(slug="bench", defaults={"name": "bench"})
    texts = Texts(subject="Precios", preheader="", body=body, format="simple")
    save_revision(
        template, language="es", texts=texts, sample=None, by="bench", now=datetime.now(UTC)
    )
    return template


def wait_until_accepted(mine: "MessageSet", count: int) -> None:
    deadline = time.monotonic() + SECONDS
    while mine.filter(state=State.ACCEPTED).count() < count:
        if time.monotonic() > deadline:
            states = dict(mine.values_list("state", "pk")[:5])
            raise SystemExit(f"Not all messages left within {SECONDS} s: {states} {os.getpid()}")
        time.sleep(0.2)
