"""The one door to the ledger: decide once, for one key, to write to some people."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError, IntegrityError, transaction

from emailketing.channels.catalogue import channel_of
from emailketing.common.own_database import words_of
from emailketing.common.plain import Entry
from emailketing.common.reading import keep, once
from emailketing.common.said import say as _
from emailketing.company.models import Company
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import suppressed_among
from emailketing.content.render import RenderFailed
from emailketing.content.store import put
from emailketing.outbox.models import Attachment, Dispatch, MailClass, Message, State
from emailketing.outbox.plain import clean_file_name, one_line, storable
from emailketing.outbox.policy import address_kind
from emailketing.outbox.queueing.request import (
    Alternative,
    Dispatched,
    DoesNotFit,
    File,
    KeyReused,
    Recipient,
    Refusal,
    Request,
    Way,
)
from emailketing.outbox.queueing.rows import Frame, complete, draw_cards, new_row, other_ways
from emailketing.outbox.queueing.targets import Aim, Aiming, no_text
from emailketing.outbox.queueing.thread import put_below_the_first
from emailketing.outbox.queueing.ways_out import give_ways_out
from emailketing.outbox.queueing.write_out import NOTE, Material

__all__ = [
    "Alternative",
    "Dispatched",
    "DoesNotFit",
    "File",
    "KeyReused",
    "MailClass",
    "Recipient",
    "Refusal",
    "Request",
    "Way",
    "clean_file_name",
    "dispatch",
    "dispatched_among",
    "draw_ahead",
    "look_for_suppressions",
    "was_dispatched",
]

SUPPRESSED = "suppressed"  # what `once` has of it


def dispatch(request: Request, *, now: datetime, is_sure: bool = False) -> Dispatched:
    """Write the messages of this request into the ledger, in the caller's transaction (R13).

    `is_sure`: the caller has looked for the key, and takes its transaction back when this raises
    (IntegrityError: somebody else was first).

    Raises:
        KeyReused: the key belongs to another request.
        DoesNotFit: our database cannot keep a value of it.
        RenderFailed: there is nobody to write to because a template has no text at all. (A text
            that fails for one recipient only makes that one message `failed`: R25.)
        StoreFull: an attachment cannot be kept.
    """
    data = storable(request.data)
    fingerprint = fingerprint_of(request, data)
    if not is_sure and (known := Dispatch.objects.filter(key=request.key).first()):
        return _repeated(known, fingerprint)
    try:
        with fitting(), transaction.atomic(savepoint=not is_sure):
            new = insert_dispatch(request, data, fingerprint, now)
            aiming = Aiming(request)
            aims = aiming.aims(request.recipients)
            if not aims and aiming.without_text:
                raise RenderFailed(no_text(aiming.without_text))
            rows = insert_messages(request, new, aims, now)
    except IntegrityError:
        # another transaction was first with this key (anything else that is not unique shows here)
        known = None if is_sure else Dispatch.objects.filter(key=request.key).first()
        if known is None:
            raise
        return _repeated(known, fingerprint)
    broken = [row.detail for row in rows if row.reason == "render"]
    suppressed = (row for row in rows if row.state == State.SUPPRESSED and not row.falls_back)
    stopped = [_stopped(row) for row in suppressed]
    return Dispatched(
        new,
        is_new=True,
        messages=len(rows),
        refused=aiming.refused,
        broken=broken,
        stopped=stopped,
    )


@contextmanager
def fitting() -> Iterator[None]:
    """Say in our words that a value cannot be kept.

    Raises:
        DoesNotFit: the sentence names what our database says.
    """
    try:
        yield
    except DataError as error:
        sentence = _("A value does not fit into our database: %(why)s.")
        raise DoesNotFit(sentence % {"why": words_of(error)}) from error


def _stopped(row: Message) -> str:
    sentence = _("Not sent to %(address)s: %(why)s.")
    return sentence % {"address": row.address, "why": row.detail}


def dispatched_among(keys: Iterable[str]) -> frozenset[str]:
    """Return which of these decisions were made before (R28)."""
    return frozenset(Dispatch.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def was_dispatched(key: str) -> bool:
    """Say whether this decision was made before (R28)."""
    return Dispatch.objects.filter(key=key).exists()


def fingerprint_of(request: Request, data: Entry) -> str:
    """Hash what was asked for; not the files' content: a PDF made twice differs in its dates.

    Nor when: the same decision, asked for again at another hour, is the same.
    """
    when = {"why": "", "not_before": None}
    asked = {
        "trigger": request.trigger,
        "template": {channel: way.template.pk for channel, way in request.ways.items()},
        "class": request.mail_class,
        "scope": request.scope,
        "document": [request.document_type, request.document_key],
        "data": data,
        "recipients": [asdict(recipient) | when for recipient in request.recipients],
        "files": [[file.file_name, file.mime_type, file.language] for file in request.files],
    }
    text = json.dumps(asked, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def _repeated(known: Dispatch, fingerprint: str) -> Dispatched:
    if known.fingerprint != fingerprint:
        raise KeyReused(_("The key “%s” was already used for another message.") % known.key)
    return Dispatched(known, is_new=False, messages=known.messages.count(), refused=[])


def insert_dispatch(request: Request, data: Entry, fingerprint: str, now: datetime) -> Dispatch:
    """Write the decision and its files, in the caller's transaction."""
    new = Dispatch.objects.create(
        key=request.key,
        fingerprint=fingerprint,
        trigger=request.trigger,
        trigger_label=one_line(request.trigger_label)[:200],
        event_id=request.event_id,
        scope=request.scope,
        document_type=request.document_type,
        document_key=request.document_key,
        document_label=one_line(request.document_label)[:200],
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


def insert_messages(
    request: Request, new: Dispatch, aims: list[Aim], now: datetime
) -> list[Message]:
    """Write the rows to these people, in the caller's transaction."""
    frame = _frame(request, new, now)
    stopped = _suppressed(aims)
    rows = []
    for aim in aims:
        row = new_row(frame, aim.recipient, aim.target)
        row.alternatives, row.falls_back = other_ways(aim.others), bool(aim.others)
        rows.append(row)
    give_ways_out(rows, request.ends, now)
    for row, aim in zip(rows, aims, strict=True):
        material = Material(row.revision, new.trigger, new.data)
        complete(row, material, stopped.get(aim.target.key, ()), now)
    put_below_the_first(new, rows)
    _note_files(request.files, rows)
    return Message.objects.bulk_create(rows, batch_size=500)


def draw_ahead(request: Request, people: Iterable[Recipient], now: datetime) -> None:
    """Draw the cards of these people before the transaction that writes to them.

    Each takes a tenth of a second; SQLite lets nobody else write while a transaction is open.
    """
    unsaved = Dispatch(trigger=request.trigger, data=storable(request.data))
    frame = _frame(request, unsaved, now)
    for aim in Aiming(request).aims(people):
        row = new_row(frame, aim.recipient, aim.target)
        draw_cards(row, Material(row.revision, unsaved.trigger, unsaved.data))


def _frame(request: Request, new: Dispatch, now: datetime) -> Frame:
    return Frame(
        dispatch=new,
        mail_class=request.mail_class,
        now=now,
        zone=Company.get().time_zone,
        not_before=request.not_before,
        expires_at=request.expires_at,
        hold_reason=request.hold_reason,
    )


def _note_files(files: Iterable[File], rows: list[Message]) -> None:
    for file in files:
        for row in rows if file.note else ():
            if file.language in ("", row.language) and channel_of(row.channel).carries_files:
                row.fields = {**row.fields, NOTE: file.note[:500]}


def _suppressed(aims: list[Aim]) -> dict[tuple[str, str], list[Suppression]]:
    """Return the suppressions by channel and address in lower case."""
    found: dict[tuple[str, str], list[Suppression]] = {}
    for channel in {aim.target.channel for aim in aims}:
        kind = address_kind(channel)
        addresses = {a.target.address.lower() for a in aims if a.target.channel == channel}
        known: dict[str, list[Suppression]] = once((SUPPRESSED, kind), dict)
        of_address = {a: known[a] for a in addresses & known.keys()}
        if missing := addresses - known.keys():
            of_address |= suppressed_among(missing, kind=kind)
        found |= {(channel, address): some for address, some in of_address.items()}
    return found


def look_for_suppressions(recipients: Iterable[Recipient]) -> None:
    """Read for many requests at once which of their addresses may not be used."""
    wanted: dict[str, set[str]] = {}
    for one in recipients:
        for way in (Alternative(one.channel, one.address), *one.alternatives):
            wanted.setdefault(address_kind(way.channel), set()).add(way.address.strip().lower())
    for kind, addresses in wanted.items():
        known = suppressed_among(addresses, kind=kind)
        keep((SUPPRESSED, kind), {address: known.get(address, []) for address in addresses})
