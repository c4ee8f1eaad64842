"""What waits for a person: days nobody has answered for, and days that went by unsaid."""

from datetime import date, timedelta

from emailketing.triggers.occasions.models import DatesRead, DoubtfulDay, GreetingDay


def open_doubts() -> list[DoubtfulDay]:
    """Return the questions nobody has answered, of occasions that are at work."""
    rows = DoubtfulDay.objects.filter(answer="", occasion__is_active=True)
    return list(rows.select_related("occasion"))


def missed_days(today: date) -> list[GreetingDay]:
    """Return the days that went by without anybody at work, of yesterday and the day before."""
    since = today - timedelta(days=2)
    rows = GreetingDay.objects.filter(state=GreetingDay.State.MISSED, day__gte=since)
    return list(rows.filter(occasion__is_active=True).select_related("occasion"))


def unread_dates() -> list[DatesRead]:
    """Return the reads that failed, of occasions that are at work."""
    rows = DatesRead.objects.filter(occasion__is_active=True).exclude(problem="")
    return [one for one in rows.select_related("occasion") if one.occasion.listing]
