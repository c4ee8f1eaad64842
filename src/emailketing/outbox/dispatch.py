"""The one door to the ledger: decide once, for one key, to write to some people."""

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from emailketing.channels.email.address import AddressInvalid, own_address, wire_address
from emailketing.channels.models import Sender
from emailketing.company.models import INSTALLATION, Company
from emailketing.contacts.suppress import suppressed_among
from emailketing.content.models import Revision, Template
from emailketing.content.render import RenderFailed
from emailketing.content.store import put
from emailketing.outbox.classes import HABITS, expiry
from emailketing.outbox.message_id import new_message_id
from emailketing.outbox.models import Attachment, Dispatch, MailClass, Message, State
from emailketing.outbox.policy import stops
from emailketing.outbox.write_out import Material, words_of

__all__ = [
    "Dispatched",
    "File",
    "KeyReused",
    "MailClass",
    "Recipient",
    "Refusal",
    "Request",
    "dispatch",
    "was_dispatched",
]


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who, where, in which language, and why this person; `fields` are the recipient's own data."""

    address: str
    name: str = ""
    language: str = "es"
    contact_id: int | None = None
    why: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class File:
    """An attachment; language "" is for all, "es" only for those who read Spanish."""

    file_name: str
    mime_type: str
    content: bytes
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Request:
    """Everything a trigger has to say.

    Attributes:
        key: natural and unique (R28): the same key twice is the same decision.
        hold_reason: a sentence; the messages then wait until a person releases them.
    """

    key: str
    trigger: str
    trigger_label: str
    template: Template
    sender: Sender
    recipients: tuple[Recipient, ...]
    data: dict[str, Any]
    mail_class: MailClass
    scope: str = INSTALLATION
    event_id: int | None = None
    document_type: str = ""
    document_key: str = ""
    document_label: str = ""
    files: tuple[File, ...] = ()
    not_before: datetime | None = None
    expires_at: datetime | None = None
    hold_reason: str = ""
    created_by: str = ""


@dataclass(frozen=True)
class Refusal:
    address: str
    sentence: str


@dataclass(frozen=True)
class Dispatched:
    dispatch: Dispatch
    is_new: bool
    messages: int
    refused: list[Refusal]


_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class KeyReused(Exception):
    """The key was used before, for something else (R27)."""


def dispatch(request: Request, *, now: datetime) -> Dispatched:
    """Write the messages of this request into the ledger, in the caller's transaction (R13).

    Raises:
        KeyReused: the key belongs to another request.
        RenderFailed: the template has no text at all. (A text that fails for one recipient only
            makes that one message `failed`: R25.)
        StoreFull: an attachment cannot be kept.
    """
    data = _storable(request.data)
    fingerprint = _fingerprint(request, data)
    if known := Dispatch.objects.filter(key=request.key).first():
        return _repeated(known, fingerprint)
    try:
        with transaction.atomic():
            new = _insert_dispatch(request, data, fingerprint, now)
            messages, refused = _insert_messages(request, new, now)
    except IntegrityError:
        # another transaction was first with this key (anything else that is not unique shows here)
        known = Dispatch.objects.filter(key=request.key).first()
        if known is None:
            raise
        return _repeated(known, fingerprint)
    return Dispatched(new, is_new=True, messages=messages, refused=refused)


def was_dispatched(key: str) -> bool:
    """Say whether this decision was made before (R28)."""
    return Dispatch.objects.filter(key=key).exists()


