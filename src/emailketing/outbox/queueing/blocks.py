"""Write to any number of people: open a dispatch, add blocks of recipients, close or cancel it.

Each block is one transaction and has a name: added again, by whichever process, it is the same
block (R27). What the blocks have in common (words, senders, hours) is fixed when the dispatch is
opened (R5), so that a template edited meanwhile changes nothing. Memory holds one block. Messages
may leave as soon as their block is written; who wants an hour in which all can be stopped gives
the request a `not_before`.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from emailketing.channels.models import Sender
from emailketing.common.plain import Entry
from emailketing.content.models import Revision, Template
from emailketing.outbox.models import Block, Dispatch, MailClass, Message, State
from emailketing.outbox.plain import storable
from emailketing.outbox.queueing.dispatch import (
    fingerprint_of,
    fitting,
    insert_dispatch,
    insert_messages,
)
from emailketing.outbox.queueing.request import File, KeyReused, Recipient, Refusal, Request, Way
from emailketing.outbox.queueing.targets import Aim, Aiming, Revisions

MOST_IN_A_BLOCK = 5000
CANCELLED_AT_ONCE = 2000
# what is not in a worker's hands
STOPPABLE = (State.SCHEDULED, State.READY, State.DEFERRED, State.HELD, State.QUARANTINED)
Stage = Dispatch.Stage


class NotOpen(Exception):
    """Nobody can be added: the dispatch was closed or cancelled; the sentence says which."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a block.

    Attributes:
        block: with its counts: messages written, people left out because the dispatch has a
            message to their address already, addresses that cannot be used.
        is_new: whether this call wrote it.
        refused: those addresses and why; empty when the block was there before.
    """

    block: Block
    is_new: bool
    refused: Sequence[Refusal] = ()


def open_dispatch(request: Request, *, now: datetime) -> Dispatch:
    """Begin a dispatch; its recipients follow by `add_block`.

    The same key again returns the dispatch as it stands, whatever its stage (R27).

    Raises:
        KeyReused: the key belongs to another request.
        DoesNotFit: our database cannot keep a value of it.
        StoreFull: an attachment cannot be kept.
        ValueError: the request names recipients.
    """
    if request.recipients:
        raise ValueError("The recipients of an open dispatch come by add_block.")
    data = storable(request.data)
    fingerprint = fingerprint_of(request, data)
    try:
        with fitting(), transaction.atomic():
            known = Dispatch.objects.filter(key=request.key).first()
            if known is None:
                known = insert_dispatch(request, data, fingerprint, now)
                known.stage, known.terms = Stage.OPEN, _terms(request)
                known.save(update_fields=["stage", "terms"])
    except IntegrityError:  # another process was first
        known = Dispatch.objects.get(key=request.key)
    if known.fingerprint != fingerprint:
        raise KeyReused(_("The key “%s” was already used for another message.") % known.key)
    return known


def add_block(
    dispatch: Dispatch, name: str, recipients: Sequence[Recipient], *, now: datetime
) -> Added:
    """Write the messages to these people, all or nothing; the same block twice is one.

    Args:
        dispatch: one that `open_dispatch` returned, or read again by another process.
        name: unique in the dispatch and the same whenever this block is made: “17”, “a–c”.
        recipients: at most 5 000.
        now: when they are queued.

    Raises:
        KeyReused: the name belongs to a block of other people.
        DoesNotFit: our database cannot keep a value of it; nothing of the block was written.
        NotOpen: the dispatch was closed or cancelled meanwhile.
        ValueError: too many at once.
    """
    if len(recipients) > MOST_IN_A_BLOCK:
        raise ValueError(f"A block has at most {MOST_IN_A_BLOCK} recipients.")
    fingerprint = _fingerprint(recipients)
    with fitting(), transaction.atomic():
        locked = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
        known = Block.objects.filter(dispatch=locked, name=name).first()
        if known:
            return _known(known, fingerprint)
        if locked.stage != Stage.OPEN:
            raise NotOpen(_not_open(locked))
        return _add(locked, name, recipients, fingerprint, now)


def is_over(dispatch: Dispatch, now: datetime) -> bool:
    """Whether what is added to it now would be too late to leave."""
    ends = _as_moment(dispatch.terms["expires_at"])
    return ends is not None and ends <= now


def close_dispatch(dispatch: Dispatch) -> Dispatch:
    """Say that all blocks are there; twice is once.

    Raises:
        NotOpen: it was cancelled meanwhile.
    """
    Dispatch.objects.filter(pk=dispatch.pk, stage=Stage.OPEN).update(stage=Stage.CLOSED)
    dispatch.refresh_from_db()
    if dispatch.stage != Stage.CLOSED:
        raise NotOpen(_not_open(dispatch))
    return dispatch


def cancel_dispatch(dispatch: Dispatch, *, why: str, now: datetime) -> int:
    """Stop it between two blocks: nobody is added any more, nobody waiting is written to.

    What a worker has in its hands ends by itself. Stopped half-way, call it again.

    Returns:
        How many messages were cancelled by this call.
    """
    Dispatch.objects.filter(pk=dispatch.pk).exclude(stage=Stage.WHOLE).update(stage=Stage.CANCELLED)
    dispatch.refresh_from_db()
    if dispatch.stage != Stage.CANCELLED:
        raise NotOpen(_("This dispatch was written at once: cancel its messages one by one."))
    stopped = 0
    while count := _cancel_some(dispatch, why, now):
        stopped += count
    return stopped


def totals(dispatch: Dispatch) -> dict[str, int]:
    """Return how many messages, repeated people and refused addresses its blocks have so far."""
    names = ("messages", "repeated", "refused")
    summed = dispatch.blocks.aggregate(**{name: Sum(name, default=0) for name in names})
    return {name: int(summed[name]) for name in names}


def _cancel_some(dispatch: Dispatch, why: str, now: datetime) -> int:
    waiting = Message.objects.filter(dispatch=dispatch, state__in=STOPPABLE)
    some = list(waiting.values_list("pk", flat=True)[:CANCELLED_AT_ONCE])
    return waiting.filter(pk__in=some).update(
        state=State.CANCELLED, reason="cancelled", detail=why[:500], finished_at=now
    )


def _add(
    dispatch: Dispatch, name: str, people: Sequence[Recipient], fingerprint: str, now: datetime
) -> Added:
    request = _request(dispatch)
    aiming = Aiming(request, _revisions(dispatch, people))
    rows = insert_messages(request, dispatch, _new_among(dispatch, aiming.aims(people)), now)
    block = Block.objects.create(
        dispatch=dispatch,
        name=name,
        fingerprint=fingerprint,
        messages=len(rows),
        repeated=len(people) - aiming.unreached - len(rows),
        refused=len(aiming.refused),
        added_at=now,
    )
    return Added(block, True, aiming.refused)


def _new_among(dispatch: Dispatch, aims: Sequence[Aim]) -> list[Aim]:
    """Leave out whom an earlier block has written to; asked of the unique index."""
    keys = {aim.target.key for aim in aims}
    written = (
        Message.objects.filter(
            dispatch=dispatch, channel__in={channel for channel, _address in keys}
        )
        .annotate(mailbox=Lower("address"))
        .filter(mailbox__in={address for _channel, address in keys})
        .values_list("channel", "mailbox")
    )
    known = set(written)
    return [aim for aim in aims if aim.target.key not in known]


def _known(block: Block, fingerprint: str) -> Added:
    if block.fingerprint != fingerprint:
        raise KeyReused(_("The key “%s” was already used for another message.") % block.name)
    return Added(block, False)


def _not_open(dispatch: Dispatch) -> str:
    sentence = _("Nobody can be added to “%(label)s”: %(stage)s.")
    return sentence % {"label": str(dispatch), "stage": dispatch.get_stage_display()}


def _fingerprint(recipients: Sequence[Recipient]) -> str:
    asked = [asdict(recipient) for recipient in recipients]
    text = json.dumps(asked, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def _terms(request: Request) -> Entry:
    """Return as JSON what every block of this dispatch has in common."""
    return {
        "class": request.mail_class,
        "ways": {
            channel: {"sender": way.sender.pk, "revisions": _newest(way.template)}
            for channel, way in request.ways.items()
        },
        "notes": [[file.language, file.note] for file in request.files if file.note],
        "hold_reason": request.hold_reason,
        "ends": request.ends,
        "not_before": _as_text(request.not_before),
        "expires_at": _as_text(request.expires_at),
    }


def _newest(template: Template) -> dict[str, int]:
    """Return language → revision as it is today."""
    found = {code: template.current(code) for code, _label in settings.LANGUAGES}
    return {code: revision.pk for code, revision in found.items() if revision}


def _request(dispatch: Dispatch) -> Request:
    """Return the request as it was when the dispatch was opened, without its people."""
    terms = dispatch.terms
    notes = (
        File(file_name="", mime_type="", content=b"", language=language, note=note)
        for language, note in terms["notes"]
    )
    return Request(
        key=dispatch.key,
        trigger=dispatch.trigger,
        trigger_label=dispatch.trigger_label,
        ways=_ways(terms["ways"]),
        recipients=(),
        data=dispatch.data,
        mail_class=MailClass(terms["class"]),
        files=tuple(notes),
        not_before=_as_moment(terms["not_before"]),
        expires_at=_as_moment(terms["expires_at"]),
        hold_reason=terms["hold_reason"],
        ends=terms.get("ends", ""),
    )


def _ways(ways: dict[str, Any]) -> dict[str, Way]:
    """Return the ways whose sender and words are still there."""
    senders = Sender.objects.in_bulk([way["sender"] for way in ways.values()])
    first = {channel: next(iter(way["revisions"].values()), 0) for channel, way in ways.items()}
    revisions = Revision.objects.select_related("template").in_bulk(first.values())
    return {
        channel: Way(revisions[first[channel]].template, senders[way["sender"]])
        for channel, way in ways.items()
        if way["sender"] in senders and first[channel] in revisions
    }


def _revisions(dispatch: Dispatch, people: Iterable[Recipient]) -> Revisions:
    """Return channel and language → the words of the day the dispatch was opened."""
    found: Revisions = {}
    for channel, way in dispatch.terms["ways"].items():
        revisions = Revision.objects.in_bulk(way["revisions"].values())
        of = {code: revisions.get(pk) for code, pk in way["revisions"].items()}
        for language in {person.language for person in people}:
            other = of.get("es") or next(iter(of.values()), None)
            found[channel, language] = of.get(language) or other
    return found


def _as_text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _as_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
