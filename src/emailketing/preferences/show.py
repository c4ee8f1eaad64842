"""What a reader gets and what he has ended, as his page shows it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from emailketing.channels.catalogue import channel_of, channels
from emailketing.channels.models import Sender
from emailketing.contacts.check import ANY, LANGUAGES
from emailketing.contacts.mail_class import MailClass
from emailketing.contacts.models import Contact, Suppression
from emailketing.contacts.suppress import suppressed_among
from emailketing.content import formats
from emailketing.links.models import SignedLink
from emailketing.outbox.policy import address_kind
from emailketing.preferences.reader import LinkHolder
from emailketing.triggers.reports.definition.readers import (
    CopyPlace,
    reader_at,
    report_of_trigger,
    state_sentence,
    state_word,
)

IN_ORDER = (MailClass.REPORT, MailClass.GREETING, MailClass.MARKETING)
Choice = tuple[str, str, bool]  # what is sent, what it says, whether it is so


@dataclass(frozen=True, slots=True)
class KindOnPage:
    """A kind of messages, or one report.

    Attributes:
        name: a class, or a reason to write.
        state: how it stands, in words.
        choices: what can be chosen of it.
        is_asked: the link that was opened is of a message of this kind.
    """

    name: str
    label: str
    state: str
    choices: tuple[Choice, ...]
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Preferences:
    """All of the page.

    Attributes:
        barred: why nothing at all is written, where that was not his own wish.
        is_all_ended: he has ended everything.
    """

    address: str
    language: str
    kinds: tuple[KindOnPage, ...]
    reports: tuple[KindOnPage, ...]
    languages: tuple[Choice, ...]
    channels: tuple[Choice, ...]
    is_all_ended: bool
    barred: str = ""


def preferences_of(link: SignedLink) -> Preferences:
    """Read them, in the active language."""
    reader = LinkHolder(link)
    noted = suppressed_among([reader.address], kind=reader.kind).get(reader.address, [])
    whole = next((one for one in noted if not one.mail_class and not one.about), None)
    is_own = whole is not None and whole.reason == Suppression.Reason.OPT_OUT
    people = reader.contacts()
    return Preferences(
        address=reader.address,
        language=link.language,
        kinds=tuple(_kinds(link, noted)),
        reports=tuple(_reports(reader)),
        languages=tuple(_languages(link, people)),
        channels=tuple(_channels(people)),
        is_all_ended=is_own,
        barred="" if whole is None or is_own else str(whole.get_reason_display()),
    )


def _kinds(link: SignedLink, noted: list[Suppression]) -> Iterator[KindOnPage]:
    for name in IN_ORDER:
        ended = next((one for one in noted if one.mail_class == name and not one.about), None)
        state = _("You get them.")
        if ended is not None:
            day = formats.day(ended.at.isoformat(), link.language)
            state = _("Ended since %(day)s.") % {"day": day}
        choices = (
            (f"resume:{name}", _("Get them"), ended is None),
            (f"end:{name}", _("End them"), ended is not None),
        )
        yield KindOnPage(name, capfirst(_label(name)), state, choices, link.about == name)


def _label(name: str) -> str:
    labels = {
        MailClass.REPORT: _("reports"),
        MailClass.GREETING: _("greetings"),
        MailClass.MARKETING: _("news and offers"),
    }
    return labels[MailClass(name)]


def _reports(reader: LinkHolder) -> Iterator[KindOnPage]:
    """Every report he has a link for, each once, that is still there."""
    link = reader.link
    for about in dict.fromkeys(one.about for one in reader.links()):
        report = report_of_trigger(about)
        if report is None:
            continue
        row = reader_at(report, CopyPlace(link.channel, link.address))
        word = state_word(row).split(" ")[0]
        said = (
            ("each", _("Each time")),
            ("weekly", _("At most once a week")),
            ("monthly", _("At most once a month")),
            ("pause", _("Pause for 30 days")),
            ("end", _("No more")),
        )
        choices = tuple((f"{name}:{about}", label, name == word) for name, label in said)
        state = capfirst(state_sentence(row, link.language)) + "."
        yield KindOnPage(about, report.name, state, choices, link.about == about)


def _languages(link: SignedLink, people: list[Contact]) -> Iterator[Choice]:
    """Of somebody whom only a report names the language stands there, not here."""
    for code, label in LANGUAGES.items() if people else ():
        yield f"language:{code}", str(label), code == link.language


def _channels(people: list[Contact]) -> Iterator[Choice]:
    """What he can be reached by, where that is more than one."""
    names = ways_of(people)
    if len(names) < 2:  # noqa: PLR2004
        return
    first = next(iter(people[0].channel_order.get(ANY) or []), "")
    yield "channel:", _("As it suits the message"), not first
    for name in names:
        yield (
            f"channel:{name}",
            _("First by %(channel)s") % {"channel": _named(name)},
            name == first,
        )


def _named(name: str) -> str:
    return str(channel_of(name).label)


def ways_of(people: list[Contact]) -> list[str]:
    """Return the channels by which somebody here writes and these people have an address."""
    kinds = {row.kind for one in people for row in one.addresses.all() if not row.problem}
    used = set(Sender.objects.filter(is_active=True).values_list("channel", flat=True))
    return [name for name in channels() if name in used and address_kind(name) in kinds]
