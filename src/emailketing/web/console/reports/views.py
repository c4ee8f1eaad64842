"""Pages of the reports: their list, and what one of them says and did."""

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.audience.ways import in_words
from emailketing.common.language import active_language
from emailketing.content.sheet.column import Column
from emailketing.schedule.models import Run
from emailketing.schedule.sentence import run_words
from emailketing.triggers.reports.definition.next_runs import planned_runs, standing_of
from emailketing.triggers.reports.definition.save import problem_of_report
from emailketing.triggers.reports.definition.zone import zone_of_report
from emailketing.triggers.reports.models import Report, ReportDraft
from emailketing.triggers.reports.running.expire import disk_use
from emailketing.triggers.reports.running.kept_files import disk_use_of, known_columns
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown
from emailketing.web.console.reports.lines import STANDINGS, found_reports, lines_of
from emailketing.web.console.reports.words import (
    asked_words,
    condition_words,
    headings_of,
    look_words,
    people_words,
    recipient_word,
    role_names,
    rows_by_words,
    schedule_words,
    share_words,
)

PER_PAGE, RUNS_SHOWN, NEXT_RUNS = 50, 25, 5
LONGEST_SEARCH = 120
MOST_DRAFTS = 10
VIEWS, CHANGES, RUNS = "reports.view_report", "reports.change_report", "schedule.change_run"


class ReportList(ConsolePage):
    permission_required = (VIEWS,)
    title = gettext_lazy("Reports")
    template_name = "console/reports/list.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        now = timezone.now()
        words = self.request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
        asked = self.request.GET.get("state", "")
        state = next((name for name in STANDINGS if name == asked), "")
        reports = found_reports(words, state, now)
        page = Paginator(reports, PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page=page,
            lines=lines_of(list(page), now),
            states=[(name, label) for name, (label, _tone) in STANDINGS.items()],
            state=state,
            q=words,
            disk=disk_use(),
            drafts=ReportDraft.objects.filter(author=self.user.pk)[:MOST_DRAFTS],
            **rights(self),
            **kwargs,
        )


def rights(view: ConsoleView) -> Context:
    """What this user may do with reports."""
    return {
        "can_add": view.user.has_perm("reports.add_report"),
        "can_change": view.user.has_perm(CHANGES),
        "can_delete": view.user.has_perm("reports.delete_report"),
        "can_run": view.user.has_perms((CHANGES, RUNS)),
        "can_cancel": view.user.has_perm(RUNS),
    }


class OneReport(ConsoleView):
    """A page about the report in its address."""

    @cached_property
    def report(self) -> Report:
        known = Report.objects.select_related("source", "owner").filter(pk=self.kwargs["pk"])
        if (report := known.first()) is None:
            raise Http404
        return report

    def get_back(self) -> tuple[str, str] | None:
        return self.report.name, reverse("console:report", args=[self.report.pk])


class ReportPage(OneReport, ConsolePage):
    permission_required = (VIEWS,)
    template_name = "console/reports/report.html"

    def get_title(self) -> str:
        return self.report.name

    def get_back(self) -> tuple[str, str] | None:
        return _("Reports"), reverse("console:reports")

    def get_context_data(self, **kwargs: Shown) -> Context:
        report, now = self.report, timezone.now()
        label, tone = STANDINGS[standing_of(report, now)]
        runs = Run.objects.filter(trigger=report.trigger)
        return super().get_context_data(
            report=report,
            state=label,
            tone=tone,
            problem=problem_of_report(report, now=now),
            next_runs=_next_words(report),
            disk=disk_use_of(runs),
            **in_words_of(report, known_columns(report, now=now)),
            **rights(self),
            **kwargs,
        )


def _next_words(report: Report) -> list[str]:
    zone = zone_of_report(report)
    return [run_words(one, zone) for one in planned_runs(report, timezone.now(), NEXT_RUNS)]


def in_words_of(report: Report, columns: Iterable[Column] = ()) -> Context:
    """What the report says, in words: of a saved one, or of one that is being made."""
    headings = headings_of(columns, active_language())
    roles = role_names()
    return {
        "asked": asked_words(report, {}),
        "schedule": schedule_words(report, timezone.now()),
        "people": people_words(report, roles),
        "fallback": recipient_word(report.fallback, roles) if report.fallback else "",
        "rows_by": rows_by_words(report, headings),
        "shares": share_words(report, roles),
        "looks": list(look_words(report)),
        "conditions": list(condition_words(report, headings)),
        "ways": in_words(report),
    }
