"""Make one row of the ledger: who, where, which words, and what of it is fixed at queueing (R5)."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from emailketing.channels.answered import is_open
from emailketing.channels.catalogue import channel_of, is_phone
from emailketing.channels.models import Sender
from emailketing.common.email_address import EmailInvalid, email, wire_or_as_is
from emailketing.common.plain import Entry
from emailketing.common.said import in_each, kept_with
from emailketing.common.said import say as _
from emailketing.company.models import Company
from emailketing.contacts.models import Suppression
from emailketing.content import formats
from emailketing.content.card.card import Card, may_show_cards
from emailketing.content.card.mailed import keep_cards
from emailketing.content.frozen_look import frozen_look
from emailketing.content.models import Revision
from emailketing.content.render import RenderFailed
from emailketing.outbox.classes import HOLD, POLICIES, expiry
from emailketing.outbox.models import Dispatch, MailClass, Message, State
from emailketing.outbox.plain import one_line, storable
from emailketing.outbox.policy import stopping
from emailketing.outbox.queueing.message_id import new_message_id
from emailketing.outbox.queueing.request import Recipient
from emailketing.outbox.queueing.targets import Target
from emailketing.outbox.queueing.write_out import (
    CARDS,
    NOTE,
    OUT,
    PLAIN,
    THREAD,
    Material,
    words_of,
)

MOST_SEGMENTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all messages of one decision have in common."""

    dispatch: Dispatch
    mail_class: str
    now: datetime
    zone: str
    not_before: datetime | None = None
    expires_at: datetime | None = None
    hold_reason: str = ""


def new_row(frame: Frame, recipient: Recipient, target: Target) -> Message:
    """Return a message that is not saved yet; ready, scheduled or held."""
    policy = POLICIES[MailClass(frame.mail_class)]
    now, sender = frame.now, target.sender
    starts = [moment for moment in (frame.not_before, recipient.not_before) if moment]
    first_try = max([now, *starts])
    return Message(
        dispatch=frame.dispatch,
        contact_id=recipient.contact_id,
        channel=target.channel,
        sender=sender,
        address=target.address,
        name=one_line(recipient.name)[:200],
        from_name=one_line(sender.from_name)[:120],
        from_address=_own(sender),
        reply_to=_answers_to(frame.dispatch, sender),
        why=(why := one_line(recipient.why)[:200]),
        why_said=kept_with(recipient.why) if why == recipient.why else None,
        language=recipient.language,
        revision=target.revision,
        fields=_own_data(recipient, target),
        mail_class=frame.mail_class,
        priority=policy.priority,
        message_id=new_message_id(sender, now),
        state=_first_state(frame, first_try),
        reason="held" if frame.hold_reason else "",
        detail=frame.hold_reason[:500],
        in_doubt_policy=HOLD if is_phone(target.channel) else policy.in_doubt,
        created_at=now,
        not_before=first_try,
        next_at=first_try,
        expires_at=frame.expires_at or expiry(frame.mail_class, first_try, frame.zone),
    )


def _own_data(recipient: Recipient, target: Target) -> Entry:
    """Return the person's own data, and whether the sender's texts go without accents (R5)."""
    ours = (CARDS, NOTE, OUT, PLAIN, THREAD)
    fields = {name: value for name, value in recipient.fields.items() if name not in ours}
    if channel_of(target.channel).segments and target.sender.options.get("plain"):
        fields[PLAIN] = True
    return storable(fields)


def _own(sender: Sender) -> str:
    if is_phone(sender.channel):
        return one_line(sender.from_address)
    return wire_or_as_is(sender.from_address)


def _answers_to(dispatch: Dispatch, sender: Sender) -> str:
    """Return whom an answer reaches: the person the document names, else the sender's own."""
    if not is_phone(sender.channel):
        document = dispatch.data.get("document")
        named = document.get("reply_to") if isinstance(document, dict) else ""
        with suppress(EmailInvalid):
            return email(str(named or "")).wire
    return wire_or_as_is(sender.reply_to)


