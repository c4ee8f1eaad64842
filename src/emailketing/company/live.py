"""The two brakes: sandbox or live, and “stop everything”."""

from datetime import datetime

from emailketing.company.models import Company


def set_live(*, is_live: bool, by: str, now: datetime) -> Company:
    """Go live, or back to the sandbox."""
    company = Company.get()
    company.is_live = is_live
    company.live_at = now if is_live else None
    company.live_by = by if is_live else ""
    company.save(update_fields=["is_live", "live_at", "live_by"])
    return company


def set_stopped(*, is_stopped: bool) -> Company:
    """Let nothing leave, not even to the inbox; or let it go on."""
    company = Company.get()
    company.is_stopped = is_stopped
    company.save(update_fields=["is_stopped"])
    return company
