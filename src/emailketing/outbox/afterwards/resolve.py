"""What a person may do to a message: decide a doubt, release, cancel, send once more.

Every action is one conditional update, so that two people (or a worker) cannot both have it, and
one `Decision` row that says who, when and why; the audit trail has it too, in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts import audit
from emailketing.accounts.who import Who
from emailketing.company.models import Company
from emailketing.outbox.afterwards.doubt import doubt
from emailketing.outbox.classes import expiry
from emailketing.outbox.models import Attachment, Decision, Dispatch, Message, State
from emailketing.outbox.queueing.message_id import new_message_id
from emailketing.outbox.queueing.told import ONCE_MORE
from emailketing.outbox.queueing.ways_out import ends_of, give_ways_out

DOUBTFUL = (State.IN_DOUBT,)
# a person made sure: also of what was put aside after crashes, one of them perhaps after the dot
MAY_HAVE_ARRIVED = (*DOUBTFUL, State.QUARANTINED)
RELEASABLE = (State.HELD, State.QUARANTINED)
# not what a worker has in its hands: that ends by itself within its lease
CANCELLABLE = (State.SCHEDULED, State.READY, State.DEFERRED, State.HELD, State.QUARANTINED)
BUSY = (State.CLAIMED, State.TRANSMITTING)
PRODUCT = "emailketing"  # who takes a message back that nobody needs any more
# what the audit trail calls a decision, where not by its own name
IN_THE_TRAIL = {"was_sent": "sent", "send_again": "again", "give_up": "give-up"}


class CannotResolve(Exception):
    """The message is in another state by now; the sentence says in which."""


class LacksReason(CannotResolve):
    """It can be done by whoever says why."""


def mark_sent(message: Message, *, by: Who | str, note: str = "", now: datetime) -> None:
    """In doubt, or put aside: somebody made sure that the far side has it."""
    _change(
        message,
        MAY_HAVE_ARRIVED,
        {"state": State.ACCEPTED, "accepted_at": now, "finished_at": now, "detail": ""},
        _Said("was_sent", by, note, now),
    )


def send_again(message: Message, *, by: Who | str, note: str = "", now: datetime) -> None:
    """In doubt: better twice than not at all; the same bytes go out again (R5)."""
    _change(message, DOUBTFUL, _ready(message, now), _Said("send_again", by, note, now))


def give_up(message: Message, *, by: Who | str, note: str = "", now: datetime) -> None:
    """In doubt: let it go."""
    _change(
        message,
        DOUBTFUL,
        {"state": State.FAILED, "reason": "given_up", "finished_at": now},
        _Said("give_up", by, note, now),
    )


def release(message: Message, *, by: Who | str, note: str = "", now: datetime) -> None:
    """Let a held or quarantined message go out; one that may have arrived wants a reason."""
    is_there = message.state in RELEASABLE
    if is_there and not note.strip() and (said := doubt(message)):
        raise LacksReason(_("%(doubt)s Then say why.") % {"doubt": said})
    _change(
        message,
        RELEASABLE,
        {**_ready(message, now), "crash_count": 0},
        _Said("release", by, note, now),
    )


def cancel(message: Message, *, by: Who | str, note: str = "", now: datetime) -> None:
    """Stop a message that has not left yet."""
    _stop(message, _Said("cancel", by, note, now))


def take_back(message: Message, *, why: str, now: datetime) -> None:
    """Stop one that nobody needs any more: no person did it, so the audit trail knows nothing."""
    _stop(message, _Said("cancel", None, why, now))


@transaction.atomic
def resend(message: Message, *, by: Who | str, note: str, now: datetime) -> Message:
    """Write the same words to the same address once more, as a new message of a new dispatch.

    Returns:
        The new message: a new Message-ID, so that no mail program takes it for the old one.
    """
    if not note.strip():
        raise LacksReason(_("Say why it is sent once more."))
    current = Message.objects.select_related("dispatch", "sender").get(pk=message.pk)
    if current.state in {*BUSY, *CANCELLABLE}:
        raise CannotResolve(_not_now(current))
    dispatch = _copy_dispatch(current.dispatch, message=current, by=str(by), now=now)
    new = _copy_message(current, dispatch, now)
    give_ways_out([new], ends_of(current), now)
    new.save()
    _Said("resend", by, note, now).write(current, current.state)
    return new


def _ready(message: Message, now: datetime) -> dict[str, object]:
    """Back to the queue at once; what had expired meanwhile gets its lifetime anew."""
    values: dict[str, object] = {
        "state": State.READY,
        "reason": "",
        "detail": "",
        "next_at": now,
        "finished_at": None,
    }
    if message.expires_at <= now:
        values["expires_at"] = expiry(message.mail_class, now, Company.get().time_zone)
    return values


@dataclass(frozen=True, slots=True)
class _Said:
    """What was decided, by whom (None: by the product itself), why and when."""

    action: str
    by: Who | str | None
    note: str
    now: datetime

    def write(self, message: Message, before: str) -> None:
        """Keep it with the message, and in the audit trail where a person said it."""
        Decision.objects.create(
            message=message,
            at=self.now,
            by=str(self.by or PRODUCT)[:150],
            action=self.action,
            note=self.note[:300],
            state_before=before,
            state_after=message.state,
        )
        if self.by is not None:
            changes = {"reason": ["", self.note]} if self.note else {}
            action = IN_THE_TRAIL.get(self.action, self.action)
            audit.note(action, by=self.by, now=self.now, about=message, changes=changes)


def _stop(message: Message, said: _Said) -> None:
    values = {"state": State.CANCELLED, "reason": "cancelled", "detail": said.note[:500]}
    _change(message, CANCELLABLE, {**values, "finished_at": said.now}, said)


@transaction.atomic
def _change(
    message: Message, allowed: Iterable[str], values: dict[str, object], said: _Said
) -> None:
    before = Message.objects.values_list("state", flat=True).get(pk=message.pk)
    changed = Message.objects.filter(pk=message.pk, state__in=list(allowed), state=before).update(
        **values
    )
    message.refresh_from_db()
    if not changed:
        raise CannotResolve(_not_now(message))
    said.write(message, before)


def _not_now(message: Message) -> str:
    sentence = _("This cannot be done: the message is now “%(state)s”.")
    return sentence % {"state": message.get_state_display()}


def _copy_dispatch(old: Dispatch, *, message: Message, by: str, now: datetime) -> Dispatch:
    own = f"{ONCE_MORE}{message.pk}:"
    times = Dispatch.objects.filter(key__startswith=own).count()
    new = Dispatch.objects.create(
        key=f"{own}{times + 1}",
        fingerprint=old.fingerprint,
        trigger=old.trigger,  # whoever has ended what it is about gets it no more, either
        trigger_label=old.trigger_label,
        event_id=old.event_id,
        scope=old.scope,
        document_type=old.document_type,
        document_key=old.document_key,
        document_label=old.document_label,
        data=old.data,
        created_at=now,
        created_by=by[:150],
    )
    for file in old.attachments.order_by("pk"):
        Attachment.objects.create(
            dispatch=new,
            language=file.language,
            file_name=file.file_name,
            mime_type=file.mime_type,
            sha256=file.sha256,
            size=file.size,
        )
    return new


def _copy_message(old: Message, dispatch: Dispatch, now: datetime) -> Message:
    kept = (
        *("contact_id", "channel", "sender_id", "address", "name", "from_name", "from_address"),
        *(
            "reply_to",
            "why",
            "why_said",
            "language",
            "revision_id",
            "fields",
            "subject",
            "mail_class",
        ),
        *("priority", "in_doubt_policy", "segments", "cost"),
    )
    return Message(
        dispatch=dispatch,
        message_id=new_message_id(old.sender, now),
        created_at=now,
        not_before=now,
        next_at=now,
        expires_at=expiry(old.mail_class, now, Company.get().time_zone),
        **{name: getattr(old, name) for name in kept},
    )
