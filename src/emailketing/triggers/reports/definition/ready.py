"""The ready reports of the sources' connectors: each becomes one's own with one step, at rest."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_noop

from emailketing.accounts.who import Who
from emailketing.audience.problem import Problem
from emailketing.common.language import active_language
from emailketing.common.plain import Entry
from emailketing.common.said import SaidError
from emailketing.company.models import Company
from emailketing.contacts.check import ContactInvalid
from emailketing.contacts.duties import duty_named
from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.schedule.choices import RecurrenceChoice, rule_of
from emailketing.schedule.recurrence import Recurrence, read_times
from emailketing.sources.connectors import ConnectorError, in_language
from emailketing.sources.connectors.model import ReadyReport
from emailketing.sources.connectors.ready_reports import DAYS
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source
from emailketing.triggers.reports.definition.save import ReportInvalid, save_report
from emailketing.triggers.reports.models import Report

LONGEST_NAME = 120


class NoReadyReport(SaidError):
    sentence = gettext_noop("There is no ready report “%(name)s”; “report ready” shows them all.")


@dataclass(frozen=True, slots=True)
class OfferedReport:
    """A ready report of a source.

    Attributes:
        name: as a person types it: “shop.sales”.
        reports: those there are of its listing already.
    """

    name: str
    source: Source
    ready: ReadyReport
    reports: tuple[Report, ...] = ()

    @property
    def label(self) -> str:
        return in_language(self.ready.label, active_language())

    @property
    def listing(self) -> str:
        return f"{self.source.slug}.{self.ready.listing}"

    @property
    def phone(self) -> str:
        """Return its text for the phone, places and all."""
        return in_language(self.ready.phone, active_language())

    @property
    def recurrence(self) -> Recurrence:
        """Return when it goes out unless somebody says otherwise; it starts on 1 January."""
        return Recurrence.from_json({**_schedule(self.ready), "starts": "2026-01-01"})


def offered_reports() -> Iterator[OfferedReport]:
    """Yield the ready reports of all sources whose connector can be read."""
    made: dict[str, list[Report]] = {}
    for report in Report.objects.all():
        made.setdefault(report.listing, []).append(report)
    for source in Source.objects.order_by("slug"):
        try:
            ready = in_use(source).reports.values()
        except ConnectorError:  # said where the source is looked at
            continue
        for each in ready:
            there = made.get(f"{source.slug}.{each.listing}", ())
            yield OfferedReport(f"{source.slug}.{each.name}", source, each, tuple(there))


def find_ready(name: str) -> OfferedReport:
    """Return the one of this name; the source may be left out where only one has it.

    Raises:
        NoReadyReport: there is none, or there are several.
    """
    every = list(offered_reports())
    whole = [each for each in every if each.name == name]
    found = whole or [each for each in every if each.ready.name == name]
    if len(found) != 1:
        raise NoReadyReport(name=name)
    return found[0]


@transaction.atomic
def take_ready(
    offered: OfferedReport,
    *,
    by: Who | str,
    now: datetime,
    change: Callable[[Report], None] = lambda _report: None,
) -> Report:
    """Make a ready report one's own: a report at rest, to be changed and resumed.

    Args:
        offered: which.
        by: who takes it, and owns it then.
        now: when; its schedule begins on that day.
        change: what is to be otherwise from the beginning.

    Raises:
        ReportInvalid: it cannot be as it is changed.
    """
    ready, looks = offered.ready, offered.ready.looks
    report = Report(
        name=_free_name(in_language(ready.label, Company.get().language)[:LONGEST_NAME]),
        source=offered.source,
        listing=offered.listing,
        values=dict(ready.values),
        phone_text=dict(ready.phone),
        schedule=_schedule(ready) | {"starts": _today(now)},
        mail_class=MailClass.REPORT,
        is_active=False,
        files=looks.files,
        figures=looks.figures,
        chart=dict(looks.chart),
        order=[list(each) for each in looks.order],
        top=looks.top,
        columns=looks.columns,
        compare=looks.compare,
        when_empty=looks.when_empty,
        rows_by=dict(looks.rows_by),
    )
    change(report)
    if not report.recipients:
        report.recipients = [_duty(name, by=by, now=now) for name in ready.roles]
    return save_report(report, by=by, now=now)


def _schedule(ready: ReadyReport) -> Entry:
    """Return the words of its schedule as a recurrence keeps them."""
    said = ready.schedule
    weekdays = tuple(DAYS.index(day) for day in said.on)
    choice = RecurrenceChoice(said.every, weekdays=weekdays, day=said.day, nth=said.nth)
    rule, free_day = rule_of(choice)
    return {
        "rule": rule,
        "times": [each.isoformat("minutes") for each in read_times([said.at])],
        "zone": Company.get().time_zone,
        "free_day": free_day,
        "ends": None,
    }


def _today(now: datetime) -> str:
    return now.astimezone(ZoneInfo(Company.get().time_zone)).date().isoformat()


def _duty(name: str, *, by: Who | str, now: datetime) -> Entry:
    try:
        return {"kind": "role", "role": duty_named(name, by=by, now=now).pk}
    except ContactInvalid as error:
        raise ReportInvalid(Problem(str(error), "recipients")) from error


def _free_name(name: str) -> str:
    """Return the name, or with a number behind it where there is such a report."""
    taken = set(Report.objects.values_list("name", flat=True))
    numbered = (f"{name[: LONGEST_NAME - 5]} ({number})" for number in range(2, len(taken) + 3))
    return next(each for each in (name, *numbered) if each not in taken)
