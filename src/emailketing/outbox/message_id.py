"""The Message-ID: fixed at queueing, the same at every attempt (R5)."""

from datetime import datetime

from emailketing.channels.models import Sender
from emailketing.common.ids import ulid

_DOMAIN_AT_MOST = 80  # with the rest it fits the column, and a header line without folding


def new_message_id(sender: Sender, now: datetime) -> str:
    """Return `<ulid@domain>`: the domain is the sender's, so that it agrees with From."""
    domain = sender.from_address.rpartition("@")[2].encode("idna").decode()
    return f"<{ulid(now)}@{domain[-_DOMAIN_AT_MOST:].lstrip('.-')}>"
