"""The company's quiet hours, for what is written without a rule: nobody is woken (R23)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def is_quiet(moment: datetime, start: time | None, end: time | None, zone: str) -> bool:
    """Whether nobody is to be disturbed then; the hours may wrap midnight."""
    if start is None or end is None or start == end:
        return False
    clock = moment.astimezone(ZoneInfo(zone)).time()
    return start <= clock < end if start < end else clock >= start or clock < end


def after_quiet(moment: datetime, start: time | None, end: time | None, zone: str) -> datetime:
    """Return the moment itself, or when the quiet hours around it end."""
    if end is None or not is_quiet(moment, start, end, zone):
        return moment
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, tzinfo=ZoneInfo(zone)).astimezone(moment.tzinfo)
