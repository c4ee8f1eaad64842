"""Who of them gets the greeting, by which way; and of everybody else why not (O4, O5, O8)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils import translation

from emailketing.audience.people import Person, Place, usable_addresses
from emailketing.audience.recipients import Reach
from emailketing.audience.ways import Plan, plan_of
from emailketing.common.language import active_language
from emailketing.common.plain import Entry
from emailketing.common.said import say as _
from emailketing.contacts.models import Address, Contact, Suppression
from emailketing.contacts.suppress import suppressed_among
from emailketing.outbox.policy import address_kind, stopping
from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.outbox.queueing.request import Recipient
from emailketing.triggers.occasions.models import DoubtfulDay, GreetingTold, Skip
from emailketing.triggers.occasions.running.due import AskedOccasion, Due
from emailketing.triggers.occasions.running.listed import said_values

Answer = DoubtfulDay.Answer
Taken = dict[tuple[str, str], str]  # channel, address → who has it already
SkipKey = tuple[date, int | None, str]  # day, contact, of whom
GreetedKey = tuple[int, str, int, str, str]  # contact, of whom, year, date there once, channel
MOST_ROWS = 200  # of a listing that one message tells of


@dataclass(frozen=True, slots=True)
class GreetingVerdict:
    """What becomes of one person's greeting; `why_not` where it is nothing."""

    due: Due
    recipients: tuple[Recipient, ...] = ()
    why_not: str = ""
    is_greeted: bool = False  # it was said already
    is_skipped: bool = False  # somebody left this one out
    is_later: bool = False  # its own message, or more of it, follows in the next turn
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # channel → of whom, of what

    @property
    def shown(self) -> str:
        return self.due.shown


@dataclass(slots=True)
class Judge:
    """Judges the people of an occasion, block by block.

    Attributes:
        taken: whose address has its greeting of this day already: one address, one greeting (O4).
        doubts: by month and day, as somebody answered them.
    """

    asked: AskedOccasion
    plan: Plan
    doubts: dict[tuple[int, int], str]
    taken: dict[date, Taken] = field(default_factory=dict)

    @classmethod
    def of(cls, asked: AskedOccasion) -> "Judge":
        return cls(asked, plan_of(asked.occasion), _doubts(asked))

    def judge(self, dues: Sequence[Due]) -> list[GreetingVerdict]:
        """Return what becomes of each, in their order."""
        skips, greeted = _skips(self.asked, dues), _greeted(self.asked, dues)
        reach = Reach(self.asked.occasion, self.plan)
        found = [self._first(due, skips, greeted, reach) for due in dues]
        return self._without_stopped(found)

    def _first(
        self,
        due: Due,
        skips: set[SkipKey],
        greeted: set[GreetedKey],
        reach: Reach,
    ) -> GreetingVerdict:
        if why := self._why_not(due, skips):
            return GreetingVerdict(due, why_not=why, is_skipped=(due.on, *due.key) in skips)
        recipients, problem = reach.of(_person(due, self.asked.occasion.usage, self._why(due)))
        named = {r.channel: untold(due, r.channel, greeted) for r in recipients}
        fresh = [r for r in recipients if named[r.channel]]
        if recipients and not fresh:
            return GreetingVerdict(due, why_not=_already(due), is_greeted=True)
        first = {channel: names[:MOST_ROWS] for channel, names in named.items()}
        own = tuple(replace(r, fields=fields_of(due.only(first[r.channel]))) for r in fresh)
        is_later = any(len(names) > MOST_ROWS for names in named.values())
        return GreetingVerdict(due, own, "" if own else problem, is_later=is_later, named=first)

    def _why_not(self, due: Due, skips: set[SkipKey]) -> str:
        answer = self.doubts.get((due.date.month, due.date.day))
        if answer == Answer.NONE:
            return _("so many have this day: somebody has to say whether it is real")
        if answer == Answer.LEAVE:
            return _("this day was filled in by their program")
        if (due.on, None, "") in skips:
            return _("the day is left out")
        if (due.on, *due.key) in skips:
            return _("left out")
        if not due.contact.is_active:
            return _("no longer active")
        return due.withheld

    def _why(self, due: Due) -> str:
        label = self.asked.label
        return _("%(day)s of %(name)s") % {"day": label, "name": due.of} if due.of else label

    def _without_stopped(self, found: list[GreetingVerdict]) -> list[GreetingVerdict]:
        """Leave out who wants none, and the second greeting for one address."""
        noted = _suppressions(r for verdict in found for r in verdict.recipients)
        return [self._left(verdict, noted) if verdict.recipients else verdict for verdict in found]

    def _left(
        self, verdict: GreetingVerdict, noted: dict[tuple[str, str], list[Suppression]]
    ) -> GreetingVerdict:
        taken = self.taken.setdefault(verdict.due.on, {})
        left, why, is_later = [], "", verdict.is_later
        for one in verdict.recipients:
            place = one.channel, one.address.lower()
            stops = [stopping(noted.get(key, []), MailClass.GREETING) for key in _noted_as(one)]
            if (stop := stops[0]) is not None and all(stops):  # the other ways, too
                words = {"reason": str(stop.get_reason_display()), "address": one.address}
                why = _("%(address)s: %(reason)s") % words
            elif place in taken:
                is_later = bool(verdict.due.rows)
                why = same_address(taken[place], is_later=is_later)
            else:
                taken[place] = verdict.shown
                left.append(one)
        more = "" if left else why
        return replace(verdict, recipients=tuple(left), why_not=more, is_later=is_later)


