"""What must be so before a report can go out. Each problem is a sentence that knows its place."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Literal, TypeAlias, get_args

from django.utils.translation import gettext as _

from emailketing.audience.hours import Calendar
from emailketing.audience.problem import Problem, place_of
from emailketing.audience.saving import value_problems
from emailketing.audience.wanted import read_wanted
from emailketing.audience.ways import plan_of
from emailketing.channels.catalogue import channel_of
from emailketing.channels.declared import EMAIL
from emailketing.common.conditions import as_number
from emailketing.common.plain import JSON, Values
from emailketing.common.said import sentence_of
from emailketing.company.free_days import free_days
from emailketing.company.models import Company
from emailketing.company.windows import WindowInvalid
from emailketing.content.models import LANGUAGES, Template
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.figure import MOST_FIGURES
from emailketing.content.sheet.levels import figure_column
from emailketing.content.sheet.phone_words import ALWAYS, LONGEST_WORDS, PLACE, unknown_places
from emailketing.listings.ask import parameters_of
from emailketing.listings.columns import columns_now
from emailketing.listings.errors import ListingError, ParameterMissing, ParameterWrong
from emailketing.listings.parameters import read_values
from emailketing.listings.reading.limits import Limits
from emailketing.outbox.way_out import ways_without_way_out
from emailketing.schedule.recurrence import Recurrence, RecurrenceInvalid, check_recurs
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.fields import usage_problem
from emailketing.triggers.reports.definition.asked import (
    listing_of,
    values_before,
)
from emailketing.triggers.reports.definition.figures import is_told
from emailketing.triggers.reports.definition.zone import zone_of_report
from emailketing.triggers.reports.models import Report

ChartKind: TypeAlias = Literal["bars", "line", "share"]
FILES = ("pdf", "xlsx", "csv")
CHARTS: tuple[ChartKind, ...] = get_args(ChartKind)
ROWS_BY = ("people", "contact", "address")
OPERATORS, OF = ("gt", "lt"), ("total", "any")
MOST_RECIPIENTS = 50
MOST_PEOPLE = 500  # values of the column that says whose row it is
MOST_TOP, MOST_DAYS, MOST_HOURS = 50, 3_660, 72
FIRST_ROW = Limits(rows=1, seconds=10)


class Unknown(Enum):
    """Columns that nobody knows by now."""

    COLUMNS = "columns"


UNKNOWN = Unknown.COLUMNS


def report_problems(
    report: Report, *, now: datetime, columns: Sequence[Column] | Unknown | None = None
) -> Iterator[Problem]:
    """Yield what keeps the report from going out.

    Args:
        report: may be unsaved.
        now: when.
        columns: of the listing, where somebody knows them; None: it is asked, which may take
            seconds; UNKNOWN: nobody knows them, and it is not asked.
    """
    yield from _name_problems(report)
    yield from value_problems(report, "missed", "when_empty", "compare", "delivery", "mail_class")
    yield from _number_problems(report)
    yield from _asking_problems(report, now, columns)
    yield from schedule_problems(report.schedule, now)
    yield from _audience_problems(report)
    yield from _way_problems(report)
    yield from _hours_problems(report, now)


def _name_problems(report: Report) -> Iterator[Problem]:
    if not report.name.strip():
        yield Problem(_("The report needs a name."), "name")
    elif Report.objects.exclude(pk=report.pk).filter(name=report.name).exists():
        sentence = _("There is a report “%(name)s” already.")
        yield Problem(sentence % {"name": report.name}, "name")


def _number_problems(report: Report) -> Iterator[Problem]:
    for name, least, most in (
        ("top", 0, MOST_TOP),
        ("keep_days", 1, MOST_DAYS),
        ("wait_hours", 0, MOST_HOURS),
    ):
        if not least <= getattr(report, name) <= most:
            sentence = _("%(field)s: a whole number from %(least)s to %(most)s.")
            label = getattr(Report._meta.get_field(name), "verbose_name", name)
            yield Problem(sentence % {"field": label, "least": least, "most": most}, name)


def _one_of(value: str, known: Sequence[str]) -> str:
    sentence = _("“%(value)s” is none of: %(known)s.")
    return sentence % {"value": value, "known": ", ".join(known)}


def _asking_problems(
    report: Report, now: datetime, columns: Sequence[Column] | Unknown | None
) -> Iterator[Problem]:
    try:
        listing = listing_of(report).listing
        parameters, zone = parameters_of(listing), zone_of_report(report)
        read_values(parameters, report.values, now=now, zone=zone)
    except (ParameterMissing, ParameterWrong) as error:
        yield Problem(sentence_of(error), f"values.{error.values['name']}")
        return
    except (ListingError, ConnectorError) as error:
        yield Problem(sentence_of(error), "listing")
        return
    if listing.source != report.source:
        sentence = _("The listing is of the source “%(source)s”: name this one.")
        yield Problem(sentence % {"source": listing.source.slug}, "listing")
    if report.compare and values_before(report, now) is None:
        yield Problem(_("The listing has no period: there is nothing to compare with."), "compare")
    if isinstance(columns, Unknown):
        yield from column_problems(report, None)
    else:
        yield from column_problems(report, columns or columns_of(report, now=now))


def columns_of(report: Report, *, now: datetime) -> tuple[Column, ...] | None:
    """Ask the source what the listing gives; None: it does not answer, the run will tell."""
    try:
        listing = listing_of(report).listing
    except ListingError:
        return None
    return columns_now(listing, report.values, now=now, zone=zone_of_report(report))


def column_problems(report: Report, columns: Sequence[Column] | None) -> Iterator[Problem]:
    """Yield what the report says of columns that the listing does not have."""
    known = {column.name: column for column in columns} if columns is not None else None
    for place, named, is_number in _columns_named(report):
        if known is None:
            continue
        name = figure_column(named, known) if place == "figures" else named
        if name not in known:
            sentence = _("The listing has no column “%(name)s”. There are: %(known)s.")
            yield Problem(sentence % {"name": name, "known": ", ".join(known)}, place)
        elif is_number and not known[name].is_numeric:
            yield Problem(_("“%(name)s” is no column of numbers.") % {"name": name}, place)
    yield from _shape_problems(report)
    yield from _words_of_phone_problems(report, known)


def _words_of_phone_problems(
    report: Report, known: Mapping[str, Column] | None
) -> Iterator[Problem]:
    """Yield what the text for the phone names that is no figure of the report."""
    told = [name for name, column in (known or {}).items() if is_told(column)]
    figures = [str(name) for name in _listed(report.figures)] or told
    for language, words in report.phone_text.items():
        if language not in dict(LANGUAGES):
            yield Problem(_one_of(str(language), list(dict(LANGUAGES))), "phone_text")
        elif not isinstance(words, str) or len(words) > LONGEST_WORDS:
            yield Problem(_("At most %(most)s characters.") % {"most": LONGEST_WORDS}, "phone_text")
        elif set("{}") & set(PLACE.sub("", words)):
            yield Problem(_("Text for the phone: a brace without its other half."), "phone_text")
        elif (known is not None or figures) and (unknown := unknown_places(words, figures)):
            sentence = _("The text for the phone names “%(name)s”. There are: %(known)s.")
            there = ", ".join([*figures, *ALWAYS])
            yield Problem(sentence % {"name": unknown[0], "known": there}, "phone_text")


def _columns_named(report: Report) -> Iterator[tuple[str, str, bool]]:
    """Yield where it stands, the column's name, and whether it must be of numbers."""
    yield from (("figures", str(name), True) for name in _listed(report.figures))
    yield from (("columns", str(name), False) for name in _listed(report.columns))
    if report.chart:
        yield "chart", str(report.chart.get("label") or ""), False
        yield from (("chart", str(n), True) for n in _listed(report.chart.get("values")))
    for part in _listed(report.order):
        yield "order", str(part[0] if isinstance(part, list) and part else part), False
    if report.group_by:
        yield "group_by", report.group_by, False
    if report.only_if:
        yield "only_if", str(report.only_if.get("column") or ""), True
    if report.rows_by:
        yield "rows_by", str(report.rows_by.get("column") or ""), False


