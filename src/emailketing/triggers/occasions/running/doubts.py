"""A day that too many people have was filled in by a program, or is real: somebody is asked."""

from datetime import datetime

from emailketing.triggers.occasions.definition.days import PersonDay
from emailketing.triggers.occasions.definition.listed import ListedDay
from emailketing.triggers.occasions.models import DoubtfulDay
from emailketing.triggers.occasions.running.due import AskedOccasion

LEAST = 50  # people: fewer are no default of a program
SHARE = 20  # more than a twentieth of all; by chance it is one of 365


def look_for_doubts(asked: AskedOccasion, *, now: datetime) -> None:
    """Ask about every such day of the year: before it comes, so that there is time to answer."""
    if not isinstance(asked.day, PersonDay | ListedDay) or not asked.is_yearly:
        return
    there = asked.people_by_day(asked.day)
    every = sum(there.values())
    for (month, day), people in there.items():
        if people >= LEAST and people * SHARE > every:
            DoubtfulDay.objects.get_or_create(
                occasion=asked.occasion,
                month=month,
                day=day,
                defaults={"people": people, "of": every, "asked_at": now},
            )


def open_doubts() -> list[DoubtfulDay]:
    """Return the questions nobody has answered, of occasions that are at work."""
    rows = DoubtfulDay.objects.filter(answer="", occasion__is_active=True)
    return list(rows.select_related("occasion"))
