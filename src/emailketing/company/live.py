"""The two brakes: sandbox or live, and “stop everything”; who pulled them is noted."""

from datetime import datetime

from django.db import transaction

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.company.models import Company


@transaction.atomic
def set_live(*, is_live: bool, by: Who | str, now: datetime) -> Company:
    """Go live (`outbox.go_live` asks first whether a sender was tried), or back to the sandbox."""
    company = Company.get()
    changes = {"is_live": [company.is_live, is_live]}
    company.is_live = is_live
    company.live_at = now if is_live else None
    company.live_by = str(by)[:150] if is_live else ""
    company.save(update_fields=["is_live", "live_at", "live_by"])
    note("went_live" if is_live else "went_sandbox", by=by, now=now, about=company, changes=changes)
    return company


@transaction.atomic
def set_stopped(*, is_stopped: bool, by: Who | str, now: datetime) -> Company:
    """Let nothing leave, not even to the inbox; or let it go on."""
    company = Company.get()
    changes = {"is_stopped": [company.is_stopped, is_stopped]}
    company.is_stopped = is_stopped
    company.save(update_fields=["is_stopped"])
    note("stopped" if is_stopped else "resumed", by=by, now=now, about=company, changes=changes)
    return company