def untold(due: Due, channel: str, greeted: set[GreetedKey]) -> tuple[str, ...]:
    """Return of whom or of what it was not said yet by this channel."""
    contact, when = due.contact.pk, (due.year, due.once_on, channel)
    return tuple(name for name in due.names if (contact, name, *when) not in greeted)


def same_address(name: str, *, is_later: bool) -> str:
    """Say that an address has one greeting (O4); of different things each has its own message."""
    if is_later:
        sentence = _("the same address as %(name)s: a message of its own, right after that one")
        return sentence % {"name": name}
    return _("the same address as %(name)s") % {"name": name}


def _already(due: Due) -> str:
    return _("told already of this date") if due.is_once else _("greeted already this year")


def fields_of(due: Due) -> Entry:
    """Return what a text may name of the person: `recipient.of`, `.years`, `.day`, `.rows`."""
    language = due.contact.language or active_language()
    day = due.date.isoformat()
    with translation.override(language):
        said: Entry = {"of": due.of, "years": due.years or "", "day": day}
    if due.rows:
        named = ({"of": one.name, "day": day} for one in due.rows)
        rows = (said_values(one, due.columns, language) for one in due.rows)
        said["rows"] = [{**values, **own} for values, own in zip(rows, named, strict=True)]
    return said


def _person(due: Due, usage: str, why: str) -> Person:
    """Return whom to write to: one of a company's people, where it has an address (O8)."""
    contact = due.contact
    own = _places_of(contact, due.name) if due.name else ()
    if due.name and not own:
        why = _("%(why)s; no address of its own: the company's") % {"why": why}
    return Person(
        name=due.name if own else contact.name,
        language=contact.language,
        why=why,
        places=own or _usual_places(contact, usage),
        contact=contact,
    )


def _places_of(contact: Contact, name: str) -> tuple[Place, ...]:
    """Return the first address of each kind that is this person's own."""
    rows = [
        row
        for row in contact.addresses.all()
        if not row.problem and row.person.casefold() == name.casefold()
    ]
    first = {row.kind: row for row in reversed(rows)}
    return tuple(Place(row.kind, row.value, row.person) for row in first.values())


def _usual_places(contact: Contact, usage: str) -> tuple[Place, ...]:
    """Return one address of each kind: a greeting is said once, not at every desk."""
    return tuple(
        Place(kind, row.value, row.person)
        for kind in Address.Kind.values
        for row in usable_addresses(contact, usage, kind)[:1]
    )


def _skips(asked: AskedOccasion, dues: Sequence[Due]) -> set[SkipKey]:
    days = {due.on for due in dues}
    rows = Skip.objects.filter(occasion=asked.occasion, day__in=days)
    return set(rows.values_list("day", "contact_id", "name"))


def _greeted(asked: AskedOccasion, dues: Sequence[Due]) -> set[GreetedKey]:
    rows = GreetingTold.objects.filter(
        occasion=asked.occasion,
        contact__in={due.contact.pk for due in dues},
        year__in={due.year for due in dues},
    )
    return set(rows.values_list("contact_id", "name", "year", "once_on", "channel"))


def _suppressions(recipients: Iterable[Recipient]) -> dict[tuple[str, str], list[Suppression]]:
    wanted: dict[str, set[str]] = {}
    for one in recipients:
        for kind, value in _noted_as(one):
            wanted.setdefault(kind, set()).add(value)
    found: dict[tuple[str, str], list[Suppression]] = {}
    for kind, values in wanted.items():
        rows = suppressed_among(values, kind=kind)
        found |= {(kind, value): some for value, some in rows.items()}
    return found


def _noted_as(one: Recipient) -> list[tuple[str, str]]:
    """Return as what a “no” of this person is noted: of the first way, then of the others."""
    others = ((way.channel, way.address) for way in one.alternatives)
    places = ((one.channel, one.address), *others)
    return [(address_kind(channel), address.lower()) for channel, address in places]


def _doubts(asked: AskedOccasion) -> dict[tuple[int, int], str]:
    rows = DoubtfulDay.objects.filter(occasion=asked.occasion)
    return {(row.month, row.day): row.answer for row in rows}
