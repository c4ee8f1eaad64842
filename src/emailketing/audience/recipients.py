"""Who hears of it, over which channel: each person once for each channel, with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from emailketing.audience.actor import Actor
from emailketing.audience.models import Audience
from emailketing.audience.people import Finder, Person, Place
from emailketing.audience.wanted import check_readable
from emailketing.audience.ways import Plan, plan_of
from emailketing.channels.declared import EMAIL
from emailketing.common.document import Document
from emailketing.common.plain import Values
from emailketing.common.said import join
from emailketing.common.said import say as _
from emailketing.company.models import Company
from emailketing.contacts.models import Address, Contact
from emailketing.contacts.phone import PhoneInvalid, phone
from emailketing.outbox.queueing.dispatch import Alternative, Recipient

Delivery = Audience.Delivery
Kind = Address.Kind


@dataclass
class Resolution:
    """The people found, and in words why somebody was not."""

    recipients: list[Recipient] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    used_fallback: bool = False
    left_out: list[str] = field(default_factory=list)  # the names of who did it


def resolve(
    audience: Audience, document: Document, *, actor: str = "", plan: Plan | None = None
) -> Resolution:
    """Find the recipients of one document; nobody to write to means the fallback.

    Who only reads along ("copy") gets a message of its own, last, and does not count as somebody.
    One person found twice gets one message for each channel; the reasons are joined.

    Raises:
        RecipientInvalid: nobody knows who is meant.
    """
    check_readable(audience.recipients)
    check_readable(audience.fallback)
    resolution = Resolution()
    who = Actor.named(actor) if audience.leaves_out_actor else None
    search = _Search(audience, document, resolution, plan or plan_of(audience), who)
    for wanted in audience.recipients:
        if not wanted.get("copy"):
            search.add(wanted)
    if not resolution.recipients:
        resolution.problems += search.absent
    if not resolution.recipients and not resolution.left_out and audience.fallback:
        resolution.used_fallback = True
        search.add(audience.fallback)
    for wanted in audience.recipients:
        if wanted.get("copy"):
            search.add(wanted)
    return resolution


def resolve_fallback(audience: Audience, document: Document, *, plan: Plan) -> Resolution:
    """Find who stands in where the others certainly did not get it; perhaps nobody.

    Raises:
        RecipientInvalid: nobody knows who is meant.
    """
    check_readable(audience.fallback)
    resolution = Resolution(used_fallback=True)
    if audience.fallback:
        _Search(audience, document, resolution, plan, None).add(audience.fallback)
    return resolution


class Reach:
    """How each of many people is reached by one audience's choice of channels."""

    def __init__(self, audience: Audience, plan: Plan) -> None:
        self._resolution = Resolution()
        self._search = _Search(audience, Document(), self._resolution, plan, None)

    def of(self, person: Person) -> tuple[list[Recipient], str]:
        """Return the messages this person gets, or why there is none."""
        self._resolution.problems.clear()
        found = list(self._search.reachable(person))
        return found, "" if found else join(" ", self._resolution.problems)


