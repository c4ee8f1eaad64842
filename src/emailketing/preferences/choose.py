"""Take what a reader chooses by his link; every choice twice is once, and can be taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.contacts.check import ANY, LANGUAGES
from emailketing.contacts.models import Contact, Suppression
from emailketing.contacts.save import save_contact
from emailketing.links.models import SignedLink
from emailketing.outbox.classes import OFFER_WAY_OUT
from emailketing.outbox.opt_out import EVERYTHING, Ended, opt_in_to, opt_out_of
from emailketing.preferences.reader import OWN, LinkHolder
from emailketing.preferences.show import ways_of
from emailketing.triggers.reports.definition.readers import (
    CHOICES,
    END,
    CopyPlace,
    Often,
    choose_copy,
    reader_at,
    report_of_trigger,
    state_sentence,
    state_word,
)

Via = Suppression.Via
RESUME, ALL = "resume", "all"


class WishUnknown(Exception):
    """There is no such choice, or nothing left that it could be about."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was done, in a sentence; and what takes it back, where that can be."""

    sentence: str
    undo: str = ""


@dataclass(frozen=True, slots=True)
class WishTaken:
    """One choice: whose, where from, when."""

    reader: LinkHolder
    via: str
    now: datetime

    @property
    def by(self) -> str:
        return _("reader %(address)s, by his link") % {"address": self.reader.address}


def end_by_link(link: SignedLink, *, via: str, now: datetime) -> Chosen:
    """End what this link is about: the button of a mail program, or a mail to us (RFC 8058)."""
    return choose(link, f"{END}:{link.about}", via=via, now=now)


@transaction.atomic
def choose(link: SignedLink, choice: str, *, via: str = Via.PAGE, now: datetime) -> Chosen:
    """Take a choice as a button of the page sends it: what:about.

    Raises:
        WishUnknown: it is none of ours.
    """
    turn = WishTaken(LinkHolder(link), via, now)
    what, _colon, about = choice.partition(":")
    known: dict[str, Callable[[WishTaken, str], Chosen]] = {"language": _speak, "channel": _go_by}
    if what in known:
        return known[what](turn, about)
    if report_of_trigger(about) is not None and what in CHOICES:
        return _copy(turn, what, about)
    if what in (END, RESUME) and (about == ALL or about in OFFER_WAY_OUT):
        return _whole(turn, what, about)
    raise WishUnknown


def _whole(turn: WishTaken, what: str, about: str) -> Chosen:
    """End or take up again a class, or everything."""
    mail_class = EVERYTHING if about == ALL else about
    ended = Ended(turn.reader.address, turn.reader.kind, mail_class)
    if what == END:
        opt_out_of(ended, via=turn.via, by=turn.by, now=turn.now)
        return Chosen(_("Done: you get no more of them."), f"{RESUME}:{about}")
    opt_in_to(ended, via=turn.via, by=turn.by, now=turn.now)
    return Chosen(_("Done: you get them again."), f"{END}:{about}")


def _copy(turn: WishTaken, what: str, about: str) -> Chosen:
    report, link = report_of_trigger(about), turn.reader.link
    if report is None:
        raise WishUnknown
    place = CopyPlace(link.channel, link.address)
    was = state_word(reader_at(report, place)).partition(" ")[0]
    made = choose_copy(report, place, what, by=turn.by, now=turn.now, via=turn.via)
    sentence = _("Saved: %(state)s.") % {"state": state_sentence(made, link.language)}
    return Chosen(sentence, f"{Often.EACH if was == what else was}:{about}")


def _speak(turn: WishTaken, code: str) -> Chosen:
    if code not in LANGUAGES:
        raise WishUnknown
    for person in turn.reader.contacts():
        person.language, person.is_language_chosen = code, True
        save_contact(person, by=turn.by, now=turn.now)
    own = SignedLink.objects.filter(purpose__in=OWN, address=turn.reader.address)
    own.update(language=code)
    turn.reader.link.language = code
    return Chosen(_("Saved."))


def _go_by(turn: WishTaken, name: str) -> Chosen:
    people = turn.reader.contacts()
    names = ways_of(people)
    if name and name not in names:
        raise WishUnknown
    for person in people:
        _put_first(person, name, names)
        save_contact(person, by=turn.by, now=turn.now)
    return Chosen(_("Saved."))


def _put_first(person: Contact, name: str, names: list[str]) -> None:
    others = {key: order for key, order in person.channel_order.items() if key != ANY}
    first = {ANY: [name, *(other for other in names if other != name)]} if name else {}
    person.channel_order = others | first
