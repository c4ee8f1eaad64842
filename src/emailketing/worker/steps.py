"""What is done again and again: every step is idempotent, counts its work, and is by itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from emailketing.alerts.alert import alert
from emailketing.alerts.morning import morning_due
from emailketing.company.models import StepState
from emailketing.links.check_address import check_due
from emailketing.links.public_address import public_url
from emailketing.outbox.afterwards.receipts import match_early
from emailketing.outbox.queueing.fallback import fall_back_due
from emailketing.preferences.read_mailboxes import has_mailboxes, read_due
from emailketing.search.index import index_due
from emailketing.sources.audit.due import audit_due, has_untold
from emailketing.sources.reading.pull import has_sources, pull_due
from emailketing.triggers.notifications.afterwards.undelivered import undelivered_due
from emailketing.triggers.notifications.firing.digest import gathered_due
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.firing.remind import reminders_due
from emailketing.triggers.occasions.running.greet import greet_due, has_occasions

Name = StepState.Name
AT_EVERY_TURN = timedelta(0)
SECOND, SECONDS = timedelta(seconds=1), timedelta(seconds=2)
RARELY = timedelta(seconds=5)  # nobody stands and waits for it
SELDOM = timedelta(seconds=10)  # whoever asks meanwhile gets it all the same
LOOK_AROUND, MINUTE = timedelta(seconds=20), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name says in words what it does.

    Attributes:
        lane: steps of one lane share a thread: they wait for one another, and for nobody else.
        every: how long it rests when it found nothing; after an error it rests longer.
        needs: what must be there in our database for it to find anything; a cheap question.
        is_woken: its rest ends at once when another step has done something; else it keeps its
            own time, and rests after every turn.
    """

    name: StepState.Name
    work: Callable[[datetime], int]
    every: timedelta = AT_EVERY_TURN
    lane: str = ""
    needs: Callable[[], bool] | None = None
    is_woken: bool = True


@dataclass(frozen=True, slots=True)
class Lane:
    """Steps that have one thread, in the order of their turns."""

    name: str
    steps: tuple[Step, ...]


STEPS = (
    # what happened in the business systems?
    Step(Name.SOURCES, pull_due, lane="reading", needs=has_sources),
    # what is to be told of changes and deletions?
    Step(Name.AUDIT, audit_due, SECOND, "audit", needs=has_untold, is_woken=False),
    # which rules does it concern? (what the reading lane finds ends the rest at once)
    Step(Name.RULES, fire_due, SECONDS, "telling"),
    Step(Name.REMINDERS, reminders_due, RARELY, "telling"),  # whose day has come, is it still so?
    Step(Name.DIGESTS, gathered_due, RARELY, "telling"),  # which digests are to be told?
    Step(Name.RECEIPTS, match_early, RARELY, "telling"),  # which message was that receipt about?
    Step(Name.FALLBACKS, fall_back_due, RARELY, "telling"),  # whom did one channel not reach?
    # what certainly did not arrive: who stands in?
    Step(Name.UNDELIVERED, undelivered_due, RARELY, "telling"),
    # whose day is it? (where nobody waits: a Christmas of thousands holds up no order)
    Step(Name.OCCASIONS, greet_due, MINUTE, "finding", has_occasions, is_woken=False),
    # does anything stand still?
    Step(Name.ALERTS, alert, LOOK_AROUND, "watching", is_woken=False),
    # whom did nothing reach yesterday?
    Step(Name.MORNING, morning_due, LOOK_AROUND, "watching", is_woken=False),
    # do the links in messages still lead anywhere?
    Step(Name.ADDRESS, check_due, MINUTE, "finding", lambda: bool(public_url()), is_woken=False),
    # what do people write to us? (a lane of its own: it waits for servers)
    Step(Name.MAILBOXES, read_due, SECOND, "mailboxes", has_mailboxes, is_woken=False),
    # what has been queued and done: a search finds it at once, this makes it quick
    Step(Name.SEARCH, index_due, SELDOM, "finding", is_woken=False),
)


def lanes_of(steps: Iterable[Step]) -> tuple[Lane, ...]:
    by_lane: dict[str, list[Step]] = {}
    for step in steps:
        by_lane.setdefault(step.lane, []).append(step)
    return tuple(Lane(name, tuple(found)) for name, found in by_lane.items())


LANES = lanes_of(STEPS)
