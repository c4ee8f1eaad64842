"""Periods as people say them, for whoever chooses one and whoever reads what was chosen."""

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from emailketing.listings.periods import DAYS, SPAN, WORDS

PERIODS = {
    "today": gettext_noop("today"),
    "yesterday": gettext_noop("yesterday"),
    "tomorrow": gettext_noop("tomorrow"),
    "this_week": gettext_noop("this week"),
    "last_week": gettext_noop("last week"),
    "next_week": gettext_noop("next week"),
    "week_to_date": gettext_noop("this week until today"),
    "this_month": gettext_noop("this month"),
    "last_month": gettext_noop("last month"),
    "next_month": gettext_noop("next month"),
    "month_to_date": gettext_noop("this month until today"),
    "this_quarter": gettext_noop("this quarter"),
    "last_quarter": gettext_noop("last quarter"),
    "next_quarter": gettext_noop("next quarter"),
    "quarter_to_date": gettext_noop("this quarter until today"),
    "this_year": gettext_noop("this year"),
    "last_year": gettext_noop("last year"),
    "next_year": gettext_noop("next year"),
    "year_to_date": gettext_noop("this year until today"),
}

EARLIER = {
    "day": gettext_noop("a day earlier"),
    "week": gettext_noop("a week earlier"),
    "month": gettext_noop("a month earlier"),
    "quarter": gettext_noop("a quarter earlier"),
    "year": gettext_noop("a year earlier"),
}


def period_choices() -> list[tuple[str, str]]:
    """Return (word, how it is said) of every period that has a name."""
    return [(word, _(PERIODS[word])) for word in PERIODS if word in WORDS]


def period_in_words(word: str) -> str:
    """Say a period: “last_7_days” is “the last 7 days”; what is none stays as it is."""
    if word in PERIODS:
        return _(PERIODS[word])
    if found := DAYS.fullmatch(word):
        count = int(found[2])
        if found[1] == "next":
            return ngettext("the next day", "the next %(count)s days", count) % {"count": count}
        return ngettext("the last day", "the last %(count)s days", count) % {"count": count}
    if found := SPAN.fullmatch(word):
        return f"{_day(found[1])} – {_day(found[2])}"
    return word


def compared_in_words(unit: str) -> str:
    """Say how much earlier it is: “a month earlier”."""
    return _(EARLIER[unit]) if unit in EARLIER else unit


def _day(written: str) -> str:
    try:
        day = parse_date(written)
    except ValueError:
        return written
    return date_format(day, "SHORT_DATE_FORMAT") if day else written
