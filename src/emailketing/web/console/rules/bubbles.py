"""The phone texts of a trial as bubbles, with what each would cost."""

from decimal import Decimal

from emailketing.audience.ways import choose_sender
from emailketing.channels.catalogue import channel_of
from emailketing.channels.segments import TooLong
from emailketing.content.render import Rendered
from emailketing.outbox.queueing.dispatch import Recipient
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.trying.try_out import Trial
from emailketing.web.console.shown.phone import Bubble, cost_words, readable_number, text_size


def trial_bubbles(rule: Rule, trial: Trial) -> list[Bubble]:
    """One bubble for each channel and language, with the number of the first who would get it."""
    return [
        _bubble(rule, channel, rendered, _reader(trial, channel, language))
        for channel, texts in trial.phones.items()
        for language, rendered in texts.items()
    ]


def _bubble(rule: Rule, channel: str, rendered: Rendered, reader: Recipient | None) -> Bubble:
    sender = choose_sender(rule, channel)
    price = sender.price if sender else None
    text = rendered.text.strip()
    return Bubble(
        channel=channel,
        number=readable_number(reader.address) if reader else "—",
        text=text,
        sender=sender.from_address if sender else "",
        size=text_size(channel, text),
        cost=cost_words(price * segments_of(channel, text)) if price is not None else "",
    )


def segments_of(channel: str, text: str) -> Decimal:
    segments = channel_of(channel).segments
    if segments is None:
        return Decimal(1)
    try:
        return Decimal(segments.measure(text).segments)
    except TooLong:
        return Decimal(0)


def _reader(trial: Trial, channel: str, language: str) -> Recipient | None:
    """Who gets it first: over this channel, else whom it would be tried for later."""
    found = [one for one in trial.recipients if one.language == language]
    direct = next((one for one in found if one.channel == channel), None)
    if direct is not None:
        return direct
    for one in found:
        for way in one.alternatives:
            if way.channel == channel:
                return Recipient(address=way.address, channel=channel, language=language)
    return None
