"""What a person does to the built-in inbox: read a message, throw all of them away."""

from datetime import datetime

from django.db import transaction

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.channels.models import InboxMessage


def mark_read(caught: InboxMessage, *, now: datetime) -> None:
    """Somebody looks at it for the first time."""
    if caught.read_at is None:
        InboxMessage.objects.filter(pk=caught.pk, read_at=None).update(read_at=now)


@transaction.atomic
def empty(*, by: Who | str, now: datetime) -> int:
    """Throw every message away, and note who did; return how many it was."""
    count, _per_model = InboxMessage.objects.all().delete()
    note("emptied_inbox", by=by, now=now, changes={"messages": [count, 0]})
    return count
