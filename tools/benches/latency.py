"""From the operator's commit to the `250` of the far side, with the order as PDF attached."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from benches.delivery import local_sender, template_of, worker
from benches.far_side import Sink, sink
from benches.pairs import Figure
from benches.shop import Shop
from emailketing.accounts.who import Who
from emailketing.channels.models import Sender
from emailketing.content.documents import make_pdf
from emailketing.content.look import look_of
from emailketing.content.samples import sample_data
from emailketing.listings.models import Listing
from emailketing.listings.save import save_listing
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.dispatch import MailClass, Recipient, Request, Way, dispatch
from emailketing.schedule.models import Run
from emailketing.schedule.run_by_hand import run_by_hand
from emailketing.schedule.work import OPEN
from emailketing.sources.models import Source
from emailketing.triggers.reports.definition.save import save_report
from emailketing.triggers.reports.models import Report

SAVES = 40
FIRST_SAVES = 6
GOAL_IDLE, GOAL_LOADED = 1_500.0, 2_500.0
WAIT_SECONDS = 60
BULK, BULK_LEFT = 4_000, 2_000
LINE = ("id", "venta_id", "producto_id", "cantidad", "precio", "total")  # of a sale


def figures(folder: Path) -> Iterator[Figure]:
    shop = Shop(folder)
    with sink() as far_side:
        Sender.objects.update(is_default=False)
        sender = local_sender(far_side.port)
        Sender.objects.filter(pk=sender.pk).update(is_default=True)
        first = [after_quiet(shop) for _ in range(FIRST_SAVES)]
        with ready_worker():
            pairs = [(answered(shop), directly(far_side)) for _ in range(SAVES)]
            loaded = under_load(shop, sender)
            with worker("reports"):
                beside = beside_a_report(shop)
    shop.close()
    idle = [mine for mine, _direct in pairs]
    yield against("commit to 250, idle, p50", idle, 50, pairs)
    yield of_goal("commit to 250, idle, p99", idle, GOAL_IDLE)
    yield of_goal("commit to 250, first save after a quiet time", first, GOAL_IDLE)
    yield of_goal("commit to 250, under load, p50", loaded, GOAL_LOADED, 50)
    yield of_goal("commit to 250, under load, p99", loaded, GOAL_LOADED)
    yield of_goal("commit to 250 while a large report runs, p50", beside, GOAL_LOADED, 50)
    yield of_goal("commit to 250 while a large report runs, p99", beside, GOAL_LOADED)


@contextmanager
def ready_worker() -> Iterator[None]:
    """A worker that has begun to look; just started it looks as seldom as after a quiet time."""
    beat = settings.HOME / "worker.beat"
    beat.unlink(missing_ok=True)
    with worker():
        deadline = time.monotonic() + WAIT_SECONDS
        while not beat.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield


def after_quiet(shop: Shop) -> float:
    with ready_worker():
        return answered(shop)


def answered(shop: Shop) -> float:
    """Save an order and wait for its mail; return the milliseconds between commit and `250`."""
    key, saved_at = shop.save()
    mine = Message.objects.filter(dispatch__document_key=str(key))
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        message = mine.filter(state=State.ACCEPTED).first()
        if message and message.accepted_at:
            return (message.accepted_at - saved_at).total_seconds() * 1_000
        time.sleep(0.01)
    states = list(mine.values_list("state", "detail"))
    raise SystemExit(f"Order {key} was saved and its mail did not leave: {states}")


def directly(far_side: Sink) -> float:
    """What a program would wait that makes the PDF and sends it itself, in milliseconds."""
    began = time.perf_counter()
    data = sample_data("purchase_order", "es")
    pdf = make_pdf("purchase-order", data, language="es", brand=look_of(None))
    mail = EmailMessage("Orden", "Adjunta.", "a@example.test", ["b@example.test"])
    mail.attach("orden.pdf", pdf, "application/pdf")
    backend = "django.core.mail.backends.smtp.EmailBackend"
    get_connection(backend, host="127.0.0.1", port=far_side.port).send_messages([mail])
    return (time.perf_counter() - began) * 1_000


def under_load(shop: Shop, sender: Sender) -> list[float]:
    """The same while mass mail goes out as fast as it can."""
    template = template_of("Hola {{ recipient.name }}: precios de la semana. " * 20)
    bulk = Message.objects.filter(mail_class=MailClass.REPORT, state__in=("ready", "scheduled"))
    taken = []
    for number in range(SAVES):
        if bulk.count() < BULK_LEFT:
            people = tuple(Recipient(address=f"p{n}@example.test") for n in range(BULK))
            request = Request(
                key=f"load:{number}",
                trigger="bench",
                trigger_label="bench",
                ways={"email": Way(template, sender)},
                recipients=people,
                data={},
                mail_class=MailClass.REPORT,
            )
            dispatch(request, now=datetime.now(UTC))
        taken.append(answered(shop))
    bulk.update(state=State.CANCELLED)  # what is left must not disturb the next measurement
    return taken


def beside_a_report(shop: Shop) -> list[float]:
    """The same while every line ever sold is read and written as XLSX and CSV, again and again."""
    report, now = large_report(), datetime.now(UTC)
    taken, runs = [], Run.objects.filter(trigger=report.trigger)
    for number in range(SAVES):
        if not runs.filter(state__in=OPEN).exists():
            run_by_hand(report.trigger, f"bench-{number}", by=Who("bench"), now=datetime.now(UTC))
        taken.append(answered(shop))
    if not runs.exclude(rows=0).exists() and not runs.filter(state=Run.State.RUNNING).exists():
        raise SystemExit(f"No report ran: {list(runs.values_list('state', 'reason'))}, since {now}")
    return taken


def large_report() -> Report:
    source = Source.objects.get()
    columns = [{"name": name, "field": name} for name in LINE]
    definition = {"table": "venta_linea", "columns": columns}
    listing = Listing(name="bench", source=source, definition=definition)
    save_listing(listing, by=Who("bench"), now=datetime.now(UTC))
    report = Report(
        name="bench",
        source=source,
        listing=listing.slug,
        files=["xlsx", "csv"],
        recipients=[{"kind": "address", "value": "bench@example.test"}],
        mail_class=MailClass.REPORT,
        is_active=True,
    )
    return save_report(report, by=Who("bench"), now=datetime.now(UTC))


def percentile(values: list[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(len(ordered) * share / 100))]


def against(name: str, mine: list[float], share: int, pairs: list[tuple[float, float]]) -> Figure:
    ratios = [a / b for a, b in pairs]
    return Figure(
        name=name,
        ratio=statistics.median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
        median=percentile(mine, share),
        unit="ms",
        versus="PDF and mail made in the saving program itself, which then waits",
        versus_median=statistics.median(b for _a, b in pairs),
        runs=len(pairs),
    )


def of_goal(name: str, values: list[float], goal: float, share: int = 99) -> Figure:
    return Figure(
        name=name,
        ratio=percentile(values, share) / goal,
        lowest=min(values) / goal,
        highest=max(values) / goal,
        median=percentile(values, share),
        unit="ms",
        versus="the goal",
        versus_median=goal,
        runs=len(values),
    )
