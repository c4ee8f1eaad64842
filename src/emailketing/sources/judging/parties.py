"""Read parties of the business system and keep them as contacts."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from emailketing.sources.connectors import Connector
from emailketing.sources.documents.contacts import save_contacts
from emailketing.sources.documents.read_fresh import read_parties
from emailketing.sources.documents.touched import Touched
from emailketing.sources.judging.pending import ReadAttempt, keep_pending
from emailketing.sources.models import Source

if TYPE_CHECKING:
    from sqlalchemy import Connection

BLOCK = 200  # at once


def read_and_save(
    source: Source,
    connector: Connector,
    connection: "Connection",
    block: Sequence[Touched],
    *,
    now: datetime,
) -> int:
    """Return how many contacts were new or changed; one that cannot be read waits alone.

    Raises:
        QueryFailed: none can be read: it is not one party but the query.
    """
    found, failed = read_parties(connection, connector, block)
    if len(failed) == len(block) > 1:
        raise next(iter(failed.values()))
    attempts = [ReadAttempt(one, now, failed.get(one)) for one in block]
    with transaction.atomic():
        changed = save_contacts(source, found.values(), now=now)
        keep_pending(source, attempts, (), now=now)
    return changed
