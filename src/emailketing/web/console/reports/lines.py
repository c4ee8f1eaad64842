"""A report as a line of the list."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from emailketing.common.reading import one_reading
from emailketing.listings.known import KnownListing, known_listings
from emailketing.schedule.models import Run
from emailketing.schedule.sentence import run_words
from emailketing.triggers.reports.definition.next_runs import Standing, next_runs, standing_of
from emailketing.triggers.reports.definition.zone import zone_of_report
from emailketing.triggers.reports.models import Report
from emailketing.web.console.frame.shapes import Words
from emailketing.web.console.reports.words import asked_words, schedule_words
from emailketing.web.console.shown.runs import RunLine, line_of

STANDINGS: dict[Standing, tuple[Words, str]] = {  # in words, and in what colour
    "on": (_("goes out"), "ok"),
    "paused": (_("paused"), "muted"),
    "ended": (_("ended"), "muted"),
    "by_hand": (_("by hand"), "info"),
}


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report of the list."""

    report: Report
    asked: str
    schedule: str
    standing: Standing
    next_run: str
    last: RunLine | None

    @property
    def state(self) -> Words:
        return STANDINGS[self.standing][0]

    @property
    def tone(self) -> str:
        return STANDINGS[self.standing][1]


def found_reports(words: str, standing: str, now: datetime) -> list[Report]:
    """Return the reports in whose name or listing the words stand, in this standing."""
    named = Q(name__icontains=words) | Q(listing__icontains=words)
    reports: QuerySet[Report] = Report.objects.filter(named).select_related("source", "owner")
    return [one for one in reports if not standing or standing_of(one, now) == standing]


def lines_of(reports: list[Report], now: datetime) -> list[ReportLine]:
    """Return the lines of these reports; a few questions for all of them."""
    with one_reading():
        last = _last_runs(reports)
        listings = {one.name: one for one in known_listings()}
        return [_line(report, last.get(report.pk), listings, now) for report in reports]


def _line(
    report: Report, last: Run | None, listings: dict[str, KnownListing], now: datetime
) -> ReportLine:
    found = next_runs(report, now, 1)
    return ReportLine(
        report=report,
        asked=asked_words(report, listings),
        schedule=schedule_words(report, now),
        standing=standing_of(report, now),
        next_run=run_words(found[0], zone_of_report(report)) if found else "",
        last=line_of(last) if last else None,
    )


def _last_runs(reports: list[Report]) -> dict[int, Run]:
    """Return number of the report → its newest run."""
    own = Concat(Value("report:"), Cast(OuterRef("pk"), CharField()))
    newest = Run.objects.filter(trigger=own).order_by("-instant", "-pk").values("pk")[:1]
    wanted = Report.objects.filter(pk__in=[report.pk for report in reports])
    numbers = dict(wanted.annotate(newest=Subquery(newest)).values_list("pk", "newest"))
    runs = Run.objects.in_bulk([number for number in numbers.values() if number])
    return {report: runs[number] for report, number in numbers.items() if number in runs}
