"""The figures of the front page, from counts an index answers."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from emailketing.outbox.models import Message
from emailketing.web.console.shown.words import STATE_GROUPS

DAYS = 14
PAST_DAY_KEPT = 15 * 60  # seconds: a day that is over hardly changes


@dataclass(frozen=True)
class Figure:
    """One number that leads to the list behind it."""

    label: str
    count: int
    tone: str
    url: str


def messages_in(group: str) -> QuerySet[Message]:
    return Message.objects.filter(STATE_GROUPS[group].condition)


def list_url(group: str, period: str) -> str:
    query = urlencode({"state": group, "period": period})
    return f"{reverse('admin:outbox_message_changelist')}?{query}"


def figures(now: datetime) -> list[Figure]:
    start = midnight(timezone.localtime(now).date())
    open_ones = {name: messages_in(name).count() for name in ("waiting", "in_doubt", "held")}
    sent = messages_in("sent").filter(created_at__gte=start).count()
    failed = messages_in("failed").filter(created_at__gte=start).count()
    caught = messages_in("inbox").filter(created_at__gte=start).count()
    return [
        Figure(_("Sent today"), sent, "ok", list_url("sent", "today")),
        *_caught(caught),
        Figure(_("Waiting"), open_ones["waiting"], "info", list_url("waiting", "all")),
        Figure(_("Failed today"), failed, _alarm(failed, "bad"), list_url("failed", "today")),
        Figure(
            _("In doubt"),
            open_ones["in_doubt"],
            _alarm(open_ones["in_doubt"], "warn"),
            list_url("in_doubt", "all"),
        ),
        Figure(
            _("Held"), open_ones["held"], _alarm(open_ones["held"], "warn"), list_url("held", "all")
        ),
    ]


def _caught(count: int) -> list[Figure]:
    """What the test inbox took is no success; nobody is shown it where there is none."""
    if not count:
        return []
    return [Figure(_("To the test inbox today"), count, "info", list_url("inbox", "today"))]


def _alarm(count: int, tone: str) -> str:
    return tone if count else "muted"


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


@dataclass(frozen=True)
class Bar:
    """One day of the chart, with its place in a drawing of WIDTH × HEIGHT."""

    day: date
    sent: int
    failed: int
    caught: int
    x: float
    sent_y: float
    sent_height: float
    failed_height: float
    caught_height: float
    is_labelled: bool

    @property
    def failed_y(self) -> float:
        return self.sent_y - self.failed_height

    @property
    def caught_y(self) -> float:
        return self.failed_y - self.caught_height


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    top: int
    width: int
    height: int

    @property
    def total(self) -> int:
        return sum(bar.sent + bar.failed + bar.caught for bar in self.bars)

    @property
    def caught(self) -> int:
        return sum(bar.caught for bar in self.bars)


WIDTH, HEIGHT, FOOT, STEP, BAR = 700, 150, 22, 50, 30


def chart(now: datetime) -> Chart:
    """Sent, failed and caught by the test inbox per local day, the last fourteen."""
    today = timezone.localtime(now).date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    counts = [_counts(day, is_over=day != today) for day in days]
    top = nice_top(max(map(sum, counts)))
    bars = []
    for place, (day, (sent, failed, caught)) in enumerate(zip(days, counts, strict=True)):
        tall, red, pale = (HEIGHT * count / top for count in (sent, failed, caught))
        bars.append(
            Bar(
                day=day,
                sent=sent,
                failed=failed,
                caught=caught,
                x=place * STEP + (STEP - BAR) / 2,
                sent_y=round(HEIGHT - tall, 1),
                sent_height=round(tall, 1),
                failed_height=round(red, 1),
                caught_height=round(pale, 1),
                is_labelled=(DAYS - 1 - place) % 2 == 0,
            )
        )
    return Chart(bars, top, WIDTH, HEIGHT + FOOT)


def nice_top(highest: int) -> int:
    """Return the round number the axis ends at: 5, 10, 20, 50, 100 and so on."""
    power = 1
    while True:
        for top in (power, 2 * power, 5 * power):
            if top >= max(highest, 5):
                return top
        power *= 10


def _counts(day: date, *, is_over: bool) -> tuple[int, int, int]:
    key = f"console-day-sent-{day:%Y%m%d}-{timezone.get_current_timezone_name()}"
    known: tuple[int, int, int] | None = cache.get(key) if is_over else None
    if known is not None:
        return known
    span = {
        "created_at__gte": midnight(day),
        "created_at__lt": midnight(day + timedelta(days=1)),
    }
    found = (
        messages_in("sent").filter(**span).count(),
        messages_in("failed").filter(**span).count(),
        messages_in("inbox").filter(**span).count(),
    )
    if is_over:
        cache.set(key, found, PAST_DAY_KEPT)
    return found
