"""What is done again and again: every step is idempotent, counts its work, and is by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from emailketing.alerts.alert import alerts_due
from emailketing.alerts.morning import morning_due
from emailketing.company.models import StepState
from emailketing.outbox.fallback import fall_back_due
from emailketing.outbox.receipts import match_early
from emailketing.search.index import index_due
from emailketing.sources.audit.due import audit_due
from emailketing.sources.pull import pull_due
from emailketing.triggers.notifications.digest import gathered_due
from emailketing.triggers.notifications.fire import fire_due
from emailketing.triggers.notifications.remind import reminders_due
from emailketing.triggers.notifications.undelivered import undelivered_due

Name = StepState.Name
AT_EVERY_TURN = timedelta(0)
SECONDS = timedelta(seconds=2)
RARELY = timedelta(seconds=5)  # nobody stands and waits for it


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called, what it does, and how long it may rest when it found nothing.

    The rest ends at once when another step has done something, unless `is_woken` says otherwise.
    """

    name: StepState.Name
    work: Callable[[datetime], int]
    pause: timedelta = AT_EVERY_TURN
    is_woken: bool = True


@dataclass(frozen=True, slots=True)
class Lane:
    """Steps that have one thread: they wait for one another, and for nobody else."""

    name: str
    steps: tuple[Step, ...]


LANES = (
    Lane("reading", (Step(Name.SOURCES, pull_due),)),  # what happened in the business systems?
    # what is to be told of changes and deletions?
    Lane("audit", (Step(Name.AUDIT, audit_due, SECONDS),)),
    Lane(
        "telling",
        (
            # which rules does it concern? (what the reading lane finds ends the rest at once)
            Step(Name.RULES, fire_due, SECONDS),
            Step(Name.REMINDERS, reminders_due, RARELY),  # whose day has come, is it still so?
            Step(Name.DIGESTS, gathered_due, RARELY),  # which digests are to be told?
            Step(Name.RECEIPTS, match_early, RARELY),  # which message was that receipt about?
            Step(Name.FALLBACKS, fall_back_due, RARELY),  # whom could one channel not reach?
            # what certainly did not arrive: who stands in?
            Step(Name.UNDELIVERED, undelivered_due, RARELY),
        ),
    ),
    Lane(
        "watching",
        (
            Step(Name.ALERTS, alerts_due, SECONDS),  # does anything stand still?
            Step(Name.MORNING, morning_due, RARELY),  # whom did nothing reach yesterday?
        ),
    ),
    # what has been queued and done: a search finds it at once, this makes it quick
    Lane("finding", (Step(Name.SEARCH, index_due, RARELY, is_woken=False),)),
)
