"""How a share looks: frames in each reader's language, figures, what of it stands in the mail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from emailketing.audience.hours import ASUNCION, zone_of
from emailketing.common.plain import JSON, Cell
from emailketing.company.models import Company
from emailketing.content.kinds import local
from emailketing.content.look import default_brand, look_of
from emailketing.content.sheet.chart_points import SheetChart
from emailketing.content.sheet.column import Labels
from emailketing.content.sheet.figure import MOST_FIGURES, KeyFigure
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.mail import MailContent
from emailketing.triggers.reports.definition.asked import (
    filters_of,
    period_of_run,
    words_before,
)
from emailketing.triggers.reports.definition.called import name_in
from emailketing.triggers.reports.definition.checks import CHARTS
from emailketing.triggers.reports.definition.figures import figure_named, figure_of, is_told
from emailketing.triggers.reports.models import Report

NO_PAST: Mapping[str, tuple[Cell, ...]] = {}
Order = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Before:
    """What the figures came to in the period that is compared with, and its words by language."""

    values: Mapping[str, Cell]
    words: Mapping[str, str]


def before_of(
    report: Report, instant: datetime, sheet: KeptSheet, languages: Iterable[str]
) -> Before:
    """Sum up the rows of the period that is compared with."""
    words = {language: words_before(report, instant, language) for language in languages}
    return Before({figure.name: figure.value for figure in figures_of(report, sheet, None)}, words)


def frames_of(
    report: Report,
    instant: datetime,
    *,
    made_at: datetime,
    languages: Iterable[str],
    zone: str = "",
    part: Labels = "",
) -> dict[str, SheetFrame]:
    """Return language → what stands around the table there; periods are of the instant (P2)."""
    company = Company.get()
    look = look_of(default_brand())
    periods = {language: period_of_run(report, instant, language) for language in languages}
    return {
        language: SheetFrame(
            title=title_of(report, part, language),
            period=period.words,
            when=period.brief,
            filters=filters_of(report, language),
            made_at=made_at,
            zone=str(zone_of(zone or company.time_zone, ASUNCION)),
            language=language,
            currency=company.currency,
            look=look,
        )
        for language, period in periods.items()
    }


def title_of(report: Report, part: Labels, language: str) -> str:
    name = name_in(report, language)
    return f"{name} · {local(part, language)}" if part else name


def figures_of(
    report: Report,
    sheet: KeptSheet,
    then: Before | None,
    past: Mapping[str, tuple[Cell, ...]] = NO_PAST,
) -> tuple[KeyFigure, ...]:
    """Return the totals that are told: those chosen, else of every column that has one."""
    chosen = [str(name) for name in report.figures]
    found = [figure for name in chosen if (figure := figure_named(name, sheet))]
    found = found or [figure_of(column, sheet) for column in sheet.columns if is_told(column)]
    before = then.values if then else {}
    against = then.words if then else ""
    return tuple(
        replace(
            figure,
            before=before.get(figure.name),
            against=against,
            past=past.get(figure.name, ()),
        )
        for figure in found[:MOST_FIGURES]
    )


def content_of(
    report: Report,
    sheet: KeptSheet,
    then: Before | None = None,
    past: Mapping[str, tuple[Cell, ...]] = NO_PAST,
) -> MailContent:
    return MailContent(
        figures=figures_of(report, sheet, then, past),
        chart=_chart(report.chart),
        top=report.top,
        columns=tuple(str(name) for name in report.columns),
        order=order_of(report),
        group=report.group_by,
        words={language: str(words) for language, words in report.phone_text.items()},
    )


def order_of(report: Report) -> Order:
    """Read [["total", true], …]: true is the greatest first."""
    return tuple((str(part[0]), bool(part[1])) for part in report.order)


def _chart(chart: Mapping[str, JSON]) -> SheetChart | None:
    kind = next((known for known in CHARTS if known == chart.get("kind")), None)
    values = chart.get("values")
    if kind is None or not isinstance(values, list):
        return None
    named = tuple(str(name) for name in values)
    return SheetChart(kind=kind, label=str(chart.get("label")), values=named)
