"""A phone message as the pages show it: a bubble with its number, its text and what it costs."""

from dataclasses import dataclass, field
from decimal import Decimal

import phonenumbers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.channels.catalogue import channel_of
from emailketing.channels.models import InboxMessage
from emailketing.channels.segments import TooLong
from emailketing.common.language import active_language
from emailketing.company.models import Company
from emailketing.content import formats
from emailketing.content.store import get
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.material import material_of
from emailketing.outbox.queueing.write_out import FileRef, Material, with_button, words_of
from emailketing.web.console.shown.mail import MailFile, ShownMail


@dataclass(frozen=True)
class Bubble:
    """What a phone would show, and below it what it takes to send it."""

    channel: str
    number: str
    text: str
    sender: str = ""
    size: str = ""
    cost: str = ""
    files: list[MailFile] = field(default_factory=list)


def caught_bubble(caught: InboxMessage, mail: ShownMail, message: Message | None) -> Bubble:
    """Show what the test inbox caught; `message` is its row of the ledger, if it is still there."""
    return Bubble(
        channel=caught.channel,
        number=readable_number(caught.rcpt_to),
        text=mail.text.strip(),
        sender=message.from_address or message.from_name if message else "",
        size=text_size(caught.channel, mail.text.strip()),
        cost=cost_words(message.cost) if message else "",
        files=mail.files,
    )


def message_bubble(message: Message) -> Bubble:
    """Show a message of the ledger.

    Raises:
        RenderFailed: the template cannot be written out.
        StoreMissing: an attachment is gone.
    """
    material = material_of(message)
    text = with_button(words_of(message, material).text.strip(), message, material)
    return Bubble(
        channel=message.channel,
        number=readable_number(message.address),
        text=text,
        sender=message.from_address or message.from_name,
        size=text_size(message.channel, text),
        cost=cost_words(message.cost),
        files=[
            MailFile(place, file.file_name, file.mime_type, get(file.sha256))
            for place, file in enumerate(_files(message, material), start=1)
        ],
    )


def _files(message: Message, material: Material) -> list[FileRef]:
    """What goes with the text, where the channel can carry it."""
    carries = channel_of(message.channel).carries_files
    return material.files_for(message.language) if carries else []


def readable_number(address: str) -> str:
    """Write “+595981123456” (also with the inbox's “@….invalid”) as people read it."""
    plain = address.partition("@")[0]
    try:
        parsed = phonenumbers.parse(plain)
    except phonenumbers.NumberParseException:
        return plain
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def text_size(channel: str, text: str) -> str:
    """What a text takes on the phone: “2 segments · 168 characters”."""
    segments = channel_of(channel).segments
    if segments is None or not text:
        return ""
    try:
        found = segments.measure(text)
    except TooLong:
        return _("too long for a text message")
    count = ngettext("%(count)s character", "%(count)s characters", found.characters)
    words = f"{size_words(found.segments)} · {count % {'count': found.characters}}"
    if not found.is_costly:
        return words
    note = _("special letters: fewer fit into a segment")
    return f"{words} · {note}"


def size_words(segments: int | None) -> str:
    if not segments:
        return ""
    text = ngettext("%(count)s segment", "%(count)s segments", segments)
    return text % {"count": segments}


def cost_words(cost: Decimal | None) -> str:
    """Write a cost with as many decimals as it has: “Gs. 170”, “USD 0,0079”."""
    if cost is None:
        return ""
    if not Decimal(cost):
        return _("no cost")
    currency, language = Company.get().currency, active_language()
    return f"{formats.sign_of(currency, language)} {formats.number(cost, language)}"