def _fingerprint(request: Request, data: dict[str, Any]) -> str:
    """Hash what was asked for; not the files' content: a PDF made twice differs in its dates."""
    asked = {
        "trigger": request.trigger,
        "template": request.template.pk,
        "class": request.mail_class,
        "scope": request.scope,
        "document": [request.document_type, request.document_key],
        "data": data,
        "recipients": [asdict(recipient) | {"why": ""} for recipient in request.recipients],
        "files": [[file.file_name, file.mime_type, file.language] for file in request.files],
    }
    text = json.dumps(asked, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def _repeated(known: Dispatch, fingerprint: str) -> Dispatched:
    if known.fingerprint != fingerprint:
        raise KeyReused(_("The key “%s” was already used for another message.") % known.key)
    return Dispatched(known, is_new=False, messages=known.messages.count(), refused=[])


def _insert_dispatch(
    request: Request, data: dict[str, Any], fingerprint: str, now: datetime
) -> Dispatch:
    new = Dispatch.objects.create(
        key=request.key,
        fingerprint=fingerprint,
        trigger=request.trigger,
        trigger_label=_one_line(request.trigger_label)[:200],
        event_id=request.event_id,
        scope=request.scope,
        document_type=request.document_type,
        document_key=request.document_key,
        document_label=_one_line(request.document_label)[:200],
        data=data,
        created_at=now,
        created_by=request.created_by[:150],
    )
    Attachment.objects.bulk_create(
        Attachment(
            dispatch=new,
            language=file.language,
            file_name=clean_file_name(file.file_name),
            mime_type=file.mime_type,
            sha256=put(file.content),
            size=len(file.content),
        )
        for file in request.files
    )
    return new


def _insert_messages(request: Request, new: Dispatch, now: datetime) -> tuple[int, list[Refusal]]:
    refused: list[Refusal] = []
    recipients = _once_each(request.recipients, refused)
    suppressed = suppressed_among(recipients)
    revisions = _revisions(request.template, {r.language for r in recipients.values()})
    zone = Company.get().time_zone
    rows = []
    for address, recipient in recipients.items():
        row = _new_message(request, new, recipient, now=now, zone=zone)
        row.revision = revisions[recipient.language]
        material = Material(row.revision, new.trigger, new.data)
        suppression = suppressed.get(address)
        if suppression and stops(suppression, request.mail_class):
            row.state, row.reason = State.SUPPRESSED, suppression.reason
            row.detail, row.finished_at = str(suppression.get_reason_display()), now
        elif request.mail_class != MailClass.MARKETING:
            _try_rendering(row, material, now)
        rows.append(row)
    return len(Message.objects.bulk_create(rows, batch_size=500)), refused


def _once_each(recipients: tuple[Recipient, ...], refused: list[Refusal]) -> dict[str, Recipient]:
    """Return the usable recipients by address in lower case, the first of each."""
    usable: dict[str, Recipient] = {}
    for recipient in recipients:
        try:
            address = wire_address(recipient.address)
        except AddressInvalid:
            sentence = _("“%s” is not an e-mail address.") % _one_line(recipient.address)
            refused.append(Refusal(recipient.address, sentence))
            continue
        kept = Recipient(**(vars(recipient) | {"address": address}))
        usable.setdefault(address.lower(), kept)
    return usable


def _revisions(template: Template, languages: set[str]) -> dict[str, Revision]:
    found = {language: template.current(language) for language in languages}
    if not all(found.values()):
        sentence = _("The template “%s” has no text yet: write it under Templates.")
        raise RenderFailed(sentence % template.name)
    return {language: revision for language, revision in found.items() if revision}


def _new_message(
    request: Request, new: Dispatch, recipient: Recipient, *, now: datetime, zone: str
) -> Message:
    habits = HABITS[MailClass(request.mail_class)]
    first_try = max(now, request.not_before or now)
    return Message(
        dispatch=new,
        contact_id=recipient.contact_id,
        channel=request.template.channel,
        sender=request.sender,
        address=recipient.address,
        name=_one_line(recipient.name)[:200],
        from_name=_one_line(request.sender.from_name)[:120],
        from_address=own_address(request.sender.from_address),
        reply_to=own_address(request.sender.reply_to),
        why=_one_line(recipient.why)[:200],
        language=recipient.language,
        fields=_storable(recipient.fields),
        mail_class=request.mail_class,
        priority=habits.priority,
        message_id=new_message_id(request.sender, now),
        state=_first_state(request, now),
        reason="held" if request.hold_reason else "",
        detail=request.hold_reason[:500],
        in_doubt_policy=habits.in_doubt,
        created_at=now,
        not_before=first_try,
        next_at=first_try,
        expires_at=request.expires_at or expiry(request.mail_class, first_try, zone),
    )


def _first_state(request: Request, now: datetime) -> str:
    if request.hold_reason:
        return State.HELD
    return State.SCHEDULED if request.not_before and request.not_before > now else State.READY


def _try_rendering(row: Message, material: Material, now: datetime) -> None:
    """Find template errors now, not at the wire (R25); the subject is kept for the lists."""
    try:
        row.subject = _one_line(words_of(row, material).subject)[:300]
    except RenderFailed as error:
        row.state, row.reason = State.FAILED, "render"
        row.detail, row.finished_at = str(error)[:500], now


def clean_file_name(name: str) -> str:
    """Return a name without path, control or direction characters, at most 150 bytes (S27)."""
    text = "".join(
        letter
        for letter in name
        if letter not in '/\\:*?"<>|' and unicodedata.category(letter)[0] != "C"
    )
    stem, dot, ending = " ".join(text.split()).strip(". ").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    room = 150 - len((dot + ending).encode())
    short = stem.encode()[:room].decode(errors="ignore").strip()
    return f"{short or 'documento'}{dot}{ending}" if room > 0 else "documento"


def _storable(values: dict[str, Any]) -> dict[str, Any]:
    """Return plain data that every database can keep: no NUL, no half of a letter."""
    text = json.dumps(values, cls=DjangoJSONEncoder)
    plain = json.loads(text)
    if "\\u0000" in text or "\\ud" in text:
        plain = _without_rubble(plain)
    return dict(plain)


def _without_rubble(value: Any) -> Any:
    if isinstance(value, dict):
        return {_without_rubble(key): _without_rubble(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_without_rubble(member) for member in value]
    if isinstance(value, str):
        return value.replace("\0", " ").encode("utf-8", "ignore").decode()
    return value


def _one_line(text: str) -> str:
    """Fold white space, line ends and control signs: nothing here may make or break a header (S1).

    Signs that turn the direction are left out: a name must not rewrite what follows it.
    """
    plain = "".join(
        " " if unicodedata.category(one) == "Cc" else one for one in text if one not in _TURNS
    )
    return " ".join(_without_rubble(plain).split())
