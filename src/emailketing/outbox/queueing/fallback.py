"""Another way to the same person when one has failed, never while it is in doubt (R30)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from emailketing.channels.models import Sender
from emailketing.common.plain import Entry
from emailketing.company.models import Company
from emailketing.company.windows import after_quiet, is_quiet
from emailketing.contacts.suppress import suppressed_among
from emailketing.content.models import Revision
from emailketing.outbox.models import ENDED_BADLY, Message
from emailketing.outbox.policy import address_kind
from emailketing.outbox.queueing.request import Recipient
from emailketing.outbox.queueing.rows import Frame, complete, new_row
from emailketing.outbox.queueing.targets import Target
from emailketing.outbox.queueing.thread import put_below_the_first
from emailketing.outbox.queueing.ways_out import ends_of, give_ways_out
from emailketing.outbox.queueing.write_out import Material

BLOCK = 100
WORTH_IT = timedelta(days=3)  # after that nobody wants to be told by another way
# somebody decided that it is not to be sent; after a doubt it may even have arrived (R30)
DECIDED = ("given_up", "cancelled")


@dataclass(frozen=True, slots=True)
class Others:
    """What can still be tried, in order."""

    target: Target | None
    rest: list[Entry]


def fall_back_due(now: datetime) -> int:
    """Write by the next way to everybody whom the one before could not reach; return how many."""
    due = Message.objects.filter(falls_back=True, state__in=ENDED_BADLY).order_by("pk")
    return sum(_fall_back(number, now) for number in due.values_list("pk", flat=True)[:BLOCK])


@transaction.atomic
def _fall_back(message_id: int, now: datetime) -> int:
    failed = (
        Message.objects.select_for_update(of=("self",))
        .select_related("dispatch", "contact")
        .filter(pk=message_id, falls_back=True, state__in=ENDED_BADLY)
        .first()
    )
    if failed is None:
        return 0
    Message.objects.filter(pk=failed.pk).update(falls_back=False)
    if failed.reason in DECIDED or now - failed.created_at > WORTH_IT:
        return 0
    others = _others(failed)
    if others.target is None:
        return 0
    row = _row(failed, others.target, now)
    put_below_the_first(failed.dispatch, [row])
    row.follows, row.alternatives, row.falls_back = failed, others.rest, bool(others.rest)
    row.save()
    return 1


def _others(failed: Message) -> Others:
    """Choose the first way that is still there and was not used in this dispatch."""
    known = failed.dispatch.messages.values_list("channel", "address")
    used = {(channel, address.lower()) for channel, address in known}
    ways = list(failed.alternatives)
    for number, way in enumerate(ways):
        sender = Sender.objects.filter(pk=way["sender"]).first()
        revision = Revision.objects.filter(pk=way["revision"]).first()
        if sender and revision and (way["channel"], way["address"].lower()) not in used:
            target = Target(way["channel"], way["address"], sender, revision)
            return Others(target, ways[number + 1 :])
    return Others(None, [])


def _row(failed: Message, target: Target, now: datetime) -> Message:
    company = Company.get()
    frame = Frame(
        dispatch=failed.dispatch, mail_class=failed.mail_class, now=now, zone=company.time_zone
    )
    recipient = Recipient(
        address=target.address,
        channel=target.channel,
        name=failed.name,
        language=failed.language,
        contact_id=failed.contact_id,
        why=failed.why,
        fields=failed.fields,
        not_before=_not_before(failed, company, now),
    )
    row = new_row(frame, recipient, target)
    row.why_said = failed.why_said
    give_ways_out([row], ends_of(failed), now)
    material = Material(row.revision, failed.dispatch.trigger, failed.dispatch.data)
    noted = suppressed_among([row.address], kind=address_kind(row.channel))
    complete(row, material, noted.get(row.address.lower(), ()), now)
    return row


def _not_before(failed: Message, company: Company, now: datetime) -> datetime:
    """Wait for the morning, unless the first message was so urgent that it did not, either."""
    zone = (failed.contact.time_zone if failed.contact else "") or company.time_zone
    hours = company.quiet_from, company.quiet_to
    if is_quiet(failed.not_before, *hours, zone):
        return now
    return after_quiet(now, *hours, zone)
