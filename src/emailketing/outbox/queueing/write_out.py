"""From the frozen row to the bytes on the wire: a pure function of what was queued (R5)."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from emailketing.channels.catalogue import channel_of
from emailketing.channels.email.compose import Mail, compose, file_part, picture_part
from emailketing.common.plain import Entry
from emailketing.content.button import ButtonAstray, place_of
from emailketing.content.card.card import Card
from emailketing.content.card.mailed import MIME_TYPE, card_content
from emailketing.content.frozen_look import frozen_look, logo_of
from emailketing.content.merge import LetterFoot, mark_of
from emailketing.content.models import Revision
from emailketing.content.notice import with_notice
from emailketing.content.render import Rendered, RenderFailed, render
from emailketing.content.report_chart import ReportPicture, pictures_of
from emailketing.content.store import get
from emailketing.content.way_out import WayOutLine, with_way_out
from emailketing.outbox.classes import NEED_WAY_OUT
from emailketing.outbox.queueing.headers import (
    WayOut,
    class_headers,
    list_headers,
    thread_headers,
)
from emailketing.outbox.queueing.merged import MailWords, MergedLetters

PLAIN = "_plain"  # among a message's own data: its text goes without accents, as when it was queued
NOTE = "_note"  # and there: what is wrong with its file, in words
CARDS = "_cards"  # and there: its cards, by name and hash, as they were drawn when it was queued
THREAD = "_thread"  # and there: the Message-ID of the letter that it goes on from
PAGE = "_page"  # and there: the address of the reader's own page
OUT = "_out"  # and there: how its reader ends what it belongs to (`headers.WayOut`)
WHOLE = ("notice", "report")  # among the dispatch's data: what follows looks at the whole page
LETTER = "_letter"  # what a letter's foot says of its reader alone
MOST_KEPT = 32_000_000  # bytes of encoded files kept for the next recipient


class Frozen(Protocol):
    """What a `Message` and a claimed `Job` have in common."""

    @property
    def channel(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> str: ...

    @property
    def from_name(self) -> str: ...

    @property
    def from_address(self) -> str: ...

    @property
    def reply_to(self) -> str: ...

    @property
    def language(self) -> str: ...

    @property
    def fields(self) -> Entry: ...

    @property
    def mail_class(self) -> str: ...

    @property
    def message_id(self) -> str: ...

    @property
    def not_before(self) -> datetime: ...

    @property
    def sender_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class FileRef:
    """An attachment of the dispatch, named by the hash of its content."""

    sha256: str
    file_name: str
    mime_type: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """What several messages share: the revision, and the dispatch's frozen data and files."""

    revision: Revision
    trigger: str
    data: Entry
    files: Sequence[FileRef] = ()
    merged: MergedLetters = field(default_factory=MergedLetters, compare=False, repr=False)

    def files_for(self, language: str) -> list[FileRef]:
        return [file for file in self.files if file.language in ("", language)]


def words_of(frozen: Frozen, material: Material) -> Rendered:
    """Write out subject, HTML and text for this recipient.

    Raises:
        RenderFailed: with a sentence for the operator.
    """
    recipient = _recipient(frozen)
    if material.revision.button:  # the page's address stands on the button: not in the words too
        recipient.pop(PAGE, None)
    data = {**material.data, "recipient": recipient}
    words = render(material.revision, data, language=frozen.language)
    place_on_button(frozen, material)
    if isinstance(notice := material.data.get("notice"), dict):
        words = with_notice(words, notice, language=frozen.language)
    if words.html and (out := _way_out(frozen)):
        words = with_way_out(words, _line(frozen, material, out), language=frozen.language)
    segments = channel_of(frozen.channel).segments
    if segments and frozen.fields.get(PLAIN):
        return replace(words, text=segments.plain(words.text))
    return words


def place_on_button(frozen: Frozen, material: Material) -> str:
    """Return what fills the place in the address of an approved text's button.

    Raises:
        RenderFailed: the button would not lead to the reader's page.
    """
    try:
        return place_of(material.revision.button, page_of(frozen))
    except ButtonAstray as error:
        raise RenderFailed(str(error)) from error


def page_of(frozen: Frozen) -> str:
    """Return the address of the reader's own page; empty where none was made."""
    return str(frozen.fields.get(PAGE) or "")


def with_button(text: str, frozen: Frozen, material: Material) -> str:
    """Put below an approved text where its button leads, as our own pages show it."""
    return f"{text}\n→ {page_of(frozen)}" if material.revision.button else text


def _recipient(frozen: Frozen) -> Entry:
    return {**frozen.fields, "name": frozen.name, "language": frozen.language}


def _way_out(frozen: Frozen) -> WayOut | None:
    return WayOut.of(frozen.fields.get(OUT))


