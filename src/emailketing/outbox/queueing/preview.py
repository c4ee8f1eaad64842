"""What the console shows of a message: exactly the bytes that were, or will be, on the wire."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from emailketing.channels.catalogue import channel_of, is_phone
from emailketing.content.frozen_look import logo_of
from emailketing.content.report_chart import pictures_of
from emailketing.content.store import get
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.material import material_of
from emailketing.outbox.queueing.write_out import (
    FileRef,
    Material,
    cards_shown,
    with_button,
    words_of,
    write_out,
)


@dataclass(frozen=True, slots=True)
class PreviewFile:
    file_name: str
    mime_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Preview:
    """`html` shows its logo without asking anybody: the picture is inside (S12)."""

    subject: str
    html: str
    text: str
    source: bytes
    files: list[PreviewFile]


def preview(message: Message) -> Preview:
    """Write a message out for the console.

    Raises:
        RenderFailed: the template cannot be written out.
        StoreMissing: an attachment or the logo is gone.
        MailInvalid: something would break the headers.
    """
    material = material_of(message)
    if is_phone(message.channel):
        return _preview_phone(message, material)
    words = words_of(message, material)
    logo = logo_of(message.revision)
    page = words.html
    if logo:
        inside = f"data:{logo.mime_type};base64,{base64.b64encode(logo.content).decode()}"
        page = page.replace("cid:logo", inside)
    for picture in pictures_of(page, material.data, message.language):
        inside = f"data:image/png;base64,{base64.b64encode(picture.content).decode()}"
        page = page.replace(f'"cid:{picture.name}"', f'"{inside}"')
    for name, content in cards_shown(words, material, message).items():
        inside = f"data:image/png;base64,{base64.b64encode(content).decode()}"
        page = page.replace(f"cid:{name}", inside)
    return Preview(
        subject=words.subject,
        html=page,
        text=words.text,
        source=write_out(message, material),
        files=_files(material.files_for(message.language)),
    )


def _preview_phone(message: Message, material: Material) -> Preview:
    """A phone gets its text, and the document where the channel can carry one."""
    words = words_of(message, material)
    text = with_button(words.text, message, material)
    carried = material.files_for(message.language)[:1]
    return Preview(
        subject=words.subject,
        html="",
        text=text,
        source=text.encode(),
        files=_files(carried if channel_of(message.channel).carries_files else []),
    )


def _files(refs: Iterable[FileRef]) -> list[PreviewFile]:
    return [PreviewFile(ref.file_name, ref.mime_type, get(ref.sha256)) for ref in refs]
