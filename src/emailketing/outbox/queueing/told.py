"""How much somebody has been told already: what caps ask before another message is written."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Count
from django.db.models.functions import Lower

from emailketing.outbox.models import Message, State

ONCE_MORE = "resend:"  # so begins the key of what a person had sent once more
NOT_TOLD = (State.SUPPRESSED, State.CANCELLED, State.EXPIRED, State.FAILED)


def told_since(
    trigger: str, since: datetime, *, contacts: Collection[int], addresses: Collection[str]
) -> tuple[dict[int, int], dict[str, int]]:
    """Count the decisions of a trigger about each contact and each address since a moment.

    A mail and an SMS about the same thing are one; what was not allowed or failed is none, nor
    what a person had sent once more.
    """
    written = Message.objects.filter(
        dispatch__trigger=trigger, created_at__gte=since, follows=None
    ).exclude(state__in=NOT_TOLD)
    written = written.exclude(dispatch__key__startswith=ONCE_MORE)
    by_contact = written.filter(contact_id__in=contacts).order_by().values_list("contact_id")
    by_address = written.filter(address__in=addresses).order_by().values_list("address")
    many = Count("dispatch_id", distinct=True)
    return dict(by_contact.annotate(many)), dict(by_address.annotate(many))


def places_told(prefix: str) -> set[tuple[str, str]]:
    """Return (channel, address in lower case) of who was written to by decisions of such a key."""
    written = Message.objects.filter(dispatch__key__startswith=prefix, follows=None)
    return {(channel, to.lower()) for channel, to in written.values_list("channel", "address")}


def told_of(prefix: str, addresses: Iterable[str]) -> set[tuple[str, str]]:
    """Return which of these addresses decisions of such a key wrote to: channel, lower case."""
    wanted = {address.lower() for address in addresses}
    rows = Message.objects.filter(dispatch__key__startswith=prefix).annotate(
        mailbox=Lower("address")
    )
    return set(rows.filter(mailbox__in=wanted).values_list("channel", "mailbox"))
