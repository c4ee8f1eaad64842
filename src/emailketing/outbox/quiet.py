"""The company's quiet hours, for what is written without a rule: nobody is woken (R23)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def is_quiet(moment: datetime, start: time | None, end: time | None, zone: str) -> bool:
    """Whether nobody is to be disturbed then; the hours may wrap midnight."""
    return _end_of_quiet(moment.astimezone(ZoneInfo(zone)), start, end) is not None


def after_quiet(moment: datetime, start: time | None, end: time | None, zone: str) -> datetime:
    """Return the moment itself, or when the quiet hours around it end."""
    until = _end_of_quiet(moment.astimezone(ZoneInfo(zone)), start, end)
    return until.astimezone(moment.tzinfo) if until else moment


def _end_of_quiet(local: datetime, start: time | None, end: time | None) -> datetime | None:
    if start is None or end is None:
        return None
    clock, wraps = local.time(), start > end
    if wraps and clock >= start:
        day = local.date() + timedelta(days=1)
    elif clock < end and (wraps or clock >= start):
        day = local.date()
    else:
        return None
    # the hour that comes twice: whoever asks in the second one means the end of the second one
    return datetime.combine(day, end.replace(fold=local.fold), tzinfo=local.tzinfo)
