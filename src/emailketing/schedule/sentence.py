"""A recurrence in words, in the active language, and its next runs as they are read (P3)."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, get_day_names, get_month_names
from babel.lists import format_list
from django.utils.translation import gettext as _

from emailketing.common.language import active_language
from emailketing.common.marked import gettext_noop
from emailketing.common.said import Said, in_each
from emailketing.content.formats import locale_of
from emailketing.schedule.choices import FIXED, LAST, RecurrenceChoice, choice_of
from emailketing.schedule.recurrence import Recurrence

SATURDAY = 5
IN_EACH_MONTH = 28  # days
# twice each: Portuguese has another gender for Saturday and Sunday
NTH = {
    1: (
        gettext_noop("On the first %(weekday)s of the month at %(times)s."),
        gettext_noop("On the first %(weekend_day)s of the month at %(times)s."),
    ),
    2: (
        gettext_noop("On the second %(weekday)s of the month at %(times)s."),
        gettext_noop("On the second %(weekend_day)s of the month at %(times)s."),
    ),
    3: (
        gettext_noop("On the third %(weekday)s of the month at %(times)s."),
        gettext_noop("On the third %(weekend_day)s of the month at %(times)s."),
    ),
    4: (
        gettext_noop("On the fourth %(weekday)s of the month at %(times)s."),
        gettext_noop("On the fourth %(weekend_day)s of the month at %(times)s."),
    ),
    LAST: (
        gettext_noop("On the last %(weekday)s of the month at %(times)s."),
        gettext_noop("On the last %(weekend_day)s of the month at %(times)s."),
    ),
}
TEXTS = {
    "day": gettext_noop("Every day at %(times)s."),
    "week": gettext_noop("Every %(weekdays)s at %(times)s."),
    "month": gettext_noop("On day %(day)s of the month at %(times)s."),
    "year": gettext_noop("Every year on %(date)s at %(times)s."),
    "rule": gettext_noop("By the rule %(rule)s at %(times)s."),
    "working-day": gettext_noop("Every working day at %(times)s."),
    "first-working-day": gettext_noop("On the first working day of the month at %(times)s."),
    "last-working-day": gettext_noop("On the last working day of the month at %(times)s."),
    "last-day": gettext_noop("On the last day of the month at %(times)s."),
    "quarter": gettext_noop("On the first day of the quarter at %(times)s."),
    "quarter-end": gettext_noop("On the last day of the quarter at %(times)s."),
}
EVERY_SECOND = {
    "day": gettext_noop("Every %(number)s days at %(times)s."),
    "week": gettext_noop("Every %(number)s weeks on %(weekdays)s at %(times)s."),
}
FREE_DAYS = {
    "skip": gettext_noop("Not on free days."),
    "next": gettext_noop("On a free day: the next working day instead."),
    "previous": gettext_noop("On a free day: the working day before instead."),
}


def sentence(recurrence: Recurrence, today: date | None = None) -> str:
    """Say when it recurs; `today`: the first day is told when it is still to come."""
    return " ".join(_sentences(recurrence, today))


def run_words(moment: datetime, zone: str) -> str:
    """Write an instant as the clock on the wall there shows it: Tuesday, December 1, 2026 07:00."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{format_date(local, 'full', locale=_locale())} {local:%H:%M}"


def run_said(moment: datetime, zone: str) -> Said:
    """Write it so that each reader has it in his own language."""
    return in_each(lambda _language: run_words(moment, zone))


def weekday_name(day: int) -> str:
    """Return the name of a day of the week, 0 is Monday."""
    return str(get_day_names("wide", context="format", locale=_locale())[day])


def month_name(month: int) -> str:
    return str(get_month_names("wide", context="stand-alone", locale=_locale())[month])


def weekdays_words(days: tuple[int, ...]) -> str:
    """Return Monday, Tuesday, and Friday; "" of none."""
    return format_list([weekday_name(day) for day in days], locale=_locale())


def _sentences(recurrence: Recurrence, today: date | None) -> Iterator[str]:
    choice = choice_of(recurrence.rule, recurrence.free_day)
    times = format_list([at.strftime("%H:%M") for at in sorted(recurrence.times)], locale=_locale())
    yield _days(choice, times, recurrence)
    if choice.frequency in {"month", "month-weekday"} and choice.every > 1:
        words = {"number": choice.every, "day": _day(recurrence.starts)}
        yield _("Only every %(number)s months, counted from %(day)s.") % words
    if choice.frequency == "month" and choice.day > IN_EACH_MONTH:
        yield _("Months without that day are left out.")
    has_own = FIXED.get(choice.frequency, ("", None))[1]
    if not has_own and recurrence.free_day in FREE_DAYS:
        yield _(FREE_DAYS[recurrence.free_day])
    if today is not None and recurrence.starts > today:
        yield _("From %(day)s.") % {"day": _day(recurrence.starts)}
    if recurrence.ends is not None:
        yield _("Until %(day)s.") % {"day": _day(recurrence.ends)}
    yield _("Time of %(zone)s.") % {"zone": recurrence.zone}


def _days(choice: RecurrenceChoice, times: str, recurrence: Recurrence) -> str:
    day = choice.weekdays[0] if choice.weekdays else 0
    return _(_text(choice, day)) % {
        "times": times,
        "number": choice.every,
        "day": choice.day,
        "weekdays": weekdays_words(choice.weekdays),
        "weekday": weekday_name(day),
        "weekend_day": weekday_name(day),
        "date": _day_of_year(choice.month, choice.day),
        "rule": recurrence.rule,
    }


def _text(choice: RecurrenceChoice, day: int) -> str:
    if choice.frequency == "month-weekday":
        return NTH[choice.nth][day >= SATURDAY]
    often = EVERY_SECOND.get(choice.frequency, "") if choice.every > 1 else ""
    return often or TEXTS[choice.frequency]


def _day_of_year(month: int, day: int) -> str:
    try:
        return format_skeleton("MMMMd", datetime(2024, month, day), locale=_locale())  # noqa: DTZ001
    except ValueError:  # 30 February: it is refused elsewhere
        return f"{day}/{month}"


def _day(day: date) -> str:
    return format_date(day, "long", locale=_locale())


def _locale() -> str:
    return locale_of(active_language())
