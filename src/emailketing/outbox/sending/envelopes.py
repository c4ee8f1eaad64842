"""From a claimed message to what its channel hands over; the built-in inbox takes phones as mail.

A redirected phone message is a plain mail to `+595981…@<channel>.invalid`: the sandbox exercises
the same way through ledger and wire (S34).
"""

import re

from emailketing.channels.base import Envelope, PhoneFile, PhoneText
from emailketing.channels.catalogue import channel_of, is_phone
from emailketing.channels.email.compose import Mail, compose
from emailketing.common.email_address import ascii_domain
from emailketing.content.models import Revision
from emailketing.content.store import get
from emailketing.outbox.job import Job
from emailketing.outbox.queueing.write_out import (
    Frozen,
    Material,
    encoded_file,
    place_on_button,
    with_button,
    words_of,
    write_out,
)

_NOT_LOCAL = re.compile(r"[^A-Za-z0-9+_.-]+")


def envelope_of(job: Job, material: Material) -> Envelope:
    """Write a message out for the wire that it takes.

    Raises:
        RenderFailed: the template cannot be written out.
        StoreMissing: a file is gone.
        MailInvalid: something would break the headers.
    """
    if not is_phone(job.channel):
        content = write_out(job, material)
        ours, theirs = ascii_domain(job.from_address), ascii_domain(job.address)
        return Envelope(ours, theirs, content, envid=str(job.id))
    if job.is_redirected:
        from_address, to_address = in_the_inbox(job)
        content = phone_as_mail(job, material)
        return Envelope(from_address, to_address, content, envid=str(job.id))
    text = phone_text(job, material)
    return Envelope(
        job.from_address, job.address, text.text.encode(), envid=str(job.id), phone=text
    )


def phone_text(frozen: Frozen, material: Material) -> PhoneText:
    """Return what a phone gets; a text that the far side approved has its places filled in order.

    Raises:
        RenderFailed: the template cannot be written out.
        StoreMissing: the document is gone.
    """
    words = words_of(frozen, material)
    if not channel_of(frozen.channel).carries_files:
        return PhoneText(words.text, frozen.language)
    files = material.files_for(frozen.language)[:1]
    file = next((PhoneFile(f.file_name, f.mime_type, f.sha256, get(f.sha256)) for f in files), None)
    if material.revision.format != Revision.Format.APPROVED:
        return PhoneText(words.text, frozen.language, file=file)
    places = tuple(words.text.strip("\n").split("\n")) if words.text.strip() else ()
    button = place_on_button(frozen, material)
    # the language of the words, which may be another than the reader's: the far side asks
    return PhoneText(words.text, material.revision.language, words.subject, places, file, button)


def in_the_inbox(frozen: Frozen) -> tuple[str, str]:
    """Return sender and recipient as the built-in inbox knows them."""
    domain = f"{frozen.channel}.invalid"
    ours = _NOT_LOCAL.sub("-", frozen.from_address).strip("-.") or "emailketing"
    return f"{ours}@{domain}", f"{frozen.address}@{domain}"


def phone_as_mail(frozen: Frozen, material: Material) -> bytes:
    """Return a phone message as the mail that the built-in inbox keeps: no subject, plain text."""
    words = words_of(frozen, material)
    from_address, to_address = in_the_inbox(frozen)
    is_approved = material.revision.format == Revision.Format.APPROVED
    text = with_button(words.text, frozen, material)
    carries_files = channel_of(frozen.channel).carries_files
    return compose(
        Mail(
            from_name=frozen.from_name,
            from_address=from_address,
            to_name=frozen.name,
            to_address=to_address,
            subject="",
            text=f"[{words.subject}]\n{text}" if is_approved else text,
            date=frozen.not_before,
            message_id=frozen.message_id,
            files=tuple(map(encoded_file, material.files_for(frozen.language)[:1]))
            if carries_files
            else (),
        )
    )
