"""From the cashier's commit to the SMS centre's acceptance: a vehicle of a fleet is fuelled."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benches.latency import of_goal, ready_worker
from benches.pairs import Figure
from benches.phones import PASSWORD, USER, Centre, centre
from benches.shop import Shop, run
from emailketing.channels.models import Sender
from emailketing.content.models import Template
from emailketing.content.save import Texts, save_revision
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.dispatch import MailClass, Recipient, Request, Way, dispatch
from emailketing.triggers.notifications.models import Rule

SMS = "sms"
SAVES = 40
GOAL = 5_000.0  # milliseconds, p99
WAIT_SECONDS = 60
BULK, BULK_LEFT = 4_000, 2_000
RULES = ("fuelling", "fuelling_over_limit")


def figures(folder: Path, saves: int = SAVES) -> Iterator[Figure]:
    with centre() as far_side:
        sender = operator(far_side)
        shop = Shop(folder)
        texts_only()
        with ready_worker():
            taken(shop)  # the first one opens what stays open
            idle = [taken(shop) for _ in range(saves)]
            loaded = under_load(shop, sender, saves)
        shop.close()
        Sender.objects.filter(pk=sender.pk).update(is_active=False)
    yield of_goal("fuelling saved to SMS centre, idle, p50", idle, GOAL, 50)
    yield of_goal("fuelling saved to SMS centre, idle, p99", idle, GOAL)
    yield of_goal("fuelling saved to SMS centre, under load, p50", loaded, GOAL, 50)
    yield of_goal("fuelling saved to SMS centre, under load, p99", loaded, GOAL)


def operator(far_side: Centre) -> Sender:
    sender = Sender(name=f"bench {far_side.port}", channel=SMS, kind="smpp")
    sender.host, sender.port, sender.security = "127.0.0.1", far_side.port, Sender.Security.PLAIN
    sender.from_address, sender.username, sender.password = "Estacion", USER, PASSWORD
    sender.is_default = True
    sender.save()
    return sender


def texts_only() -> None:
    """Switch the ready-made rules on, for phones only."""
    run("emailketing", "rule", "pack", "estacion", *(f"--on={name}" for name in RULES))
    Rule.objects.filter(ready_made__in=RULES).update(delivery=Rule.Delivery.PHONE)


def taken(shop: Shop) -> float:
    """Fuel a vehicle; return the milliseconds from commit to the last acceptance of its texts."""
    key, saved_at = shop.refuel()
    mine = Message.objects.filter(
        dispatch__document_type="fuelling", dispatch__document_key=str(key), channel=SMS
    )
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        times = list(mine.values_list("accepted_at", flat=True))
        if times and all(times):
            return (max(at for at in times if at) - saved_at).total_seconds() * 1_000
        time.sleep(0.01)
    states = list(mine.values_list("state", "detail"))
    raise SystemExit(f"Refuelling {key} was saved and its text did not leave: {states}")


def under_load(shop: Shop, sender: Sender, saves: int) -> list[float]:
    """The same while mass messages go out through the same centre as fast as they can."""
    template = _mass_text()
    bulk = Message.objects.filter(mail_class=MailClass.REPORT, state__in=("ready", "scheduled"))
    milliseconds = []
    for number in range(saves):
        if bulk.count() < BULK_LEFT:
            people = tuple(
                Recipient(address=f"+595981{100_000 + n}", channel=SMS) for n in range(BULK)
            )
            request = Request(
                key=f"texts:{number}",
                trigger="bench",
                trigger_label="bench",
                ways={SMS: Way(template, sender)},
                recipients=people,
                data={},
                mail_class=MailClass.REPORT,
            )
            dispatch(request, now=datetime.now(UTC))
        milliseconds.append(taken(shop))
    bulk.update(state=State.CANCELLED)  # what is left must not disturb the next measurement
    return milliseconds


def _mass_text() -> Template:
    template, _is_new = Template.objects.get_or_create(
        slug="bench-sms", defaults={"name": "bench SMS", "channel": SMS}
    )
    texts = Texts(subject="", preheader="", body="Precios hasta el domingo.", format="short")
    save_revision(
        template, language="es", texts=texts, sample=None, by="bench", now=datetime.now(UTC)
    )
    return template
