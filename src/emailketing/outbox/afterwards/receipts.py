"""What the far side tells later: kept once, matched when its message is known, forward only (R31).

A state moves from `accepted` (or `in_doubt`) to `delivered` or `bounced` and never back; whatever
else is heard, twice, out of order, about nobody's message, is kept and shown.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from emailketing.channels.base import ReceiptHeard
from emailketing.channels.models import Sender
from emailketing.common.plain import Values
from emailketing.common.said import kept_with
from emailketing.common.said import say as _
from emailketing.outbox.models import Message, Receipt, State
from emailketing.outbox.plain import legible

Status = Receipt.Status
ARRIVED = frozenset({Status.DELIVERED, Status.READ})
MAY_MOVE = frozenset({State.ACCEPTED, State.IN_DOUBT})
EARLY_FOR = timedelta(hours=1)  # how long an unknown receipt may still find its message
BLOCK = 200
LATEST = 2_000  # receipts looked at: an account shared with others tells of strangers, too
WIDEST = Receipt._meta.get_field("reference").max_length or 120


@transaction.atomic
def note_receipt(sender: Sender, heard: ReceiptHeard, *, now: datetime) -> Receipt:
    """Keep what was heard and move the message it is about; the same thing twice changes nothing.

    Returns:
        The receipt; its `message` is None while nobody knows what it is about.
    """
    reference = legible(heard.reference)[:WIDEST]
    status = heard.status if heard.status in Status.values else Status.UNKNOWN
    message_id = _about(sender.pk, reference, heard.envid)
    if message_id:
        _link(sender.pk, message_id, [reference], now)
    heard_of: Values = {"reference": reference, "status": status, "message_id": message_id}
    receipt, is_new = Receipt.objects.get_or_create(
        sender_id=sender.pk,
        **heard_of,
        defaults={
            "code": legible(heard.code)[:40],
            "text": legible(heard.text)[:500],
            "at": heard.at or now,
            "received_at": now,
        },
    )
    if is_new and message_id:
        _apply(message_id, now)
    return receipt


def _about(sender_id: int, reference: str, envid: str) -> int | None:
    """Find the message: by our own number, else the newest with this number, whole or part."""
    ours = Message.objects.filter(sender_id=sender_id)
    if envid.isdecimal() and (found := ours.filter(pk=int(envid[:18])).first()):
        # while it is under way the answer itself comes first, and with it the reference
        is_under_way = found.state in {State.CLAIMED, State.TRANSMITTING}
        return None if is_under_way else found.pk
    if not reference:
        return None
    whole = numbered(ours).filter(reference=reference).aggregate(newest=Max("pk"))["newest"]
    parts = Receipt.objects.filter(sender_id=sender_id, reference=reference)
    part: int | None = parts.aggregate(newest=Max("message_id"))["newest"]
    return max(whole or 0, part or 0) or None


def numbered(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Only those with a number, said as the partial index says it: SQLite compares the words."""
    return messages.extra(where=["NOT (reference = '')"])


def _link(sender_id: int, message_id: int, references: Sequence[str], now: datetime) -> int:
    """Give to this message what was heard of it while nobody knew it; return how many."""
    mine = Receipt.objects.filter(
        message_id=message_id, reference=OuterRef("reference"), status=OuterRef("status")
    )
    early = Receipt.objects.filter(
        ~Exists(mine),
        sender_id=sender_id,
        reference__in=references,
        message=None,
        received_at__gte=now - EARLY_FOR,  # older ones are about another message of that number
    )
    found = list(early.order_by().values_list("pk", flat=True))
    linked = Receipt.objects.filter(pk__in=found, message=None).update(message_id=message_id)
    if linked:
        _apply(message_id, now)
    return linked


def note_references(
    sender_id: int, message_id: int, references: Sequence[str], *, now: datetime
) -> None:
    """Keep the far side's numbers of a message's parts (M4); what came early finds it now."""
    cut = [reference[:WIDEST] for reference in references]
    if len(cut) > 1:
        Receipt.objects.bulk_create(
            [
                Receipt(
                    sender_id=sender_id,
                    message_id=message_id,
                    reference=reference,
                    status=Status.ACCEPTED,
                    at=now,
                    received_at=now,
                )
                for reference in cut
            ],
            ignore_conflicts=True,
        )
    _link(sender_id, message_id, cut, now)


def match_early(now: datetime) -> int:
    """Match what came while its message was just being written down; return how many (M4)."""
    known = numbered(Message.objects.filter(sender=OuterRef("sender"))).filter(
        reference=OuterRef("reference")
    )
    newest = Receipt.objects.aggregate(pk=Max("pk"))["pk"] or 0
    lost = Receipt.objects.filter(
        Exists(known), message=None, pk__gt=newest - LATEST, received_at__gte=now - EARLY_FOR
    ).order_by("pk")[:BLOCK]
    matched = 0
    for receipt in lost:
        with transaction.atomic():
            if message_id := _about(receipt.sender_id, receipt.reference, ""):
                matched += _link(receipt.sender_id, message_id, [receipt.reference], now)
    return matched


def _apply(message_id: int, now: datetime) -> None:
    """Move the message as far as everything heard about it allows."""
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.state not in MAY_MOVE:
        return
    heard = list(message.receipts.all())
    failed = next((one for one in heard if one.status == Status.FAILED), None)
    values: dict[str, object] = {}
    if failed:
        values = {"state": State.BOUNCED, "reason": "receipt", **_why(failed)}
        values["finished_at"] = now
    elif _all_arrived(message, heard):
        values = {"state": State.DELIVERED, "reason": "", "detail": "", "finished_at": now}
    elif message.state == State.IN_DOUBT and any(one.status != Status.UNKNOWN for one in heard):
        values = {"state": State.ACCEPTED, "reason": "", "detail": "", "finished_at": now}
    if values:
        if message.accepted_at is None:
            values["accepted_at"] = now
        Message.objects.filter(pk=message.pk, state=message.state).update(**values)


def _all_arrived(message: Message, heard: Sequence[Receipt]) -> bool:
    """Whether every part is there: a long SMS is read only as a whole (M4)."""
    parts = {one.reference for one in heard} | ({message.reference} - {""})
    arrived = {one.reference for one in heard if one.status in ARRIVED}
    return bool(arrived) and parts == arrived


def _why(receipt: Receipt) -> dict[str, object]:
    words = " ".join(part for part in (receipt.code, receipt.text) if part)
    sentence = _("It was not delivered; the far side does not say why.")
    if words:
        sentence = _("It was not delivered. The far side says: %s") % words
    return {"detail": sentence[:500], "said": kept_with(sentence)}
