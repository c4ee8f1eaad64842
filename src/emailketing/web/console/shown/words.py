"""States, phases and decisions as words and colours for the screen."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.catalogue import channel_of
from emailketing.channels.models import Sender
from emailketing.channels.tried import ConnectionStanding, standing_of
from emailketing.company.models import Company
from emailketing.content.tax_label import tax_label
from emailketing.outbox.models import IN_TEST_INBOX, Message, State
from emailketing.web.console.frame.shapes import Words

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
class StateGroup:
    """Some states an operator thinks of as one."""

    label: Words
    states: tuple[str, ...]
    is_redirected: bool | None = None  # None: wherever they went

    @property
    def condition(self) -> Q:
        """The messages of this group."""
        if self.is_redirected is None:
            return Q(state__in=self.states)
        return Q(state__in=self.states, is_redirected=self.is_redirected)


STATE_GROUPS = {
    "waiting": StateGroup(
        gettext_lazy("waiting"),
        (State.SCHEDULED, State.READY, State.CLAIMED, State.TRANSMITTING, State.DEFERRED),
    ),
    "sent": StateGroup(
        gettext_lazy("sent"), (State.ACCEPTED, State.DELIVERED), is_redirected=False
    ),
    "inbox": StateGroup(IN_TEST_INBOX, (State.ACCEPTED, State.DELIVERED), is_redirected=True),
    "failed": StateGroup(
        gettext_lazy("failed"),
        (State.FAILED, State.BOUNCED, State.EXPIRED, State.COMPLAINED),
    ),
    "in_doubt": StateGroup(gettext_lazy("in doubt"), (State.IN_DOUBT,)),
    "held": StateGroup(gettext_lazy("held"), (State.HELD, State.QUARANTINED)),
    "suppressed": StateGroup(gettext_lazy("not allowed"), (State.SUPPRESSED,)),
    "cancelled": StateGroup(gettext_lazy("cancelled"), (State.CANCELLED,)),
}


def channel_icon_of(channel: str) -> str:
    return channel_of(channel).icon


def channel_look_of(channel: str) -> str:
    return channel_of(channel).look


def channel_word(channel: str) -> str:
    return str(channel_of(channel).label)


def tone_of(state: str) -> str:
    return TONES[State(state)] if state in State.values else "muted"


def tone_of_message(message: Message) -> str:
    """What landed in the test inbox is neither good nor bad: nobody got it."""
    return "info" if message.is_in_test_inbox else tone_of(message.state)


def tried_words(sender: Sender) -> tuple[str, str]:
    """Return in words and as a tone whether the sender was tried as it is now."""
    standing = standing_of(sender)
    if standing == ConnectionStanding.UNTRIED or sender.tried_at is None:
        return _("untried"), "warn"
    day = date_format(timezone.localtime(sender.tried_at), "SHORT_DATE_FORMAT")
    if standing == ConnectionStanding.FAILED:
        return _("failed when tried on %(day)s") % {"day": day}, "bad"
    return _("tried on %(day)s") % {"day": day}, "ok"


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
