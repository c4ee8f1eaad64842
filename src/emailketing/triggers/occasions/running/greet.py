"""The worker's step: whose day is it now, in each zone, and what has not been said yet (O1, O2).

A day of an occasion in one zone is a row with a lease: several workers share them, one that died
leaves it to another. A block of people is one transaction: their rows in `GreetingTold`, their
messages and how far it came: nobody is greeted twice or forgotten, whatever ends in between.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import translation

from emailketing.audience.hours import Calendar, zone_of
from emailketing.audience.template_data import template_data
from emailketing.audience.ways import Plan, plan_of
from emailketing.common.boundary import Boundary
from emailketing.common.document import Document
from emailketing.common.ids import ulid
from emailketing.common.plain import Entry
from emailketing.common.reading import one_reading
from emailketing.common.said import kept_with, sentence_of
from emailketing.common.said import say as _
from emailketing.company.free_days import free_days
from emailketing.company.models import Company
from emailketing.company.program_errors import note_error
from emailketing.company.windows import WindowInvalid
from emailketing.outbox.queueing.blocks import add_block, is_over, open_dispatch
from emailketing.outbox.queueing.dispatch import MailClass, draw_ahead
from emailketing.outbox.queueing.request import DoesNotFit, Request
from emailketing.outbox.queueing.told import told_of
from emailketing.outbox.sending.faults import reach
from emailketing.schedule.calendar_day import DayInvalid
from emailketing.triggers.occasions.definition.days import PersonDay, celebrated
from emailketing.triggers.occasions.definition.listed import ListedDay
from emailketing.triggers.occasions.definition.save import pause_occasion
from emailketing.triggers.occasions.definition.way_out import way_out_problem
from emailketing.triggers.occasions.models import GreetingDay, GreetingTold, Occasion
from emailketing.triggers.occasions.running.doubts import look_for_doubts
from emailketing.triggers.occasions.running.due import AskedOccasion, zones
from emailketing.triggers.occasions.running.judge import GreetingVerdict, Judge, same_address
from emailketing.triggers.occasions.running.listed import why_not_read

AUTHOR = "eMailketing"
BUDGET = 10.0  # seconds of a turn: then the search, and whoever ends the worker, have theirs
BLOCK = 100  # people: their cards, each another name, are drawn in ten seconds
LEASE = timedelta(seconds=60)
LOOK_AGAIN = timedelta(minutes=10)  # whose date was put right meanwhile (O7)
MOST_LOOKED_AT_AGAIN = 5_000  # people: more are looked at once a day
LOOK_BACK = 7  # days: so far a missed one is noted
A_DAY = timedelta(days=1)
State = GreetingDay.State


class GreetingLost(Exception):
    """Another worker has the day by now: nothing was written."""


def has_occasions() -> bool:
    return Occasion.objects.filter(is_active=True).exists()


def greet_due(now: datetime) -> int:
    """Greet whoever is due, block after block, for some seconds; return how many were looked at."""
    done, ends = 0, monotonic() + BUDGET
    with translation.override(Company.get().language), one_reading():
        there = zones()
        while some := sum(_without_error(one, there, now) for one in _at_work()):
            done += some
            if monotonic() > ends:
                break
    return done


def _at_work() -> QuerySet[Occasion]:
    return Occasion.objects.filter(is_active=True).select_related("source")


def _without_error(occasion: Occasion, there: list[str], now: datetime) -> int:
    """Greet; an error of the program pauses this one, and the others have their turn."""
    done = 0
    with Boundary(f"the greetings of {occasion.trigger}") as met:
        done = _greet(occasion, there, now)
    if met.error is not None:
        note_error(met, occasion.trigger, occasion.name, now=now)
        pause_occasion(occasion, by=AUTHOR, now=now, reason=met.sentence)
    return done


def _greet(occasion: Occasion, there: list[str], now: datetime) -> int:
    """Do the next block of each zone; what cannot be done pauses the occasion with the reason."""
    try:
        asked, calendar = AskedOccasion.of(occasion), Calendar.of(occasion, Company.get())
        plan = plan_of(occasion)
        if why := _without_way(plan) or way_out_problem(plan):
            pause_occasion(occasion, by=AUTHOR, now=now, reason=why)
            return 0
        return sum(_greet_zone(asked, plan, calendar, zone, now) for zone in there)
    except (DayInvalid, WindowInvalid, DoesNotFit) as error:
        pause_occasion(occasion, by=AUTHOR, now=now, reason=sentence_of(error))
    except (GreetingLost, IntegrityError):
        pass  # somebody else was first: looked at again in a moment
    return 0


def _without_way(plan: Plan) -> str:
    if plan.ways:
        return ""
    return _("There is no sender for it any more. Make one under Senders, then resume.")


def _greet_zone(
    asked: AskedOccasion, plan: Plan, calendar: Calendar, zone: str, now: datetime
) -> int:
    """Do the next block of each day that is to be said in this zone now."""
    today = now.astimezone(zone_of(zone, calendar.zone)).date()
    waiting = days_waiting(asked.occasion, today)
    past = _past(asked.occasion, today, calendar.zone)
    over = [on for on in past if on not in waiting and asked.is_on(on)]
    note_missed(asked, zone, over, now=now)
    if not is_open(calendar, zone, now):
        return 0
    late = [] if free_days().is_free(today) else [on for on in past if on in waiting]
    if why := why_not_now(asked, now):
        _hold(asked.occasion, zone, [*late, today], why, now)
        return 0
    rows = (take(asked.occasion, zone, on, now=now) for on in (*late, today) if asked.is_on(on))
    return sum(greet_block(asked, plan, row, calendar, now=now) for row in rows if row)


def why_not_now(asked: AskedOccasion, now: datetime) -> str:
    """Say why the rows of its listing greet nobody now; "" where they do, or it has none."""
    if not isinstance(asked.day, ListedDay):
        return ""
    return why_not_read(asked.occasion, asked.day, now=now)


def _hold(occasion: Occasion, zone: str, days: list[date], why: str, now: datetime) -> None:
    """Note why nobody is greeted now: its listing is tried again, and that day may go by (O2)."""
    for on in days:
        row, _is_new = GreetingDay.objects.get_or_create(
            occasion=occasion, zone=zone, day=on, defaults={"began_at": now}
        )
        if row.state != State.DONE and row.reason != why[:500]:
            GreetingDay.objects.filter(pk=row.pk).update(reason=why[:500], said=kept_with(why))


def is_open(calendar: Calendar, zone: str, now: datetime) -> bool:
    """Whether somebody in this zone may be written to now."""
    return calendar.is_always_open or calendar.not_before(now, zone) is None


def days_waiting(occasion: Occasion, today: date) -> set[date]:
    """Return the days before today of which the next working day is not over (O2)."""
    days, free = set[date](), free_days()
    if occasion.late == Occasion.Late.NEXT:
        for number in range(1, LOOK_BACK + 1):
            days.add(before := today - number * A_DAY)
            if not free.is_free(before):
                break
    return days


def _past(occasion: Occasion, today: date, zone: ZoneInfo) -> list[date]:
    """Return the days before today on which it was at work, as far as is looked back."""
    began = (occasion.active_since or occasion.created_at).astimezone(zone).date()
    since = max(began, today - LOOK_BACK * A_DAY)
    return [since + number * A_DAY for number in range((today - since).days)]


def take(occasion: Occasion, zone: str, on: date, *, now: datetime) -> GreetingDay | None:
    """Take this day for a while; None: it is done, or another worker has it."""
    row, _is_new = GreetingDay.objects.get_or_create(
        occasion=occasion, zone=zone, day=on, defaults={"began_at": now}
    )
    if row.state == State.DONE and (row.next_at is None or row.next_at > now):
        return None  # without a write: so it is at nearly every turn
    holder = ulid(now)
    free = Q(leased_until=None) | Q(leased_until__lte=now) | Q(leased_until__gt=now + 2 * LEASE)
    due = ~Q(state=State.DONE) | Q(next_at__lte=now)
    mine = GreetingDay.objects.filter(free & due, pk=row.pk)
    if not mine.update(holder=holder, leased_until=now + LEASE):
        return None
    row.refresh_from_db()
    is_late = row.dispatch is not None and is_over(row.dispatch, now)  # gone on with another day
    if row.state != State.OPEN or is_late:  # once more from the beginning
        row.state, row.after, row.dispatch = State.OPEN, 0, None
        row.sweep, row.seen, row.left_out = row.sweep + 1, 0, 0
        row.has_later = False
    return row


def greet_block(
    asked: AskedOccasion, plan: Plan, row: GreetingDay, calendar: Calendar, *, now: datetime
) -> int:
    """Judge the next people and write to them, all or nothing.

    Raises:
        GreetingLost: another worker has the day.
        IntegrityError: another worker has greeted one of them; all of it is looked at again.
    """
    if not row.after:
        look_for_doubts(asked, now=now)
    dues, after = asked.block(row.day, zone=row.zone, after=row.after, most=BLOCK)
    verdicts = Judge.of(asked).judge(dues)
    reach("greeting_judged")
    request = _request(asked, plan, row, calendar, now)
    draw_ahead(request, (one for verdict in verdicts for one in verdict.recipients), now)
    with transaction.atomic():
        held = GreetingDay.objects.select_for_update().filter(pk=row.pk, holder=row.holder)
        if not held.exists():
            raise GreetingLost
        verdicts = without_told(row, verdicts, request.key)
        messages = _write(asked, row, request, verdicts, now)
        reach("greeting_told")
        row.has_later = row.has_later or any(verdict.is_later for verdict in verdicts)
        _come_on(asked, row, after, now)
        row.seen, row.written = row.seen + len(dues), row.written + messages
        row.left_out += sum(not (v.recipients or v.is_greeted) for v in verdicts)
        row.leased_until, row.reason, row.said = None, "", None
        row.save()
    reach("greeting_written")
    return len(dues) or 1  # the next zone has its turn at once


def without_told(
    row: GreetingDay, verdicts: list[GreetingVerdict], dispatch_key: str
) -> list[GreetingVerdict]:
    """Leave out whose address has its greeting of this day already, whatever the zone (O4).

    Rows of a listing are different things: an address has one message of each turn.
    """
    prefix = dispatch_key if any(v.due.rows for v in verdicts) else day_key(row)
    told = told_of(prefix, {r.address for v in verdicts for r in v.recipients})
    return [_untold(verdict, told) for verdict in verdicts]


def _untold(verdict: GreetingVerdict, told: set[tuple[str, str]]) -> GreetingVerdict:
    left = tuple(r for r in verdict.recipients if (r.channel, r.address.lower()) not in told)
    if left or not verdict.recipients:
        return replace(verdict, recipients=left)
    why = same_address(_("somebody else"), is_later=bool(verdict.due.rows))
    return GreetingVerdict(verdict.due, why_not=why, is_later=bool(verdict.due.rows))


def _write(
    asked: AskedOccasion,
    row: GreetingDay,
    request: Request,
    verdicts: list[GreetingVerdict],
    now: datetime,
) -> int:
    """Write the block's rows and messages in the caller's transaction; return how many."""
    told = [(verdict, one) for verdict in verdicts for one in verdict.recipients]
    if not told:
        return 0
    GreetingTold.objects.bulk_create(
        GreetingTold(
            occasion=asked.occasion,
            contact=verdict.due.contact,
            name=name,
            year=verdict.due.year,
            once_on=verdict.due.once_on,
            channel=one.channel,
            day=row.day,
            at=now,
        )
        for verdict, one in told
        for name in verdict.named[one.channel]
    )
    if row.dispatch is None:
        row.dispatch = open_dispatch(request, now=now)
    name = f"{row.sweep}:{row.after}"
    return add_block(row.dispatch, name, [one for _whose, one in told], now=now).block.messages


def _request(
    asked: AskedOccasion, plan: Plan, row: GreetingDay, calendar: Calendar, now: datetime
) -> Request:
    occasion = asked.occasion
    return Request(
        key=f"{day_key(row)}{row.zone}:{row.sweep}",
        trigger=occasion.trigger,
        trigger_label=occasion.name,
        ways=plan.ways,
        recipients=(),
        data=data_of(occasion, greeted_on(asked, row.day)),
        mail_class=MailClass.GREETING,
        document_type="occasion",
        document_key=str(occasion.pk),
        document_label=occasion.name,
        expires_at=calendar.until(now, row.zone),  # (O2)
    )


def greeted_on(asked: AskedOccasion, on: date) -> date:
    """Return the date that is greeted: the day it is said on, without the offset."""
    return celebrated(asked.day, on) if isinstance(asked.day, PersonDay | ListedDay) else on


def day_key(row: GreetingDay) -> str:
    """Return what the keys of everything begin with that an occasion writes on a day."""
    return f"{row.occasion.trigger}:{row.day.isoformat()}:"


def data_of(occasion: Occasion, on: date) -> Entry:
    """Return what a text may name beside the person."""
    document = Document(
        type="greeting", key=str(occasion.pk), label=occasion.name, date=on.isoformat()
    )
    return template_data(document)


def _come_on(asked: AskedOccasion, row: GreetingDay, cursor: int | None, now: datetime) -> None:
    """Note how far it came; at the end whether it is looked at again today."""
    if cursor is not None:
        row.after = cursor
        return
    row.state, row.finished_at = State.DONE, now
    if row.has_later:
        row.next_at = now
        return
    few = asked.count(row.day, row.zone) <= MOST_LOOKED_AT_AGAIN
    row.next_at = now + LOOK_AGAIN if few else None


def note_missed(asked: AskedOccasion, zone: str, days: list[date], *, now: datetime) -> None:
    """Note of days that are over whether nobody was at work: they are shown, and told (O2)."""
    rows = GreetingDay.objects.filter(occasion=asked.occasion, zone=zone, day__in=days)
    known = {row.day: row for row in rows}
    for on in days:
        row = known.get(on) or GreetingDay(occasion=asked.occasion, zone=zone, day=on, began_at=now)
        if row.state != State.OPEN:
            continue
        people = max(asked.count(on, zone) - row.seen, 0)
        row.state = State.MISSED if people or row.reason else State.DONE
        row.seen, row.finished_at, row.leased_until = max(row.seen, people), now, None
        row.save()
