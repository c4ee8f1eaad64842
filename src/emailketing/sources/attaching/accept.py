"""Agree to a changed connector: from now on the source works with its folder as it is."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import load
from emailketing.sources.in_use import in_use, is_news
from emailketing.sources.judging.pending import try_at_once
from emailketing.sources.link import connected_to
from emailketing.sources.models import Source
from emailketing.sources.upkeep.adopt import adopt
from emailketing.sources.upkeep.health import look, revalidate
from emailketing.sources.visit import Visit


class NothingToAccept(CaptureError):
    sentence = gettext_noop(
        "The connector's folder is as it is used: there is nothing to agree to."
    )


def accept(source: Source, *, by: Who | str, now: datetime) -> None:
    """Work with the changed folder, and decide again what could not be read meanwhile.

    Raises:
        CaptureError, ConnectorError: one sentence; the former one works on.
    """
    if not is_news(source):
        raise NothingToAccept
    new = load(source.connector)
    with connected_to(source) as (connection, dialect):
        visit = Visit(source, in_use(source), connection, dialect, now)
        with transaction.atomic():
            adopt(visit, new)
            note("accepted", by=by, now=now, about=source)
        revalidate(visit)
        try_at_once(source, now)
        look(visit)
