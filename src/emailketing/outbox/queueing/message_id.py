"""The Message-ID: fixed at queueing, the same at every attempt (R5)."""

from datetime import datetime

from emailketing.channels.catalogue import is_phone
from emailketing.channels.models import Sender
from emailketing.common.email_address import wire_or_as_is
from emailketing.common.ids import ulid

_DOMAIN_AT_MOST = 47  # the whole stays within 76 characters, in any software (T1)


def new_message_id(sender: Sender, now: datetime) -> str:
    """Return `<ulid@domain>`: the domain is the sender's, so that it agrees with From."""
    if is_phone(sender.channel):
        return f"<{ulid(now)}@{sender.channel}.invalid>"
    domain = wire_or_as_is(sender.from_address).rpartition("@")[2]
    return f"<{ulid(now)}@{domain[-_DOMAIN_AT_MOST:].lstrip('.-')}>"