def _first_state(frame: Frame, first_try: datetime) -> str:
    if frame.hold_reason:
        return State.HELD
    return State.SCHEDULED if first_try > frame.now else State.READY


def complete(
    row: Message, material: Material, suppressions: Iterable[Suppression], now: datetime
) -> None:
    """Say at once what will not leave, and what it costs; find template errors now (R25)."""
    if suppression := stopping(suppressions, row.mail_class, row.dispatch.trigger):
        row.state, row.reason = State.SUPPRESSED, suppression.reason
        row.detail, row.finished_at = _since(suppression), now
        row.said = kept_with(row.detail)
    elif row.state == State.FAILED:
        return  # there is no way out of it
    elif is_phone(row.channel):
        _count(row, material, now)
    elif row.mail_class != MailClass.MARKETING or may_show_cards(row.revision.html):
        _try_rendering(row, material, now)


def _since(suppression: Suppression) -> str:
    """Say why an address is not written to any more, and since when."""
    company = Company.get()
    at = suppression.at.isoformat()
    words = {
        "reason": in_each(lambda _language: suppression.get_reason_display()),
        "day": in_each(lambda language: formats.day(at, language, company.time_zone)),
    }
    return _("%(reason)s, since %(day)s") % words


def _try_rendering(row: Message, material: Material, now: datetime) -> None:
    """Find template errors now, not at the wire; the subject is kept for the lists."""
    try:
        words = words_of(row, material)
    except RenderFailed as error:
        fail(row, "render", str(error), now)
        return
    row.subject = one_line(words.subject)[:300]
    if words.cards:
        _keep_cards(row, words.cards, material)


def draw_cards(row: Message, material: Material) -> None:
    """Draw the cards of a row that is not written yet; what is wrong is said when it is."""
    if may_show_cards(row.revision.html):
        with suppress(RenderFailed):
            keep_cards(words_of(row, material).cards, frozen_look(material.revision))


def _keep_cards(row: Message, cards: tuple[Card, ...], material: Material) -> None:
    """Draw its cards now: they stay the same, and what is not on them is told (R5)."""
    kept = keep_cards(cards, frozen_look(material.revision))
    told = {NOTE: kept.note[:500]} if kept.note else {}
    row.fields = {**row.fields, CARDS: kept.sha256, **told}


def _count(row: Message, material: Material, now: datetime) -> None:
    """Write a phone message out: how long it is and what it costs; nothing is cut (M1)."""
    try:
        words = words_of(row, material)
    except RenderFailed as error:
        fail(row, "render", str(error), now)
        return
    row.subject = one_line(f"{words.subject} {words.text}")[:300]
    row.segments = 1
    channel = channel_of(row.channel)
    if _is_unanswered(row, channel.answers_within, now):
        fail(row, "window", channel.outside_answers(), now)
    if channel.segments:
        row.segments = channel.segments.measure(words.text).segments
    row.cost = (row.sender.price or Decimal()) * row.segments
    if row.segments > MOST_SEGMENTS:
        sentence = _(
            "The text takes %(count)s segments, a phone message may have %(most)s: shorten it."
        )
        fail(row, "too_long", sentence % {"count": row.segments, "most": MOST_SEGMENTS}, now)


def _is_unanswered(row: Message, within: timedelta | None, now: datetime) -> bool:
    """Some channels take a free text only for a while after the person's last message (M5)."""
    if within is None or row.revision.format != Revision.Format.SHORT:
        return False
    starts = max(now, row.not_before)
    return not is_open(row.sender, row.address, within=within, now=starts)


def fail(row: Message, reason: str, sentence: str, now: datetime) -> None:
    """Say at once that it will not leave, and why."""
    row.state, row.reason = State.FAILED, reason
    row.detail, row.said, row.finished_at = sentence[:500], kept_with(sentence), now


def other_ways(others: tuple[Target, ...]) -> list[Entry]:
    """Return alternatives as the ledger keeps them: words and sender are fixed now, too."""
    return [
        {
            "channel": other.channel,
            "address": other.address,
            "sender": other.sender.pk,
            "revision": other.revision.pk,
        }
        for other in others
    ]
