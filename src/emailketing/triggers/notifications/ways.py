"""How a rule writes: the words and the sender of each channel it may use, and their order."""

from collections.abc import Mapping
from dataclasses import dataclass

from emailketing.channels.catalogue import channel_of, phones_by_turn
from emailketing.channels.declared import EMAIL
from emailketing.channels.models import Sender
from emailketing.common.reading import once
from emailketing.common.said import say as _
from emailketing.content.models import Template
from emailketing.outbox.dispatch import Way
from emailketing.triggers.notifications.models import Rule

Delivery = Rule.Delivery
WITHOUT_PHONE = frozenset({Delivery.EMAIL.value})
WITHOUT_EMAIL = frozenset({Delivery.PHONE.value})
# the field of a rule that says the words of a channel
WORDS = {EMAIL: "template", "sms": "sms_template", "whatsapp": "whatsapp_template"}


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
    def with_email(self) -> bool:
        return self.delivery not in WITHOUT_EMAIL

    @property
    def with_phone(self) -> bool:
        return self.delivery not in WITHOUT_PHONE


def plan_of(rule: Rule) -> Plan:
    """Gather the rule's ways; the rule may be unsaved."""
    return once(("plan", rule.pk), lambda: _plan_of(rule)) if rule.pk else _plan_of(rule)


def _plan_of(rule: Rule) -> Plan:
    ways = {}
    for channel, template in templates_of(rule).items():
        sender = choose_sender(rule, channel)
        if sender is not None:
            ways[channel] = Way(template, sender)
    return Plan(rule.delivery, rule.mail_class, _phones(rule, ways), ways)


def lacks_texts(rule: Rule) -> str:
    """Say that the texts beside the mail cannot be made; nothing where they can."""
    plan = plan_of(rule)
    if not plan.with_email or not plan.phones or any(one in plan.ways for one in plan.phones):
        return ""
    sentence = _(
        "There is no sender for %(channel)s: the mails go, the texts are not written. Make one"
        " under Senders; then the texts are offered here."
    )
    return sentence % {"channel": channel_of(plan.phones[0]).label}


def templates_of(rule: Rule) -> dict[str, Template]:
    """Return the words of each channel the rule's delivery may use."""
    channels: tuple[str, ...] = () if rule.delivery in WITHOUT_EMAIL else (EMAIL,)
    channels += () if rule.delivery in WITHOUT_PHONE else phones_by_turn()
    found = {channel: template_for(rule, channel) for channel in channels}
    return {channel: template for channel, template in found.items() if template is not None}


def template_for(rule: Rule, channel: str) -> Template | None:
    """Return the rule's words for a channel, whatever its delivery."""
    if channel == EMAIL:
        return rule.template
    return rule.whatsapp_template if channel == "whatsapp" else rule.sms_template


def _phones(rule: Rule, ways: Mapping[str, Way]) -> tuple[str, ...]:
    """The channel of the chosen sender first, then what has a sender at all."""
    worded = templates_of(rule)
    chosen = rule.phone_sender.channel if rule.phone_sender else ""
    channels = [channel for channel in phones_by_turn() if channel in worded]
    return tuple(sorted(channels, key=lambda c: (c != chosen, c not in ways)))


def choose_sender(rule: Rule, channel: str = EMAIL) -> Sender | None:
    """The rule's own sender for this channel, else the default one, else any.

    An active one before one that is switched off: messages queued on that wait until it is
    switched on.
    """
    own = rule.sender if channel == EMAIL else rule.phone_sender
    if own is not None and own.channel != channel:
        own = None
    if own is not None and own.is_active:
        return own
    there = Sender.objects.filter(channel=channel)
    usual = there.order_by("-is_active", "-is_default", "pk").first
    found = once(("sender", channel), usual)
    return own if own is not None and found is not None and not found.is_active else found