def _listed(value: JSON) -> list[JSON]:
    return list(value) if isinstance(value, list | tuple) else []


def _shape_problems(report: Report) -> Iterator[Problem]:
    """Yield what nobody can have chosen by clicking: it came by a file or a command."""
    yield from _list_problems(report)
    if report.chart and report.chart.get("kind") not in CHARTS:
        yield Problem(_one_of(str(report.chart.get("kind")), CHARTS), "chart")
    if report.chart and not _listed(report.chart.get("values")):
        yield Problem(_("Choose what the chart draws."), "chart")
    if (condition := report.only_if) and (
        condition.get("op") not in OPERATORS
        or condition.get("of") not in OF
        or as_number(str(condition.get("value"))) is None
    ):
        example = '{"column": "total", "of": "total", "op": "gt", "value": "0"}'
        yield Problem(
            _("The condition is written so: %(example)s.") % {"example": example}, "only_if"
        )
    if report.rows_by and report.rows_by.get("kind") not in ROWS_BY:
        yield Problem(_one_of(str(report.rows_by.get("kind")), ROWS_BY), "rows_by")
    usage = str(report.rows_by.get("usage") or "")
    if usage and report.source_id and (unknown := usage_problem(report.source, usage)):
        yield Problem(unknown, "rows_by")


