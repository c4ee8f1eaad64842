"""The one question: can people end what we write, by this sender and in this class? (RFC 8058)."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from emailketing.channels.catalogue import is_phone, kind_of
from emailketing.channels.email.mailbox import reads_mailbox, why_not_read
from emailketing.channels.models import Sender
from emailketing.common.said import say as _
from emailketing.contacts.mail_class import MailClass
from emailketing.content.look import default_brand, look_of
from emailketing.links.out import fits_a_header, out_base
from emailketing.links.public_address import why_links_lead_nowhere, why_no_links
from emailketing.outbox.classes import NEED_WAY_OUT

LONGEST_ADDRESS = 36  # of <mailto:…?subject=u-TOKEN>, 76 letters at most (T1)
_NUMBER = re.compile(r"\+?[0-9]{3,15}")


def why_no_way_out(mail_class: str, sender: Sender, *, now: datetime | None = None) -> str:
    """Return why such messages may not be written; empty where there is a way out, or no need.

    Args:
        mail_class: only greetings and marketing need one.
        sender: whose messages they would be.
        now: a link has to be good at this moment; None: whether it is in general.
    """
    if mail_class not in NEED_WAY_OUT:
        return ""
    why = _of_a_phone(sender) if is_phone(sender.channel) else _of_a_mail(sender, now)
    if not why:
        return ""
    sentence = _("Whoever gets messages of the class “%(name)s” must be able to end them. %(why)s")
    return sentence % {"name": MailClass(mail_class).label, "why": why}


def ways_without_way_out(mail_class: str, senders: Iterable[Sender]) -> Iterator[str]:
    """Yield why these senders may not write messages of a class."""
    yield from filter(None, (why_no_way_out(mail_class, sender) for sender in senders))


def why_no_link(now: datetime | None) -> str:
    """Return why no link of a reader's own is written; empty where it is."""
    if why := why_no_links(now) if now else why_links_lead_nowhere():
        return why
    if fits_a_header():
        return ""
    sentence = _("The public address is too long for a header of a mail: %(url)s…")
    return sentence % {"url": out_base()}


def _of_a_mail(sender: Sender, now: datetime | None) -> str:
    if not look_of(default_brand()).address:
        return _("They must name the company's postal address: write it under Brand.")
    why = why_no_link(now)
    if not why or (reads_mailbox(sender, now) and fits_as_mailto(read_address(sender))):
        return ""
    if unread := why_not_read(sender, now):
        return unread
    if reads_mailbox(sender, now):
        sentence = _("The address of the mailbox is too long for a header of a mail: %(address)s")
        return sentence % {"address": read_address(sender)}
    sentence = _("%(why)s See Links in messages, or have this sender's mailbox read.")
    return sentence % {"why": why}


def read_address(sender: Sender) -> str:
    """Return where people's answers arrive: it is this one's mailbox that is read."""
    return sender.reply_to or sender.from_address


def fits_as_mailto(address: str) -> bool:
    """A header's word that is longer is broken by servers on the way (T1)."""
    return len(address) <= LONGEST_ADDRESS


def _of_a_phone(sender: Sender) -> str:
    """An answer with STOP is the way out of a phone (M2)."""
    words = {"sender": sender.name, "from": sender.from_address}
    if not kind_of(sender.kind).hears_people:
        return _("“%(sender)s” hears no answers: nobody could write STOP.") % words
    if sender.from_address and not _NUMBER.fullmatch(sender.from_address.replace(" ", "")):
        return _("Nobody can answer STOP to “%(from)s”: send from a number.") % words
    return ""
