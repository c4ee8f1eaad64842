"""What a rule would have written in the last days: how many, to whom, when, and why not. No writes.

It asks the events that were stored and the past documents of the source that are none of them.
Each case can be opened: `try_rule(rule, case.document, before=case.before, event=case.event)`.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from emailketing.audience.caps import has_cap
from emailketing.audience.hours import Calendar
from emailketing.audience.people import read_ahead
from emailketing.audience.recipients import resolve
from emailketing.audience.wanted import RecipientInvalid
from emailketing.audience.ways import Plan, plan_of
from emailketing.common.document import Document, as_json, document_in
from emailketing.common.plain import Values
from emailketing.common.reading import one_reading
from emailketing.company.models import Company
from emailketing.company.windows import WindowInvalid
from emailketing.contacts.models import Contact
from emailketing.content.formats import NotAValue
from emailketing.events.models import Event
from emailketing.outbox.queueing.dispatch import Recipient
from emailketing.triggers.notifications.conditions import ConditionInvalid, Facts, evaluate
from emailketing.triggers.notifications.firing.digest import told_at, told_tomorrow
from emailketing.triggers.notifications.firing.ladder import rungs_of
from emailketing.triggers.notifications.firing.write import nobody
from emailketing.triggers.notifications.keys import dispatch_key
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.trying.happenings import happenings

Result = Outcome.Result


@dataclass(frozen=True)
class SimulatedCase:
    """One event or past document, and what the rule would have made of it."""

    label: str
    at: datetime
    document: Document
    before: Values
    event: Event | None
    result: str
    why: str
    recipients: tuple[Recipient, ...] = ()
    moments: tuple[datetime, ...] = ()  # when each of them would have left

    @property
    def result_label(self) -> str:
        return str(Result(self.result).label)


@dataclass(frozen=True)
class SimulatedReader:
    """Somebody who would have got messages."""

    name: str
    address: str
    channel: str
    count: int


@dataclass
class Simulation:
    """The answer to “what would it have done?”.

    Attributes:
        from_past: how many cases are past documents of the source, as if each had just happened.
        past_problem: why no past document could be asked.
        is_cut: there was more than could be looked at; the newest were.
        most_in_an_hour: more than the rule's flood limit would have been held.
        is_at_most: reminders: each is asked again on its day and may not be written.
        problem: why nothing could be simulated.
    """

    days: int
    cases: list[SimulatedCase] = field(default_factory=list)
    readers: list[SimulatedReader] = field(default_factory=list)
    by_day: dict[date, int] = field(default_factory=dict)
    why_not: list[tuple[str, int]] = field(default_factory=list)
    messages: int = 0
    from_past: int = 0
    past_problem: str = ""
    is_cut: bool = False
    most_in_an_hour: int = 0
    would_be_held: bool = False
    is_at_most: bool = False
    problem: str = ""


def simulate(rule: Rule, *, days: int = 30, now: datetime) -> Simulation:
    """Let the rule as it is look at the last days; the rule may be unsaved or off.

    Raises:
        CaptureError, ConnectorError: there are no events, and the source cannot be read.
    """
    simulation = Simulation(days, is_at_most=bool(rule.remind_days))
    since = now - timedelta(days=days)
    # a reminder that would have left now is of something older
    happened = since - timedelta(days=max(rule.remind_days, default=0))
    found = happenings(rule, happened)
    events = found.events
    simulation.is_cut, simulation.past_problem = found.is_cut, found.past_problem
    simulation.from_past = sum(event.pk is None for event in events)
    try:
        with one_reading():
            read_ahead(rule, [document_in(event.data) for event in events])
            run = _Run(rule, since, now)
            simulation.cases = [run.case(event) for event in events]
    except WindowInvalid as error:
        simulation.problem = str(error)
        return simulation
    _count(simulation, rule, run)
    return simulation


@dataclass(frozen=True)
class _Judged:
    result: str
    why: str
    recipients: tuple[Recipient, ...] = ()
    moments: tuple[datetime, ...] = ()


class _Run:
    """Remembers what was written so far, as the ledger would."""

    def __init__(self, rule: Rule, since: datetime, now: datetime) -> None:
        self._rule, self._since, self._now = rule, since, now
        self._plan: Plan = plan_of(rule)
        self._fields, self._own = rule.document_fields(), Company.get().currency
        self._calendar = Calendar.of(rule, Company.get())
        zones = Contact.objects.exclude(time_zone="").values_list("pk", "time_zone")
        self._zones: dict[int, str] = dict(zones)
        self._keys: set[str] = set()
        self._told: Counter[tuple[object, str, date]] = Counter()
        self._digests: set[tuple[str, datetime]] = set()
        self.zone = self._calendar.zone

    def case(self, event: Event) -> SimulatedCase:
        document = document_in(event.data)
        before = event.data.get("before") or {}
        judged = self._judge(event, document, before)
        return SimulatedCase(
            label=event.document_label,
            at=event.occurred_at,
            document=document,
            before=before,
            event=event if event.pk else None,
            result=judged.result,
            why=judged.why,
            recipients=judged.recipients,
            moments=judged.moments,
        )

    def _facts(self, document: Document, before: Values) -> Facts:
        return Facts(as_json(document), before, self._fields, self._own)

    def _judge(self, event: Event, document: Document, before: Values) -> "_Judged":
        try:
            verdict = evaluate(self._rule.condition, self._facts(document, before))
        except ConditionInvalid as error:
            return _Judged(Result.FAILED, str(error))
        if not verdict.holds:
            return _Judged(Result.CONDITION, verdict.why)
        if event.pk or self._rule.repeat == Rule.Repeat.ONCE:
            key = dispatch_key(self._rule, event)
            if key in self._keys:
                return _Judged(Result.ALREADY, _("already sent for this document"))
            self._keys.add(key)
        return self._who(event, document, verdict.why)

    def _who(self, event: Event, document: Document, why: str) -> "_Judged":
        try:
            resolution = resolve(self._rule, document, actor=event.actor, plan=self._plan)
        except RecipientInvalid as error:
            return _Judged(Result.FAILED, str(error))
        if not resolution.recipients:
            nobody_there = nobody(resolution)
            return _Judged(nobody_there.result, nobody_there.detail)
        try:
            kept, moments = self._when(event, document, resolution.recipients)
        except (WindowInvalid, NotAValue) as error:
            return _Judged(Result.FAILED, str(error))
        if not kept and self._rule.remind_days:
            return _Judged(Result.PLANNED, _("none of its reminders falls into these days"))
        if not kept:
            return _Judged(Result.CAPPED, _("everybody had enough of this rule on that day"))
        return _Judged(Result.SENT, why, tuple(kept), tuple(moments))

    def _when(
        self, event: Event, document: Document, recipients: list[Recipient]
    ) -> tuple[list[Recipient], list[datetime]]:
        if self._rule.remind_days:
            rungs = [
                due_at
                for due_at in rungs_of(self._rule, event, document).values()
                if self._since <= due_at <= self._now
            ]
            return [one for one in recipients for _rung in rungs], [*rungs] * len(recipients)
        if self._rule.digest:
            return recipients, [self._digest(one, event.occurred_at) for one in recipients]
        start = event.occurred_at + timedelta(minutes=self._rule.delay_minutes)
        kept = [one for one in recipients if not self._has_enough(one, start)]
        zones = [self._zone_of(one) for one in kept]
        return kept, [self._calendar.not_before(start, zone) or start for zone in zones]

    def _digest(self, one: Recipient, start: datetime) -> datetime:
        """Return the moment of the digest that tells it; beyond the cap the next day's first."""
        zone = self._zone_of(one)
        moment = told_at(self._rule, self._calendar, zone, start)
        while (one.address, moment) not in self._digests and self._has_enough(one, moment):
            moment = told_tomorrow(self._rule, self._calendar, zone, moment)
        self._digests.add((one.address, moment))
        return moment

    def _zone_of(self, one: Recipient) -> str:
        return self._zones.get(one.contact_id or 0, "")

    def _has_enough(self, one: Recipient, moment: datetime) -> bool:
        """Count one more for the reader on that day, unless it is beyond the cap."""
        rule = self._rule
        if rule.daily_cap is None or not has_cap(rule):
            return False
        reader = one.address if rule.digest else one.contact_id or one.address
        key = reader, one.channel, moment.astimezone(self.zone).date()
        if self._told[key] >= rule.daily_cap:
            return True
        self._told[key] += 1
        return False


