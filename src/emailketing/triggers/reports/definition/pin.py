"""The PIN of a report: asked before its pages are shown; kept as a hash only (S22)."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.links.pins import hash_pin
from emailketing.triggers.reports.models import Report

PIN = re.compile(r"[0-9]{4,12}")


class PinInvalid(Exception):
    """It cannot be one; the sentence says why."""


@transaction.atomic
def set_pin(report: Report, pin: str, *, by: Who | str, now: datetime) -> None:
    """Ask for this PIN from now on; "" for none. Pages that are open close.

    Raises:
        PinInvalid: it is no PIN.
    """
    if pin and not PIN.fullmatch(pin):
        raise PinInvalid(_("A PIN has 4 to 12 digits."))
    report.pin_secret = hash_pin(pin) if pin else ""
    report.save(update_fields=["pin_secret"])
    note("changed", by=by, now=now, about=report, changes={"pin_secret": ["", ""]})
