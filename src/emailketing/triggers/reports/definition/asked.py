"""What a report asks: its listing, with what values, seen from which instant (P2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_skeleton

from emailketing.common.plain import Values
from emailketing.content import formats
from emailketing.listings.ask import parameters_of
from emailketing.listings.known import KnownListing, find_listing
from emailketing.listings.periods import Period, period_of, today_of
from emailketing.sources.connectors import in_language
from emailketing.sources.connectors.model import PERIOD
from emailketing.triggers.reports.definition.compare import compared_with
from emailketing.triggers.reports.definition.zone import zone_of_report
from emailketing.triggers.reports.models import Report

A_DAY = timedelta(days=1)
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class AskedPeriod:
    """What a run is about: in words, for the name of a file, and in a word for a phone."""

    words: str
    short: str
    brief: str = ""


def listing_of(report: Report) -> KnownListing:
    """Return what is asked.

    Raises:
        ListingError: there is no such listing any more.
    """
    return find_listing(report.listing)


def period_of_run(report: Report, instant: datetime, language: str) -> AskedPeriod:
    """Say what a run of this instant is about; a listing without periods is about its day."""
    today = today_of(instant, zone_of_report(report))
    for parameter in parameters_of(listing_of(report).listing):
        given = _given(report, parameter.name, parameter.default)
        if parameter.type == PERIOD and given:
            return _said(period_of(given, today=today), language)
    return AskedPeriod("", today.isoformat(), brief_period(Period(today, today + A_DAY), language))


def filters_of(report: Report, language: str) -> tuple[str, ...]:
    """Say what else was asked for: “Sucursal: 01”."""
    return tuple(_filters(report, language))


def _filters(report: Report, language: str) -> Iterator[str]:
    for parameter in parameters_of(listing_of(report).listing):
        given = _given(report, parameter.name, parameter.default)
        if parameter.type != PERIOD and given:
            yield f"{in_language(parameter.label, language) or parameter.name}: {given}"


def values_before(report: Report, instant: datetime) -> Values | None:
    """Return what the listing is asked with for the period it is compared with, if it is."""
    found = _compared(report, instant)
    if found is None:
        return None
    name, period = found
    return {**report.values, name: f"{period.start.isoformat()}..{period.last.isoformat()}"}


def words_before(report: Report, instant: datetime, language: str) -> str:
    found = _compared(report, instant)
    return _said(found[1], language).words if found else ""


def _compared(report: Report, instant: datetime) -> tuple[str, Period] | None:
    """Return which parameter is its period, and the period it is compared with."""
    if not report.compare:
        return None
    today = today_of(instant, zone_of_report(report))
    for parameter in parameters_of(listing_of(report).listing):
        given = _given(report, parameter.name, parameter.default)
        if parameter.type == PERIOD and given:
            period = period_of(given, today=today)
            return parameter.name, compared_with(period, report.compare, given)
    return None


def _given(report: Report, name: str, default: str | None) -> str:
    value = report.values.get(name)
    return str(default if value is None else value or "").strip()


def _said(period: Period, language: str) -> AskedPeriod:
    first, last, brief = period.start, period.last, brief_period(period, language)
    if first == last:
        return AskedPeriod(formats.day(first, language), first.isoformat(), brief)
    if _is_month(period):
        locale = formats.locale_of(language)
        words = format_skeleton("yMMMM", first, locale=locale)
        return AskedPeriod(words, f"{first:%Y-%m}", brief)
    if _is_year(period):
        return AskedPeriod(f"{first.year}", f"{first.year}", brief)
    words = f"{formats.day(first, language)} – {formats.day(last, language)}"
    return AskedPeriod(words, f"{first.isoformat()}_{last.isoformat()}", brief)


def brief_period(period: Period, language: str) -> str:
    """Say a period in a word or two: 29/11 · nov · 1-24 nov · 23/11-29/11 · 2026."""
    first, last = period.start, period.last
    if _is_year(period):
        return f"{first.year}"
    month = formats.brief_month(last, language)
    if _is_month(period):
        return month
    if (first.year, first.month) == (last.year, last.month) and first != last:
        return f"{first.day}-{last.day} {month}"
    days = [formats.brief_day(day, language) for day in dict.fromkeys((first, last))]
    return "-".join(days)


def _is_month(period: Period) -> bool:
    return period.start.day == 1 and period.until == _next_month(period.start)


def _is_year(period: Period) -> bool:
    first = period.start
    return (first.month, first.day) == (1, 1) and period.until == date(first.year + 1, 1, 1)


def _next_month(first: date) -> date:
    return date(first.year + first.month // DECEMBER, first.month % DECEMBER + 1, 1)
