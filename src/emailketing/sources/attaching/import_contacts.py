"""Every party there is becomes a contact, when a source is installed."""

import logging
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from emailketing.sources.connectors import Connector
from emailketing.sources.documents.read_document import all_keys
from emailketing.sources.documents.touched import Touched
from emailketing.sources.judging.parties import BLOCK, read_and_save
from emailketing.sources.link import QueryFailed
from emailketing.sources.models import Source

if TYPE_CHECKING:
    from sqlalchemy import Connection

logger = logging.getLogger(__name__)


def import_contacts(
    source: Source, connector: Connector, connection: "Connection", *, now: datetime
) -> int:
    """Read every party there is, in blocks; return how many contacts were new or changed.

    One that cannot be read waits alone.
    """
    changed = 0
    for kind, party in connector.parties.items():
        try:
            keys = all_keys(connection, connector, party)
            while block := [Touched.of(kind, key) for key in islice(keys, BLOCK)]:
                changed += read_and_save(source, connector, connection, block, now=now)
        except QueryFailed as error:  # the processes that need it are paused, with the same words
            logger.warning("source %s: %s", source.slug, error)
    return changed