def _count(simulation: Simulation, rule: Rule, run: _Run) -> None:
    readers: Counter[tuple[str, str, str]] = Counter()
    days: Counter[date] = Counter()
    digests = set()
    for case in simulation.cases:
        for one, moment in zip(case.recipients, case.moments, strict=True):
            reader = one.name, one.address, one.channel
            if rule.digest:  # all that leaves at one moment is one message
                if (reader, moment) in digests:
                    continue
                digests.add((reader, moment))
            readers[reader] += 1
            days[moment.astimezone(run.zone).date()] += 1
    simulation.readers = [
        SimulatedReader(*reader, count) for reader, count in readers.most_common()
    ]
    simulation.by_day = dict(sorted(days.items()))
    simulation.messages = sum(readers.values())
    reasons = Counter(case.why for case in simulation.cases if case.result != Result.SENT)
    simulation.why_not = reasons.most_common()
    simulation.most_in_an_hour = _most_in_an_hour(simulation.cases)
    simulation.would_be_held = simulation.most_in_an_hour > rule.flood_limit


def _most_in_an_hour(cases: list[SimulatedCase]) -> int:
    hours: dict[datetime, int] = defaultdict(int)
    for case in cases:
        if case.result == Result.SENT and case.event is not None:  # a past one has no hour
            hours[case.at.replace(minute=0, second=0, microsecond=0)] += 1
    return max(hours.values(), default=0)
