"""Somebody here lets messages go to an address again, with the reason."""

from datetime import datetime

from django.db import transaction

from emailketing.accounts.who import Who
from emailketing.contacts.models import Suppression
from emailketing.outbox.policy import address_kind
from emailketing.outbox.stop_writing import write_again
from emailketing.triggers.reports.definition.readers import (
    CopyPlace,
    Often,
    choose_copy,
    readers_of,
    report_of_trigger,
)


@transaction.atomic
def resume(found: Suppression, *, why: str, by: Who, now: datetime) -> None:
    """Lift what is noted; a report that was ended goes out each time again.

    Raises:
        SuppressionInvalid: without a reason.
    """
    write_again(found, why=why, by=by, now=now)
    report = report_of_trigger(found.about) if found.about else None
    if report is None:
        return
    for reader in readers_of(report).filter(address=found.value, is_ended=True):
        if address_kind(reader.channel) == found.kind:
            place = CopyPlace(reader.channel, reader.address)
            choose_copy(report, place, Often.EACH, by=by, now=now)