class _Search:
    """Adds people to a resolution, each once for each channel."""

    def __init__(
        self,
        audience: Audience,
        document: Document,
        resolution: Resolution,
        plan: Plan,
        actor: Actor | None,
    ) -> None:
        self._finder = Finder(audience, document, resolution.problems)
        self._resolution = resolution
        self._plan = plan
        self._actor = actor
        self._country = Company.get().country

    @property
    def absent(self) -> list[str]:
        """What the document does not name, in words: of no weight when somebody else is found."""
        return self._finder.absent

    def add(self, wanted: Values) -> None:
        before = len(self._resolution.recipients)
        for person in self._finder.find(wanted):
            if self._actor is not None and self._actor.is_same(person):
                self._resolution.left_out.append(person.name)
                continue
            found = list(self.reachable(person))
            for one in found:
                if wanted.get("copy"):
                    one = replace(one, why=_("copy: %(why)s") % {"why": one.why})
                self._join(one, before)

    def _join(self, one: Recipient, before: int) -> None:
        """Add a recipient, or its reason to the one who gets the message already."""
        known = self._resolution.recipients
        for number, other in enumerate(known):
            same_place = (other.channel, other.address.lower()) == (
                one.channel,
                one.address.lower(),
            )
            if same_place or (number < before and _is_same_person(one, other)):
                if one.why not in other.why.split("; "):
                    known[number] = replace(other, why=join("; ", [other.why, one.why]))
                return
        known.append(one)

    def reachable(self, person: Person) -> Iterator[Recipient]:
        """Return the messages one person gets, by the rule's choice of channels."""
        emails = [place for place in person.at(Kind.EMAIL) if self._plan.with_email]
        phones = self._phones(person) if self._plan.with_phone else []
        if not emails and not phones:
            shown = person.contact.shown if person.contact else person.places[0].value
            name = person.name or shown
            problem = self._why_misread(person, name) or self._why_unreachable(person, name)
            self._resolution.problems.append(problem)
            return
        for first, *others in _ordered(self._plan, person, emails, phones):
            for whose in first:
                yield _recipient(person, whose, others)

    def _phones(self, person: Person) -> list[Place]:
        """The numbers a phone message can reach; each may be of several phone channels."""
        if not self._plan.phones:
            return []
        understood = ((place, self._mobile(place.value)) for place in person.at(Kind.PHONE))
        return [replace(place, value=number) for place, number in understood if number]

    def _mobile(self, value: str) -> str:
        """Return the number as every country writes it, nothing for a landline."""
        try:
            number = phone(value, self._country)
        except PhoneInvalid:
            return ""
        return number.e164 if number.is_mobile else ""

    def _why_unreachable(self, person: Person, name: str) -> str:
        who = {"name": name}
        if self._plan.delivery == Delivery.EMAIL:
            if person.contact is None and person.at(Kind.PHONE):
                return _("“%(name)s” is a phone; this rule writes by e-mail only.") % who
            return _("%(name)s has no e-mail address.") % who
        if self._plan.delivery == Delivery.PHONE:
            if person.contact is None and person.at(Kind.EMAIL):
                return _("“%(name)s” is an e-mail address; this rule writes by phone only.") % who
            if person.at(Kind.PHONE):
                return _("%(name)s has no mobile phone.") % who
            return _("%(name)s has no phone.") % who
        return _("%(name)s has neither an e-mail address nor a mobile phone.") % who

    def _why_misread(self, person: Person, name: str) -> str:
        """There is something written in the field: that is not the same as nothing."""
        if person.contact is None:
            return ""
        sentences = {
            Kind.EMAIL.value: _("The e-mail of %(name)s is not understood: “%(written)s”."),
            Kind.PHONE.value: _("The phone of %(name)s is not understood: “%(written)s”."),
        }
        if not self._plan.with_email or person.at(Kind.EMAIL):
            del sentences[Kind.EMAIL.value]
        if not self._plan.with_phone or person.at(Kind.PHONE):
            del sentences[Kind.PHONE.value]
        for row in person.contact.addresses.all():
            if row.problem and row.kind in sentences:
                return sentences[row.kind] % {"name": name, "written": row.value}
        return ""


Ways = tuple[Alternative, ...]  # one place, over one or more channels
Whose = tuple[str, Ways]  # within a company: the person the place belongs to
Steps = list[list[Whose]]  # what is written to, and what is tried after it


def _ordered(
    plan: Plan, person: Person, emails: list[Place], phones: list[Place]
) -> Iterator[Steps]:
    """Yield what is written to, each with what is tried when that fails (R30)."""
    by_email: list[Whose] = [(p.person, (Alternative(EMAIL, p.value),)) for p in emails]
    by_phone: list[Whose] = [
        (p.person, tuple(Alternative(channel, p.value) for channel in plan.phones)) for p in phones
    ]
    if plan.delivery == Delivery.BOTH:
        yield [by_email]
        yield [by_phone]
    elif plan.delivery == Delivery.CONTACT and person.contact is not None:
        yield _as_preferred(plan, person.contact, by_email, by_phone)
    elif plan.delivery == Delivery.PHONE_FIRST:
        yield [step for step in (by_phone, by_email) if step]
    else:
        yield [step for step in (by_email, by_phone) if step]


def _as_preferred(
    plan: Plan, contact: Contact, by_email: list[Whose], by_phone: list[Whose]
) -> Steps:
    """The contact's own order of channels; what it does not name is for when nothing else is."""
    named = contact.channel_order.get(plan.mail_class) or contact.channel_order.get("any") or []
    wanted = [channel for channel in named if channel == EMAIL or channel in plan.phones]
    rest = [channel for channel in (EMAIL, *plan.phones) if channel not in wanted]

    def over(channel: str) -> list[Whose]:
        places = by_email if channel == EMAIL else by_phone
        return [(who, tuple(w for w in ways if w.channel == channel)) for who, ways in places]

    steps = [step for step in map(over, wanted) if step]
    return steps or [step for step in map(over, rest) if step]


def _recipient(person: Person, whose: Whose, later: Steps) -> Recipient:
    name, (first, *more) = whose
    others = [next((ways for who, ways in step if who == name), step[0][1]) for step in later]
    return Recipient(
        channel=first.channel,
        address=first.address,
        alternatives=(*more, *(way for ways in others for way in ways)),
        name=name or person.name,
        language=person.language,
        contact_id=person.contact.pk if person.contact else None,
        why=person.why,
    )


def _is_same_person(one: Recipient, other: Recipient) -> bool:
    """The same contact, and within it the same name: a company has several desks."""
    if one.contact_id is None or one.contact_id != other.contact_id:
        return False
    return one.channel == other.channel and one.name.casefold() == other.name.casefold()
