"""How a rule writes: the words and the sender of each channel it may use, and their order."""

from collections.abc import Mapping
from dataclasses import dataclass

from emailketing.audience.models import Audience
from emailketing.channels.catalogue import channel_of, channels, phones_by_turn
from emailketing.channels.declared import EMAIL
from emailketing.channels.models import Sender
from emailketing.common.reading import once
from emailketing.common.said import say as _
from emailketing.content.models import Template
from emailketing.outbox.queueing.dispatch import Way

Delivery = Audience.Delivery
WITHOUT_PHONE = frozenset({Delivery.EMAIL.value})
WITHOUT_EMAIL = frozenset({Delivery.PHONE.value})


@dataclass(frozen=True)
class Plan:
    """How one rule writes.

    Attributes:
        delivery: the rule's choice.
        mail_class: what a contact's order of channels asks for.
        phones: the phone channels the rule has words for, the one to try first in front.
        ways: what can be used; a channel without any sender is missing. Where the only one is
            switched off, the messages wait for it (S35).
    """

    delivery: str
    mail_class: str
    phones: tuple[str, ...]
    ways: Mapping[str, Way]

    @property
    def is_ready(self) -> bool:
        """Whether any way leads out now."""
        return any(way.sender.is_active for way in self.ways.values())

    @property
    def senders(self) -> list[Sender]:
        return [way.sender for way in self.ways.values()]

    @property
    def with_email(self) -> bool:
        return self.delivery not in WITHOUT_EMAIL

    @property
    def with_phone(self) -> bool:
        return self.delivery not in WITHOUT_PHONE


def plan_of(audience: Audience) -> Plan:
    """Gather the rule's ways; the rule may be unsaved."""
    return (
        once(("plan", type(audience), audience.pk), lambda: _plan_of(audience))
        if audience.pk
        else _plan_of(audience)
    )


def _plan_of(audience: Audience) -> Plan:
    ways = {}
    for channel, template in templates_of(audience).items():
        sender = choose_sender(audience, channel)
        if sender is not None:
            ways[channel] = Way(template, sender)
    return Plan(audience.delivery, audience.mail_class, _phones(audience, ways), ways)


def lacks_texts(audience: Audience) -> str:
    """Say that the texts beside the mail cannot be made; nothing where they can."""
    plan = plan_of(audience)
    if not plan.with_email or not plan.phones or any(one in plan.ways for one in plan.phones):
        return ""
    sentence = _(
        "There is no sender for %(channel)s: the mails go, the texts are not written. Make one"
        " under Senders; then the texts are offered here."
    )
    return sentence % {"channel": channel_of(plan.phones[0]).label}


def templates_of(audience: Audience) -> dict[str, Template]:
    """Return the words of each channel the rule's delivery may use."""
    channels: tuple[str, ...] = () if audience.delivery in WITHOUT_EMAIL else (EMAIL,)
    channels += () if audience.delivery in WITHOUT_PHONE else phones_by_turn()
    found = {channel: template_for(audience, channel) for channel in channels}
    return {channel: template for channel, template in found.items() if template is not None}


def gone_channels(audience: Audience) -> list[str]:
    """Return the channels it has a text for that are not installed any more."""
    known = channels()
    return [name for name, one in audience.choices.items() if one.template and name not in known]


def in_words(audience: Audience) -> str:
    """Say the ways in one line: “E-mail: Order (Notices), SMS: Order, short”."""
    known = channels()
    found = sorted(audience.choices.items(), key=lambda one: [*known, one[0]].index(one[0]))
    said = ((channel_of(c).label, x.template, x.sender) for c, x in found if x.template or x.sender)
    return ", ".join(
        f"{label}: {template or '—'}" + (f" ({sender})" if sender else "")
        for label, template, sender in said
    )


def template_for(audience: Audience, channel: str) -> Template | None:
    """Return the rule's words for a channel, whatever its delivery."""
    return audience.choice(channel).template


def _phones(audience: Audience, ways: Mapping[str, Way]) -> tuple[str, ...]:
    """Whoever has a chosen sender first, then who has a sender at all; else the cheaper one."""
    worded = templates_of(audience)
    channels = [channel for channel in phones_by_turn() if channel in worded]
    return tuple(sorted(channels, key=lambda c: (own_sender(audience, c) is None, c not in ways)))


def own_sender(audience: Audience, channel: str) -> Sender | None:
    """Return the sender chosen for this channel; one of another channel is passed over."""
    own = audience.choice(channel).sender
    return own if own is not None and own.channel == channel else None


def choose_sender(audience: Audience, channel: str = EMAIL) -> Sender | None:
    """The rule's own sender for this channel, else the default one, else any.

    An active one before one that is switched off: messages queued on that wait until it is
    switched on.
    """
    own = own_sender(audience, channel)
    if own is not None and own.is_active:
        return own
    there = Sender.objects.filter(channel=channel)
    usual = there.order_by("-is_active", "-is_default", "pk").first
    found = once(("sender", channel), usual)
    return own if own is not None and found is not None and not found.is_active else found
