"""From the recipients asked for to usable addresses: checked by channel, each once."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from emailketing.channels.catalogue import channel_of, is_phone
from emailketing.channels.declared import EMAIL
from emailketing.channels.models import Sender
from emailketing.common.email_address import EmailInvalid, email
from emailketing.common.reading import once
from emailketing.common.said import say as _
from emailketing.common.said import sentence_of
from emailketing.company.models import Company
from emailketing.contacts.check import kind_by_look
from emailketing.contacts.models import Address
from emailketing.contacts.phone import Phone, PhoneInvalid, phone
from emailketing.content.models import Revision, Template
from emailketing.outbox.plain import one_line
from emailketing.outbox.queueing.request import Alternative, Recipient, Refusal, Request, Way


class Unusable(Exception):
    """This address cannot be used on this channel; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """One usable way to a person: channel, address as the wire wants it, sender and words."""

    channel: str
    address: str
    sender: Sender
    revision: Revision

    @property
    def key(self) -> tuple[str, str]:
        return self.channel, self.address.lower()


@dataclass(frozen=True, slots=True)
class Aim:
    """A person, the way that is tried first, and the others."""

    recipient: Recipient
    target: Target
    others: tuple[Target, ...] = ()


Revisions = dict[tuple[str, str], Revision | None]  # channel, language → the words


class Aiming:
    """Finds the targets of one request; a template that has no text in any language is noted.

    `revisions`: words that were fixed before; without them today's are taken.
    """

    def __init__(self, request: Request, revisions: Revisions | None = None) -> None:
        self._ways = request.ways
        self._country = Company.get().country
        self._revisions: Revisions = dict(revisions or {})
        self.refused: list[Refusal] = []
        self.unreached = 0  # people without any usable address
        self.without_text: Way | None = None

    def aims(self, recipients: Iterable[Recipient]) -> list[Aim]:
        """Return who can be written to, every address once, the first of each."""
        found: dict[tuple[str, str], Aim] = {}
        for recipient in recipients:
            targets = self._targets(recipient)
            if targets:
                aim = Aim(recipient, targets[0], tuple(targets[1:]))
                found.setdefault(aim.target.key, aim)
            else:
                self.unreached += 1
        return list(found.values())

    def _targets(self, recipient: Recipient) -> list[Target]:
        first = Alternative(recipient.channel, recipient.address)
        targets: dict[tuple[str, str], Target] = {}
        for wanted in (first, *recipient.alternatives):
            try:
                target = self._target(wanted, recipient.language)
            except Unusable as error:
                self.refused.append(Refusal(wanted.address, sentence_of(error)))
            else:
                targets.setdefault(target.key, target)
        return list(targets.values())

    def _target(self, wanted: Alternative, language: str) -> Target:
        address = usable_address(wanted.channel, wanted.address, self._country)
        way = self._ways.get(wanted.channel)
        if way is None or way.sender.channel != wanted.channel:
            sentence = _("There is no active sender for %(channel)s. Make one under Senders.")
            raise Unusable(sentence % {"channel": channel_of(wanted.channel).label})
        key = wanted.channel, language
        if key not in self._revisions:
            self._revisions[key] = _template(way).current(language)
        revision = self._revisions[key]
        if revision is None:
            self.without_text = way
            raise Unusable(no_text(way))
        return Target(wanted.channel, address, way.sender, revision)


def _template(way: Way) -> Template:
    """Return the template with its revisions, read once for all rules that write with it."""
    return once(("template", way.template.pk), lambda: _with_revisions(way.template))


def _with_revisions(template: Template) -> Template:
    prefetch_related_objects([template], "revisions")
    return template


def no_text(way: Way) -> str:
    sentence = _("The template “%s” has no text yet: write it under Templates.")
    return sentence % way.template.name


def usable_address(channel: str, address: str, country: str) -> str:
    """Return the address as the channel's wire wants it.

    Raises:
        Unusable: with a sentence for the operator.
    """
    if not is_phone(channel):
        try:
            return email(address).wire
        except EmailInvalid as error:
            sentence = _("“%s” is not an e-mail address.") % one_line(address)
            raise Unusable(sentence) from error
    number = _number(address, country)
    if channel_of(channel).needs_mobile and not number.is_mobile:
        sentence = _("“%(number)s” is a landline: %(channel)s reaches mobile phones only.")
        words = {"number": number.e164, "channel": channel_of(channel).label}
        raise Unusable(sentence % words)
    return number.e164


def _number(address: str, country: str) -> Phone:
    try:
        return phone(address, country)
    except PhoneInvalid as error:
        raise Unusable(sentence_of(error)) from error


def address_as_kept(written: str, country: str) -> tuple[str, str]:
    """Return an e-mail address or phone of either sort as it is kept, and its kind.

    Raises:
        Unusable: it is neither; one sentence.
    """
    kind = kind_by_look(written)
    if kind == Address.Kind.EMAIL:
        return usable_address(EMAIL, written, country), kind
    # also a landline: not every channel needs a mobile phone
    return _number(written, country).e164, kind
