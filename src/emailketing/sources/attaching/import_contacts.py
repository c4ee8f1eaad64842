"""Every party there is becomes a contact, when a source is installed."""

import logging
from datetime import datetime
from itertools import islice

from django.db import transaction
from sqlalchemy import Connection

from emailketing.sources.connectors import Connector
from emailketing.sources.documents.contacts import save_contacts
from emailketing.sources.documents.read_document import all_keys
from emailketing.sources.documents.read_fresh import read_parties
from emailketing.sources.documents.roll_up import Touched
from emailketing.sources.judging.pending import ReadAttempt, keep_pending
from emailketing.sources.link import QueryFailed
from emailketing.sources.models import Source

logger = logging.getLogger(__name__)
BLOCK = 200


def import_contacts(
    source: Source, connector: Connector, connection: Connection, *, now: datetime
) -> int:
    """Read every party there is, in blocks; return how many contacts were new or changed.

    One that cannot be read waits alone.
    """
    changed = 0
    for kind, party in connector.parties.items():
        try:
            keys = all_keys(connection, connector, party)
            while block := [Touched.of(kind, key) for key in islice(keys, BLOCK)]:
                found, failed = read_parties(connection, connector, block)
                if len(failed) == len(block) > 1:  # not one party but the query
                    raise next(iter(failed.values()))
                attempts = [ReadAttempt(one, now, failed.get(one)) for one in block]
                with transaction.atomic():
                    changed += save_contacts(source, found.values(), now=now)
                    keep_pending(source, attempts, (), now=now)
        except QueryFailed as error:  # the processes that need it are paused, with the same words
            logger.warning("source %s: %s", source.slug, error)
    return changed
