"""Which of our messages somebody answers who answers: the last that may have reached him."""

from collections.abc import Collection
from datetime import datetime

from emailketing.outbox.models import Message, State

# what may stand before a person's eyes
SEEN = (State.TRANSMITTING, State.ACCEPTED, State.DELIVERED, State.COMPLAINED, State.IN_DOUBT)


def last_told(
    address: str, at: datetime, *, channels: Collection[str], mail_class: str = "", about: str = ""
) -> int | None:
    """Return the number of the last message to this address until then.

    Args:
        address: as the ledger writes it.
        at: when the person answered.
        channels: over which it went.
        mail_class: only of this class.
        about: only of this reason to write.
    """
    told = Message.objects.filter(
        address__in={address, address.lower()}, channel__in=channels, state__in=SEEN
    )
    if mail_class:
        told = told.filter(mail_class=mail_class)
    if about:
        told = told.filter(dispatch__trigger=about)
    return told.filter(created_at__lte=at).order_by("-pk").values_list("pk", flat=True).first()
