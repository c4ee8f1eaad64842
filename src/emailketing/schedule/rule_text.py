"""The text of a rule of RFC 5545, as far as days go: FREQ=MONTHLY;BYMONTHDAY=-1 (P3).

Hours are no part of it: they are wall-clock times beside it. Nor is the end, which has a field.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile

from dateutil import rrule

from emailketing.common.said import say as _

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
PARTS = (
    "FREQ",
    "INTERVAL",
    "COUNT",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
    "WKST",
)
LONGEST = 200  # letters
LARGEST_INTERVAL = 1000
MOST_TIMES = 10_000
CYCLE, LAST_START = 400, 9850  # years


class RecurrenceInvalid(ValueError):
    """This recurrence cannot be kept; the sentence says why."""


def checked_rule(text: str) -> str:
    """Return the rule as it is kept: capitals, without blanks or “RRULE:”.

    Raises:
        RecurrenceInvalid: it is none, or says more than days.
    """
    rule = "".join(text.upper().split()).removeprefix("RRULE:").strip(";")
    if not rule or len(rule) > LONGEST:
        raise RecurrenceInvalid(_("Write the rule like FREQ=MONTHLY;BYMONTHDAY=1."))
    parts = _parts(rule)
    if parts.get("FREQ") not in FREQUENCIES:
        raise RecurrenceInvalid(
            _("The rule needs FREQ=%(names)s.") % {"names": "|".join(FREQUENCIES)}
        )
    _check_number(parts, "INTERVAL", LARGEST_INTERVAL)
    _check_number(parts, "COUNT", MOST_TIMES)
    _read(rule, _midnight(date(2026, 1, 1), LAST_START))
    return rule


def days_of(rule: str, starts: date, since: date, until: date) -> Iterator[date]:
    """Yield the days of a rule that begins on `starts`, from `since` to `until`.

    dateutil looks for a day up to the year 9999, ten seconds for 30 February. The calendar repeats
    exactly every 400 years: so we ask near its end, and it is soon there.
    """
    starts = _near(_parts(rule), starts, since)
    leap = CYCLE * ((LAST_START - starts.year) // CYCLE)
    first, start, last = (_midnight(day, day.year + leap) for day in (starts, since, until))
    found = _read(rule, first).xafter(start, inc=True)
    for day in takewhile(lambda day: day <= last, found):
        yield day.date().replace(year=day.year - leap)


def _near(parts: dict[str, str], starts: date, since: date) -> date:
    """Return a day from which it gives the same days from `since` on: it walks over all before.

    Whole rounds of the interval and the week are left out; the last one is walked over, since a
    week that begins in its middle is not whole. A month or a year is walked over soon enough.
    """
    if parts["FREQ"] not in {"DAILY", "WEEKLY"} or "COUNT" in parts:
        return starts
    a_round = timedelta(days=7 * int(parts.get("INTERVAL", 1)))
    return starts + max((since - starts) // a_round - 1, 0) * a_round


def _read(rule: str, first: datetime) -> rrule.rrule:
    try:
        found = rrule.rrulestr(rule, dtstart=first)
    except ValueError as error:
        raise RecurrenceInvalid(_("“%(rule)s” is no rule of RFC 5545.") % {"rule": rule}) from error
    if not isinstance(found, rrule.rrule):
        raise RecurrenceInvalid(_("“%(rule)s” is no rule of RFC 5545.") % {"rule": rule})
    return found


def _midnight(day: date, year: int) -> datetime:
    return datetime(year, day.month, day.day)  # noqa: DTZ001


def _parts(rule: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in rule.split(";"):
        name, sign, value = part.partition("=")
        if not sign or not value or name in parts:
            raise RecurrenceInvalid(_("“%(part)s” is no part of a rule.") % {"part": part})
        if name == "UNTIL":
            raise RecurrenceInvalid(_("Write the last day beside the rule, not as UNTIL in it."))
        if name in {"BYHOUR", "BYMINUTE", "BYSECOND"}:
            raise RecurrenceInvalid(_("Write the hours beside the rule, not as %s in it.") % name)
        if name not in PARTS:
            raise RecurrenceInvalid(_("“%(part)s” is no part of a rule.") % {"part": part})
        parts[name] = value
    return parts


def _check_number(parts: dict[str, str], name: str, largest: int) -> None:
    value = parts.get(name, "1")
    if not (value.isascii() and value.isdecimal() and 1 <= int(value[:9]) <= largest):
        words = {"name": name, "largest": largest}
        raise RecurrenceInvalid(_("%(name)s is a number from 1 to %(largest)s.") % words)