def _list_problems(report: Report) -> Iterator[Problem]:
    files = _listed(report.files)
    if unknown := [name for name in files if name not in FILES]:
        yield Problem(_one_of(str(unknown[0]), FILES), "files")
    elif len(set(files)) != len(files):
        yield Problem(_("Each kind of file goes along once."), "files")
    if not all(map(_is_order, _listed(report.order))):
        example = '[["total", true]]'
        yield Problem(_("The order is written so: %(example)s.") % {"example": example}, "order")
    if len(_listed(report.figures)) > MOST_FIGURES:
        yield Problem(_("At most %(most)s figures.") % {"most": MOST_FIGURES}, "figures")


def _is_order(part: JSON) -> bool:
    """Whether it is a column, and whether the greatest comes first."""
    return isinstance(part, list) and [type(each) for each in part] == [str, bool]


def limit_of(condition: Values) -> Decimal:
    return as_number(str(condition.get("value"))) or Decimal(0)


def schedule_problems(schedule: Values, now: datetime) -> Iterator[Problem]:
    """Yield why it never comes; without a schedule it goes out only by hand."""
    if not schedule:
        return
    try:
        check_recurs(Recurrence.from_json(schedule), now, free_days().is_free)
    except RecurrenceInvalid as error:
        yield Problem(sentence_of(error), "schedule")


def _audience_problems(report: Report) -> Iterator[Problem]:
    recipients = _listed(report.recipients)
    if not recipients and not report.rows_by:
        yield Problem(_("Choose at least one recipient."), "recipients")
    if len(recipients) > MOST_RECIPIENTS:
        sentence = _("At most %(most)s recipients; a duty may have any number of people.")
        yield Problem(sentence % {"most": MOST_RECIPIENTS}, "recipients")
    for row, wanted in enumerate(recipients):
        if problem := _recipient_problem(wanted):
            yield Problem(problem, f"recipients.{row}")
    if report.fallback and (problem := _recipient_problem(report.fallback)):
        yield Problem(problem, "fallback.0")
    people = report.rows_by.get("people")
    if people or report.rows_by.get("kind") == "people":
        yield from _people_problems(people)


def _people_problems(people: JSON) -> Iterator[Problem]:
    """Yield what is wrong with whose rows are whose."""
    if not isinstance(people, Mapping) or not people:
        yield Problem(_("Say who gets which rows."), "rows_by")
        return
    if len(people) > MOST_PEOPLE:
        sentence = _("At most %(most)s values; use a column with the contact or the address.")
        yield Problem(sentence % {"most": MOST_PEOPLE}, "rows_by")
    for value, wanted in people.items():
        several = wanted if isinstance(wanted, list) else [None]
        for problem in filter(None, map(_recipient_problem, several)):
            yield Problem(f"{value}: {problem}", "rows_by")


def _recipient_problem(wanted: JSON) -> str:
    if not isinstance(wanted, Mapping):
        return _("Choose who this is, or remove this line.")
    if wanted.get("kind") in ("party", "field"):
        return _("A report is about no document: choose a duty, a contact or an address.")
    return read_wanted(wanted)[1]


def _way_problems(report: Report) -> Iterator[Problem]:
    if why := next(ways_without_way_out(report.mail_class, plan_of(report).senders), ""):
        yield Problem(why, "mail_class")
    for channel, choice in report.choices.items():
        yield from _words_problems(channel, choice.template)
        sender = choice.sender
        if sender is not None and sender.channel != channel:
            sentence = _("The sender “%(sender)s” writes by %(channel)s. Choose another.")
            words = {"sender": sender.name, "channel": sender.get_channel_display()}
            yield Problem(sentence % words, place_of(channel, "sender"))
    if report.is_active and not plan_of(report).is_ready:
        sentence = _("There is no active sender for %(channel)s. Make one under Senders.")
        yield Problem(sentence % {"channel": channel_of(EMAIL).label}, place_of(EMAIL, "sender"))


def _words_problems(channel: str, template: Template | None) -> Iterator[Problem]:
    if template is None:
        return
    words = {"template": template.name, "channel": channel_of(channel).label}
    if template.channel != channel:
        sentence = _("The template “%(template)s” is not one for %(channel)s.")
        yield Problem(sentence % words, place_of(channel, "template"))
    elif not template.revisions.exists():
        sentence = _("The template “%(template)s” has no text yet. Write it first.")
        yield Problem(sentence % words, place_of(channel, "template"))


def _hours_problems(report: Report, now: datetime) -> Iterator[Problem]:
    try:
        Calendar.of(report, Company.get()).not_before(now)
    except WindowInvalid as error:
        yield Problem(str(error), "window")
