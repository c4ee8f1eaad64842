"""A report in words: what it asks, whom it is for, what it sends and when it does not."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.common.plain import JSON, Values
from emailketing.contacts.models import Role
from emailketing.content.sheet.column import Column
from emailketing.listings.ask import parameters_of
from emailketing.listings.errors import ListingError
from emailketing.listings.known import KnownListing
from emailketing.listings.period_words import period_in_words
from emailketing.schedule.recurrence import Recurrence, RecurrenceInvalid
from emailketing.schedule.sentence import sentence
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.connectors.model import PERIOD, Parameter
from emailketing.triggers.reports.definition.asked import listing_of
from emailketing.triggers.reports.models import Report
from emailketing.web.console.shown.connector_words import said
from emailketing.web.console.shown.phone import readable_number

Headings: TypeAlias = Mapping[str, str]  # name of a column → how it is called


def asked_words(report: Report, listings: Mapping[str, KnownListing]) -> str:
    """“Ventas por sucursal · Período: ayer”; the bare name of a listing that is gone."""
    try:
        known = listings.get(report.listing) or listing_of(report)
        parameters = parameters_of(known.listing)
    except (ListingError, ConnectorError):
        return report.listing
    return " · ".join([called(known), *_values(report, parameters)])


def headings_of(columns: Iterable[Column], language: str) -> Headings:
    return {one.name: one.heading(language) for one in columns}


def called(known: KnownListing) -> str:
    return known.label or known.name


def _values(report: Report, parameters: tuple[Parameter, ...]) -> Iterator[str]:
    for parameter in parameters:
        given = report.values.get(parameter.name)
        value = str(parameter.default if given is None else given or "")
        if value:
            words = period_in_words(value) if parameter.type == PERIOD else value
            yield f"{said(parameter.label, parameter.name)}: {words}"


def schedule_words(report: Report, now: datetime) -> str:
    if not report.schedule:
        return _("Only by hand.")
    try:
        return sentence(Recurrence.from_json(report.schedule), now.date())
    except RecurrenceInvalid as error:
        return str(error)


def recipient_word(wanted: JSON, roles: Mapping[int, str]) -> str:
    """Say who this is: a duty, a name, an address or a number."""
    if not isinstance(wanted, Mapping):
        return "—"
    if wanted.get("kind") == "role":
        number = str(wanted.get("role") or 0)
        name = roles.get(int(number) if number.isdigit() else 0, "—")
        text = _("duty %(role)s") % {"role": name}
    else:
        value = str(wanted.get("value") or "")
        shown = readable_number(value) if value and "@" not in value else value
        text = str(wanted.get("name") or shown or "—")
    return _("%(who)s (only reads along)") % {"who": text} if wanted.get("copy") else text


def role_names() -> dict[int, str]:
    return dict(Role.objects.values_list("pk", "name"))


def people_words(report: Report, roles: Mapping[int, str]) -> list[str]:
    """Return a line for everybody who gets all rows."""
    return [recipient_word(wanted, roles) for wanted in _listed(report.recipients)]


def share_words(report: Report, roles: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return (value, who gets its rows)."""
    people = report.rows_by.get("people")
    return [
        (str(value), ", ".join(recipient_word(one, roles) for one in _listed(wanted)))
        for value, wanted in (people.items() if isinstance(people, Mapping) else ())
    ]


def rows_by_words(report: Report, headings: Headings) -> str:
    """Say whose rows are whose; "" where everybody gets all."""
    rows_by = report.rows_by
    if not rows_by:
        return ""
    column = str(rows_by.get("column") or "")
    words = {
        "column": headings.get(column, column),
        "usage": rows_by.get("usage") or _("any address"),
    }
    if rows_by.get("kind") == "address":
        return _("Each gets the rows with his address in “%(column)s”.") % words
    if rows_by.get("kind") == "contact":
        return _("Each contact gets the rows with his key in “%(column)s” (%(usage)s).") % words
    return _("Each gets the rows of his value of “%(column)s”.") % words


def look_words(report: Report) -> Iterator[str]:
    """Yield what stands in it and goes with it."""
    yield str(report.get_delivery_display())
    if report.files:
        yield _("with %(files)s") % {"files": ", ".join(str(name).upper() for name in report.files)}
    if report.chart:
        yield str(chart_label(report.chart.get("kind")))
    if report.compare:
        yield _("compared with %(what)s") % {"what": report.get_compare_display()}
    if report.trend:
        yield _("with the trend of its figures")
    text = ngettext("%(count)s row in the mail", "%(count)s rows in the mail", report.top)
    yield text % {"count": report.top}


def chart_label(kind: JSON) -> str:
    return {"bars": _("with bars"), "line": _("with a line"), "share": _("with shares")}.get(
        str(kind), str(kind)
    )


def condition_words(report: Report, headings: Headings) -> Iterator[str]:
    """Yield when it is not sent, and what happens when something is missing."""
    if condition := report.only_if:
        yield _only_if(condition, headings)
    if report.only_changed:
        yield _("Only when something changed since the last run.")
    if report.when_empty == Report.Empty.SEND:
        yield _("Without rows it says that there is nothing to report.")
    else:
        yield _("Without rows nothing is sent.")


def _only_if(condition: Values, headings: Headings) -> str:
    column = str(condition.get("column") or "")
    words = {"column": headings.get(column, column), "limit": condition.get("value")}
    is_total, is_above = condition.get("of") == "total", condition.get("op") == "gt"
    if is_total and is_above:
        return _("Only when the total of “%(column)s” is above %(limit)s.") % words
    if is_total:
        return _("Only when the total of “%(column)s” is below %(limit)s.") % words
    if is_above:
        return _("Only when a row has more than %(limit)s in “%(column)s”.") % words
    return _("Only when a row has less than %(limit)s in “%(column)s”.") % words


def _listed(value: JSON) -> list[JSON]:
    return list(value) if isinstance(value, list | tuple) else []
