"""States, phases and decisions as words and colours for the screen."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.models import Channel
from emailketing.company.models import Company
from emailketing.content.tax_label import tax_label
from emailketing.outbox.models import State

TONES = {
    State.SCHEDULED: "info",
    State.READY: "info",
    State.CLAIMED: "info",
    State.TRANSMITTING: "info",
    State.ACCEPTED: "ok",
    State.DELIVERED: "ok",
    State.BOUNCED: "bad",
    State.COMPLAINED: "bad",
    State.IN_DOUBT: "warn",
    State.DEFERRED: "warn",
    State.HELD: "warn",
    State.SUPPRESSED: "muted",
    State.EXPIRED: "bad",
    State.CANCELLED: "muted",
    State.FAILED: "bad",
    State.QUARANTINED: "warn",
}


@dataclass(frozen=True)
class Group:
    """Some states an operator thinks of as one."""

    label: Any
    states: tuple[str, ...]


STATE_GROUPS = {
    "waiting": Group(
        gettext_lazy("waiting"),
        (State.SCHEDULED, State.READY, State.CLAIMED, State.TRANSMITTING, State.DEFERRED),
    ),
    "sent": Group(gettext_lazy("sent"), (State.ACCEPTED, State.DELIVERED)),
    "failed": Group(
        gettext_lazy("failed"),
        (State.FAILED, State.BOUNCED, State.EXPIRED, State.COMPLAINED),
    ),
    "in_doubt": Group(gettext_lazy("in doubt"), (State.IN_DOUBT,)),
    "held": Group(gettext_lazy("held"), (State.HELD, State.QUARANTINED)),
    "suppressed": Group(gettext_lazy("not allowed"), (State.SUPPRESSED,)),
    "cancelled": Group(gettext_lazy("cancelled"), (State.CANCELLED,)),
}


CHANNEL_ICONS = {Channel.EMAIL: "mail", Channel.SMS: "sms", Channel.WHATSAPP: "forum"}


def channel_icon_of(channel: str) -> str:
    return CHANNEL_ICONS[Channel(channel)] if channel in Channel.values else "send"


def channel_word(channel: str) -> str:
    return str(Channel(channel).label) if channel in Channel.values else channel


def tone_of(state: str) -> str:
    return TONES[State(state)] if state in State.values else "muted"


def action_words(action: str) -> str:
    """What a person decided about a message."""
    words = {
        "was_sent": _("was sent"),
        "sent": _("was sent"),
        "send_again": _("send again"),
        "again": _("send again"),
        "give_up": _("give up"),
        "release": _("release"),
        "cancel": _("cancel"),
        "resend": _("write once more"),
    }
    return words.get(action, action.replace("_", " "))


def tax_word() -> str:
    """Return what a taxpayer's number is called in the company's country, in every language."""
    return tax_label(Company.get().country)