def _line(frozen: Frozen, material: Material, out: WayOut) -> WayOutLine:
    company, house = material.data.get("company"), ("", "")
    if frozen.mail_class in NEED_WAY_OUT and isinstance(company, Mapping):
        house = str(company.get("name") or ""), str(company.get("address") or "")
    return WayOutLine(url=out.url, mailto=out.mailto, subject=out.subject, house=house)


def _mail_words(frozen: Frozen, material: Material) -> MailWords:
    """Return the words of a mail: merged where its letter is the same for all, or written out."""
    out = _way_out(frozen)
    if not any(material.data.get(name) for name in WHOLE):
        foot = _foot(frozen, material, out) if out and out.url else None
        letter = material.merged.of(
            material.revision, material.data, language=frozen.language, foot=foot
        )
        own = {**_recipient(frozen), LETTER: out.token if out else ""}
        if letter and (words := letter.filled(own)):
            return words
    return words_of(frozen, material)


def _foot(frozen: Frozen, material: Material, out: WayOut) -> LetterFoot:
    """Return what puts the line below a letter that is the same for all but for its token."""
    line = _line(frozen, material, replace(out, token=mark_of(LETTER)))
    return LetterFoot(line.url, lambda words: with_way_out(words, line, language=frozen.language))


def write_out(frozen: Frozen, material: Material) -> bytes:
    """Return the mail exactly as it goes over the wire, at every attempt the same.

    Raises:
        RenderFailed: the template cannot be written out.
        StoreMissing: an attachment or the logo is gone.
        MailInvalid: something would break the headers.
    """
    words = _mail_words(frozen, material)
    return compose(
        Mail(
            from_name=frozen.from_name,
            from_address=frozen.from_address,
            reply_to=frozen.reply_to,
            to_name=frozen.name,
            to_address=frozen.address,
            subject=words.subject,
            text=words.text,
            html=words.html,
            date=frozen.not_before,
            message_id=frozen.message_id,
            extra=(
                *list_headers(
                    frozen.mail_class,
                    _way_out(frozen),
                    from_address=frozen.from_address,
                    language=frozen.language,
                ),
                *thread_headers(str(frozen.fields.get(THREAD) or "")),
                *class_headers(
                    frozen.mail_class,
                    trigger=material.trigger,
                    from_address=frozen.from_address,
                    sender_id=frozen.sender_id,
                ),
            ),
            pictures=_pictures(words, material, frozen),
            files=tuple(encoded_file(ref) for ref in material.files_for(frozen.language)),
        )
    )


class _Kept:
    """Encoded parts, the most recently used ones: a file is encoded once, not per recipient."""

    def __init__(self) -> None:
        self._parts: OrderedDict[object, bytes] = OrderedDict()
        self._size = 0

    def part(self, key: object, make: Callable[[], bytes]) -> bytes:
        part = self._parts.pop(key, None)
        if part is None:
            part = make()
            self._size += len(part)
        self._parts[key] = part
        while self._size > MOST_KEPT and len(self._parts) > 1:
            self._size -= len(self._parts.popitem(last=False)[1])
        return part


_kept = _Kept()


def encoded_file(ref: FileRef) -> bytes:
    """Return an attachment ready for any number of mails."""
    return _kept.part(
        (ref.sha256, ref.file_name, ref.mime_type),
        lambda: file_part(ref.file_name, ref.mime_type, get(ref.sha256)),
    )


def _pictures(words: MailWords, material: Material, frozen: Frozen) -> tuple[bytes, ...]:
    """Return the pictures that the page shows; one that is gone never stops a mail."""
    pictures = [_logo(material.revision)]
    page = words.html if isinstance(words.html, str) else ""  # a report is never merged
    pictures += [_picture(one) for one in pictures_of(page, material.data, frozen.language)]
    pictures += [
        picture_part(name, content, MIME_TYPE)
        for name, content in cards_shown(words, material, frozen).items()
    ]
    return tuple(filter(None, pictures))


def cards_shown(words: MailWords, material: Material, frozen: Frozen) -> dict[str, bytes]:
    """Return the cards of a mail, by their names in it, as they were when it was queued."""
    cards: tuple[Card, ...] = words.cards if isinstance(words, Rendered) else ()
    if not cards:
        return {}
    look, kept = frozen_look(material.revision), frozen.fields.get(CARDS)
    known = {name: str(sha) for name, sha in kept.items()} if isinstance(kept, dict) else {}
    drawn = {card.cid: card_content(card, look, known) for card in cards}
    return {name: content for name, content in drawn.items() if content}


def _picture(picture: ReportPicture) -> bytes:
    def make() -> bytes:
        return picture_part(picture.name, picture.content, "image/png")

    return _kept.part((picture.name, picture.sha256), make)


def _logo(revision: Revision) -> bytes:
    def make() -> bytes:
        logo = logo_of(revision)
        return picture_part("logo", logo.content, logo.mime_type) if logo else b""

    return _kept.part(("logo", revision.pk, revision.brand.get("logo_sha256")), make)
