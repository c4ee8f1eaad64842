"""What an occasion says, as it is typed: word=value."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from emailketing.audience.saving import SMS
from emailketing.channels.declared import EMAIL
from emailketing.cli.rule_parts import choose_way
from emailketing.cli.show import local, refuse
from emailketing.common.plain import JSON, Entry
from emailketing.company.models import Company
from emailketing.contacts.models import Address, Contact
from emailketing.outbox.queueing.dispatch import Recipient
from emailketing.outbox.queueing.targets import Unusable, address_as_kept
from emailketing.schedule.calendar_day import DayInvalid
from emailketing.sources.models import Source
from emailketing.triggers.occasions.definition.listed import read_listed
from emailketing.triggers.occasions.definition.save import OccasionInvalid
from emailketing.triggers.occasions.definition.written import read_written_day
from emailketing.triggers.occasions.models import Occasion
from emailketing.triggers.occasions.running.listed import read_of

TRAIT, VALUE = "trait.", "value."
YES = frozenset({"yes", "1", "true", "si", "sí", "sim"})


def occasion_of(number: int) -> Occasion:
    found = Occasion.objects.select_related("source").filter(pk=number).first()
    if found is None:
        refuse(_("There is no occasion %(number)s.") % {"number": number})
    return found


def person_of(number: int) -> Contact:
    found = Contact.objects.filter(pk=number).first()
    if found is None:
        refuse(_("There is no contact %(number)s.") % {"number": number})
    return found


def recipient_said(to: str) -> Recipient:
    """Return whoever is named, over the channel the address is of."""
    try:
        address, kind = address_as_kept(to, Company.get().country)
    except Unusable as error:
        refuse(str(error))
    channel = EMAIL if kind == Address.Kind.EMAIL else SMS
    return Recipient(address=address, channel=channel, why=_("test"))


def said_of_listing(occasion: Occasion) -> list[tuple[str, str]]:
    """Return what its listing is asked for, and how that went last; nothing where it has none."""
    if not occasion.listing:
        return []
    day, read = read_listed(occasion.day, 0), read_of(occasion)
    columns = f"date={day.date} party={day.party} party_by={day.party_by} of={day.of}"
    lines = [
        (_("Listing"), day.listing),
        (_("Columns"), f"{columns} yearly={'yes' if day.is_yearly else 'no'}"),
        (_("Read"), local(read.read_at) if read and read.read_at else _("not read yet")),
    ]
    if read is not None:
        counts = {"rows": read.count, "unowned": read.unowned, "unreadable": read.unreadable}
        sentence = _("%(rows)s; of nobody: %(unowned)s; unreadable: %(unreadable)s")
        lines.append((_("Rows"), sentence % counts))
        lines += [(_("Problem"), read.problem_in_words)] if read.problem else []
    return lines


@contextmanager
def refuse_invalid(*others: type[Exception]) -> Iterator[None]:
    """End with every sentence of what cannot be kept."""
    try:
        yield
    except OccasionInvalid as wrong:
        refuse("\n".join(wrong.all))
    except others as wrong:
        refuse(str(wrong))


def put_words(occasion: Occasion, changes: list[str]) -> None:
    """Take “day=birth-3” and the like over; what is no such word is refused."""
    for change in changes:
        word, equals, value = change.partition("=")
        if word.startswith(TRAIT) and equals:
            _put_trait(occasion, word.removeprefix(TRAIT), value)
        elif word.startswith(VALUE) and equals:
            _put_value(occasion, word.removeprefix(VALUE), value.strip())
        elif equals and word in PUT:
            PUT[word](occasion, value.strip())
        else:
            words = {"text": change, "known": ", ".join([*PUT, f"{TRAIT}…", f"{VALUE}…"])}
            refuse(_("“%(text)s” is not understood. Words: %(known)s.") % words)


def _put_trait(occasion: Occasion, name: str, value: str) -> None:
    values = [one.strip() for one in value.split(",") if one.strip()]
    others = {key: said for key, said in occasion.traits.items() if key != name}
    occasion.traits = others | ({name: values} if values else {})


def _put_day(occasion: Occasion, value: str) -> None:
    try:
        occasion.day = {**_kept(occasion, value), **read_written_day(value)}
    except DayInvalid as error:
        refuse(str(error))


def _kept(occasion: Occasion, value: str) -> Entry:
    """Return what stays of the day before where it is the same listing."""
    listing = value.partition(":")[2].partition(":")[0].strip()
    return dict(occasion.day) if listing and listing == occasion.listing else {}


def _of_listing(word: str) -> Callable[[Occasion, str], None]:
    """Choose what a column of its listing is for."""

    def put(occasion: Occasion, value: str) -> None:
        if not occasion.listing:
            refuse(_("Say the listing first: day=listing:NAME:COLUMN-7."))
        said: JSON = value.casefold() in YES if word == "yearly" else value
        occasion.day = {**occasion.day, word: said}

    return put


def _put_value(occasion: Occasion, name: str, value: str) -> None:
    if not occasion.listing:
        refuse(_("Say the listing first: day=listing:NAME:COLUMN-7."))
    known = read_listed(occasion.day, 0).values
    occasion.day = {**occasion.day, "values": {**known, name: value}}


def _put_source(occasion: Occasion, value: str) -> None:
    occasion.source = Source.objects.filter(slug=value).first()
    if value and occasion.source is None:
        refuse(_("There is no source “%(source)s”.") % {"source": value})


def _hour(word: str) -> Callable[[Occasion, str], None]:
    def put(occasion: Occasion, value: str) -> None:
        others = {key: said for key, said in occasion.window.items() if key != word}
        occasion.window = others | ({word: value} if value else {})

    return put


def _plain(word: str) -> Callable[[Occasion, str], None]:
    return lambda occasion, value: setattr(occasion, word, value)


PUT: dict[str, Callable[[Occasion, str], None]] = {
    "day": _put_day,
    **{word: _of_listing(word) for word in ("party", "party_by", "of", "yearly")},
    "source": _put_source,
    "from": _hour("from"),
    "to": _hour("to"),
    "way": choose_way,
    **{word: _plain(word) for word in ("name", "delivery", "late", "leap_day", "usage")},
}
