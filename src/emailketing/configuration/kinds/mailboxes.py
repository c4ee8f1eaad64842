"""Mailboxes of senders, as the file has them: never their passwords."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.mailboxes import begun, save_mailbox, save_waiting
from emailketing.channels.models import Mailbox, Sender
from emailketing.configuration.kind import (
    ConfigurationInvalid,
    Entry,
    EntryKind,
    Take,
    entry_of,
    fill,
)

MAILBOX: dict[str, type] = {
    **dict.fromkeys(("protocol", "host", "security", "username", "folder"), str),
    "port": int,
    "every": int,
    "is_active": bool,
}
# where a mailbox is belongs to this place: a kept password goes nowhere else (S22)
OF_THIS_PLACE = frozenset(MAILBOX) - {"every"}


def read_mailboxes() -> Iterator[Entry]:
    for mailbox in Mailbox.objects.select_related("sender").order_by("sender__name"):
        yield {"sender": mailbox.sender.name, **entry_of(mailbox, MAILBOX)}


def take_mailbox(entry: Entry, take: Take, is_new: bool) -> None:
    """A new one waits switched off until somebody enters its password."""
    sender = Sender.objects.filter(name=entry["sender"]).first()
    if sender is None:
        sentence = _("There is no sender “%(name)s”.")
        raise ConfigurationInvalid(sentence % {"name": entry["sender"]})
    mailbox = begun(sender)
    names = MAILBOX if is_new else {name: MAILBOX[name] for name in MAILBOX.keys() - OF_THIS_PLACE}
    fill(mailbox, entry, names)
    if mailbox.pk and mailbox.password_encrypted:
        save_mailbox(mailbox, by=take.by, now=take.now)
        return
    save_waiting(mailbox, by=take.by, now=take.now)
    sentence = _("Mailbox of %(name)s: enter its password, then switch it on.")
    take.notices.append(sentence % {"name": sender.name})


KINDS = (
    EntryKind(
        "mailbox",
        ("sender",),
        MAILBOX,
        read_mailboxes,
        take_mailbox,
        Mailbox,
        needs=("sender",),
        kept=OF_THIS_PLACE,
        refusals=(SenderInvalid,),
    ),
)
